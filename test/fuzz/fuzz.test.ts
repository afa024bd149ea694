import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { AsbError } from '../../lib/errors.ts';
import { TEXT } from '../helpers/asb-text.ts';
import { fuzz, inputOf, tryInput } from './fuzz.ts';
import { Random } from './random.ts';
import { TARGETS, type Target } from './targets.ts';

const RUN = fileURLToPath(new URL('run.ts', import.meta.url));
const execute = promisify(execFile);

t.test('some hundred inputs of every target', async (t) => {
  const { runs, failure } = await fuzz({ targets: TARGETS, seed: 1, goesOn: (runs) => runs < 900 });
  t.equal(failure, undefined);
  t.equal(runs, 900);
});

t.test('a seed always gives the same input', async (t) => {
  for (const target of TARGETS) {
    const inputs = new Set([1, 2, 3].map((seed) => inputOf(target, seed).input.toString('hex')));
    t.ok(inputs.size > 1);
    t.same(inputOf(target, 7).input, inputOf(target, 7).input);
  }
});

const target = (run: Target['run']): Target => ({ name: 'made up', seeds: [TEXT], run });

t.test('what a target throws is a finding, but for what it refuses', async (t) => {
  const finding = new Error('found');
  const refusing = target(() => {
    throw new AsbError('FORMAT', 'no');
  });
  t.equal(await tryInput(refusing, TEXT, new Random(1)), undefined);
  let calls = 0;
  const failing = target(async () => {
    if (++calls === 3) throw finding;
  });
  const seen: number[] = [];
  const { runs, failure } = await fuzz({
    targets: [failing],
    seed: 5,
    goesOn: () => true,
    onInput: (_target, seed) => seen.push(seed),
  });
  t.strictSame(seen, [5, 6, 7]);
  t.equal(runs, 2);
  t.match(failure, { target: 'made up', seed: 7, error: finding });
  t.same(failure?.input, inputOf(failing, 7).input);
});

t.test('as a command: runs for a time, and runs a file again', async (t) => {
  const args = [RUN, '--seconds', '0', '--seed', '1', '--target', 'text'];
  const { stdout } = await execute(process.execPath, args);
  t.match(stdout, /^fuzzing text for 0 s from seed 1\n0 inputs, none failed\n$/);
  const path = join(t.testdir({ 'input.bin': TEXT }), 'input.bin');
  const again = await execute(process.execPath, [RUN, '--replay', path, '--target', 'text']);
  t.equal(again.stdout, 'text: as it should be\n');
});
