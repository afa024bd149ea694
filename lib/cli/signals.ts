import { constants } from 'node:os';
import { AsbError } from '../errors.ts';

/** The signals that end a command in order. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type EndSignal = (typeof SIGNALS)[number];

/** Milliseconds that a command has to end in order, before the signal ends it as if unheard. */
export const GRACE = 8000;

/** The part of `process` that signals concern. */
export interface SignalTarget {
  readonly pid: number;
  once(signal: EndSignal, listener: (signal: EndSignal) => void): unknown;
  off(signal: EndSignal, listener: (signal: EndSignal) => void): unknown;
  kill(pid: number, signal: EndSignal): unknown;
}

/**
 * Turns the first signal into an abort with an AsbError `ABORTED`. A second one, and time, have the
 * system's own effect: a write to a reader that stalls would keep a process for ever.
 */
export class Signals {
  readonly #controller = new AbortController();
  readonly #target: SignalTarget;
  readonly #grace: number;
  #received: EndSignal | undefined;

  /** @param grace milliseconds */
  constructor(target: SignalTarget, grace: number = GRACE) {
    this.#target = target;
    this.#grace = grace;
    for (const signal of SIGNALS) target.once(signal, this.#onSignal);
  }

  /** Aborted when a signal came. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The exit status of a process that a signal ended: 128 and its number. */
  get exitCode(): number | undefined {
    return this.#received === undefined ? undefined : 128 + constants.signals[this.#received];
  }

  /** Gives the signals back to the system. */
  close(): void {
    for (const signal of SIGNALS) this.#target.off(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: EndSignal): void => {
    this.close();
    this.#received = signal;
    this.#controller.abort(new AsbError('ABORTED', `stopped by ${signal}`));
    setTimeout(() => this.#target.kill(this.#target.pid, signal), this.#grace).unref();
  };
}
