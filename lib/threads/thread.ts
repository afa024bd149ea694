import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { AsbError, codeOf, messageOf, toError } from '../errors.ts';
import { errorOf, failureOf } from './failure.ts';
import type { Downward, ThreadStart, Upward } from './link.ts';

/** V8's memory for young objects in a thread, in MiB: hot paths make none, so little is enough. */
const YOUNG_GENERATION_MB = 8;

export interface ThreadOptions<Out> {
  /** For messages: `backup worker 2`. */
  readonly name: string;
  /** URL of the module, from {@link moduleBeside}: it exports a `ThreadFunction` as `run`. */
  readonly module: string;
  /** What `run` gets: whatever can be copied; a `SharedArrayBuffer` is shared. */
  readonly data: unknown;
  /** Gets what the function posts. */
  readonly onMessage?: (message: Out) => void;
}

/** A function that runs in a thread of its own. */
export interface Thread<In, Result> {
  /**
   * What the function returned, when its thread has ended. Rejects with what it threw, of the same code
   * and facts; with `ABORTED` if the thread ended by itself, as without memory, or could not be started,
   * as where no more threads are allowed.
   */
  readonly done: Promise<Result>;
  post(message: In): void;
  /** Aborts the function's `link.signal`. */
  abort(reason: unknown): void;
  /** Ends the thread at once, whatever it does; `done` rejects. */
  terminate(): Promise<void>;
}

/**
 * A module beside another, in source and when compiled.
 *
 * @param name without its extension: `./backup-thread`
 * @param from `import.meta.url` of the caller
 */
export const moduleBeside = (name: string, from: string): string =>
  new URL(`${name}${extname(fileURLToPath(from))}`, from).href;

/**
 * Starts a function in a thread.
 *
 *     const thread = startThread<Order, Report, Result>({ name, module: moduleBeside('./x', import.meta.url), data });
 *     const result = await thread.done;
 */
export const startThread = <In, Out, Result>({
  name,
  module,
  data,
  onMessage,
}: ThreadOptions<Out>): Thread<In, Result> => {
  const start: ThreadStart = { module, data };
  let worker: Worker;
  try {
    worker = new Worker(new URL(moduleBeside('./entry', import.meta.url)), {
      name,
      workerData: start,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
  } catch (cause) {
    return unstarted(name, cause);
  }
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  let settle = (): void => reject(new AsbError('ABORTED', `${name} ended before it was done`));
  worker.on('message', (message: Upward<Out, Result>) => {
    if (message.kind === 'message') onMessage?.(message.message);
    else if (message.kind === 'done') settle = () => resolve(message.result);
    else settle = () => reject(errorOf(message.failure));
  });
  worker.once('error', (error) => {
    settle = () => reject(diedOf(name, error));
  });
  worker.once('exit', () => settle());
  const send = (message: Downward<In>): void => worker.postMessage(message);
  return {
    done: promise,
    post: (message) => send({ kind: 'message', message }),
    abort: (reason) => send({ kind: 'abort', failure: failureOf(reason) }),
    async terminate() {
      await worker.terminate();
    },
  };
};

/** Fails as one that ended would: whoever has started others ends them. */
const unstarted = <In, Result>(name: string, cause: unknown): Thread<In, Result> => ({
  done: Promise.reject(
    new AsbError('ABORTED', `${name} could not be started: ${messageOf(cause)}`, { cause }),
  ),
  post() {},
  abort() {},
  async terminate() {},
});

/** What Node itself ended it for is told with its name; what the function left uncaught stays as it is. */
const diedOf = (name: string, cause: unknown): Error =>
  codeOf(cause)?.startsWith('ERR_WORKER_') === true
    ? new AsbError('ABORTED', `${name} ended before it was done: ${messageOf(cause)}`, { cause })
    : toError(cause);
