import type { MessagePort } from 'node:worker_threads';
import { errorOf, failureOf } from './failure.ts';
import type { Downward, Link, ThreadFunction, ThreadStart, Upward } from './link.ts';

type AnyFunction = ThreadFunction<unknown, unknown, unknown, unknown>;

/** Runs the module's function, and tells the other side what became of it. Never rejects. */
export const serve = async (port: MessagePort, { module, data }: ThreadStart): Promise<void> => {
  const stop = new AbortController();
  const waiting: unknown[] = [];
  let listener: ((message: unknown) => void) | undefined;
  const tell = (message: Upward<unknown, unknown>): void => port.postMessage(message);
  port.on('message', (message: Downward<unknown>) => {
    if (message.kind === 'abort') stop.abort(errorOf(message.failure));
    else if (listener === undefined) waiting.push(message.message);
    else listener(message.message);
  });
  const link: Link<unknown, unknown> = {
    signal: stop.signal,
    post: (message) => tell({ kind: 'message', message }),
    listen(next) {
      listener = next;
      for (const message of waiting.splice(0)) next(message);
    },
  };
  try {
    const { run }: { run: AnyFunction } = await import(module);
    tell({ kind: 'done', result: await run(data, link) });
  } catch (error) {
    tell({ kind: 'failed', failure: failureOf(error) });
  } finally {
    // It ends by itself when nothing else keeps it; what was posted still arrives.
    port.close();
  }
};
