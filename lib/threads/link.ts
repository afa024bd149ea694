import type { Failure } from './failure.ts';

/** What a function in a thread has of the thread that started it. */
export interface Link<In, Out> {
  /** Aborted, with an AsbError, when the other side wants it to stop; it still settles by itself. */
  readonly signal: AbortSignal;
  /** Tells the other side something that can be copied; memory that is shared stays shared. */
  post(message: Out): void;
  /** Hears what the other side posts, from now on and what came before. One listener. */
  listen(listener: (message: In) => void): void;
}

/**
 * What a module that runs in a thread exports as `run`.
 *
 * @param data what it was started with, copied
 * @returns what the other side gets, copied
 */
export type ThreadFunction<Data, In, Out, Result> = (
  data: Data,
  link: Link<In, Out>,
) => Promise<Result>;

/** What goes down to a thread. */
export type Downward<In> =
  | { readonly kind: 'message'; readonly message: In }
  | { readonly kind: 'abort'; readonly failure: Failure };

/** What comes up from a thread. */
export type Upward<Out, Result> =
  | { readonly kind: 'message'; readonly message: Out }
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** What the entry of a thread is told. */
export interface ThreadStart {
  /** URL of the module whose `run` is called. */
  readonly module: string;
  readonly data: unknown;
}
