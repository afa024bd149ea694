/**
 * `npm run fuzz -- --seconds 60 [--seed N] [--target NAME]`: changes valid inputs at random and
 * holds the readers to what must be true of any input. Whatever fails is written to a file and
 * shown; `--replay FILE --target NAME` runs such a file again.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { inspect, parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { fuzz, tryInput } from './fuzz.ts';
import { Random } from './random.ts';
import { TARGETS } from './targets.ts';

/** Milliseconds that one input may take: a thousand times what the longest does. */
const PATIENCE = 20_000;
/** Most of an input that is shown. */
const MAX_SHOWN = 6000;

/** What the worker tells: before each input what it is, and how it ended. */
type Message =
  | {
      readonly kind: 'input';
      readonly target: string;
      readonly seed: number;
      readonly input: Uint8Array;
    }
  | { readonly kind: 'end'; readonly runs: number; readonly error: string | undefined };

interface Work {
  readonly seconds: number;
  readonly seed: number;
  readonly targets: readonly string[];
}

const report = (target: string, seed: number, input: Uint8Array, error: string): void => {
  const file = `fuzz-${target}-${seed}.bin`;
  writeFileSync(file, input);
  const base64 = Buffer.from(input).toString('base64').slice(0, MAX_SHOWN);
  console.error(`FAILED: target ${target}, seed ${seed}\n${error}\n`);
  console.error(`input, ${input.length} bytes, in ${file}; in base64:\n${base64}`);
  process.exitCode = 1;
};

const supervise = (work: Work): void => {
  console.log(`fuzzing ${work.targets.join(', ')} for ${work.seconds} s from seed ${work.seed}`);
  const worker = new Worker(new URL(import.meta.url), { workerData: work });
  let last: Extract<Message, { kind: 'input' }> | undefined;
  const fail = (error: string): void => {
    clearTimeout(timer);
    report(last?.target ?? 'none', last?.seed ?? work.seed, last?.input ?? Buffer.alloc(0), error);
  };
  const hang = (): void => {
    fail(`no end after ${PATIENCE} ms`);
    void worker.terminate();
  };
  let timer = setTimeout(hang, PATIENCE);
  worker.on('message', (message: Message) => {
    clearTimeout(timer);
    if (message.kind === 'input') {
      last = message;
      timer = setTimeout(hang, PATIENCE);
    } else if (message.error !== undefined) fail(message.error);
    else console.log(`${message.runs} inputs, none failed`);
  });
  worker.on('error', (error) => fail(inspect(error)));
};

const work = async ({ seconds, seed, targets }: Work): Promise<void> => {
  const end = performance.now() + seconds * 1000;
  const post = (message: Message): void => parentPort?.postMessage(message);
  const { runs, failure } = await fuzz({
    seed,
    targets: TARGETS.filter(({ name }) => targets.includes(name)),
    goesOn: () => performance.now() < end,
    onInput: ({ name }, current, input) =>
      post({ kind: 'input', target: name, seed: current, input: new Uint8Array(input) }),
  });
  post({ kind: 'end', runs, error: failure === undefined ? undefined : inspect(failure.error) });
};

const replay = async (file: string, names: readonly string[]): Promise<void> => {
  for (const target of TARGETS.filter(({ name }) => names.includes(name))) {
    const error = await tryInput(target, readFileSync(file), new Random(0));
    console.log(`${target.name}: ${error === undefined ? 'as it should be' : inspect(error)}`);
    if (error !== undefined) process.exitCode = 1;
  }
};

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      target: { type: 'string', multiple: true, default: TARGETS.map(({ name }) => name) },
      replay: { type: 'string' },
    },
  });
  const { seconds, seed, target, replay: file } = values;
  if (file === undefined)
    supervise({ seconds: Number(seconds), seed: Number(seed), targets: target });
  else await replay(file, target);
} else {
  await work(workerData);
}
