import { constants, createWriteStream, fstat, open } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { AsbError, codeOf, messageOf } from '../errors.ts';
import { progressLines, shareOf } from './machine-lines.ts';
import { Pace } from './pace.ts';
import type { ProgressCounts } from './progress.ts';
import type { Shell } from './shell.ts';

const openOf = promisify(open);
const fstatOf = promisify(fstat);

/** Milliseconds between two reports, as asbackup has it. */
export const MACHINE_INTERVAL = 1000;
/** Milliseconds between two looks whether a FIFO has a reader. */
const READER_INTERVAL = 50;

const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
/** Without O_NONBLOCK, a FIFO without a reader would keep a thread, and so the process, for ever. */
const APPENDING = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK;

type MachineShell = Pick<Shell, 'signal' | 'say'>;

/**
 * Lines for programs, appended to a file or a FIFO. A reader that goes away is no failure of the job, but
 * told; a reader that stalls gets no progress until it reads again, but the last lines.
 */
export class Machine {
  readonly #path: string;
  readonly #stream: Writable;
  readonly #shell: MachineShell;
  #timer: NodeJS.Timeout | undefined;
  #failed = false;

  private constructor(path: string, stream: Writable, shell: MachineShell) {
    this.#path = path;
    this.#stream = stream;
    this.#shell = shell;
    stream.on('error', (error) => this.#onError(error));
    shell.signal.addEventListener('abort', this.#onAbort);
  }

  /**
   * Opens a path; of a FIFO, waits until it has a reader, as asbackup does.
   *
   * @returns `undefined` without a path
   * @throws AsbError `STORAGE`; `ABORTED` if a signal ends the wait
   */
  static async open(path: string | undefined, shell: MachineShell): Promise<Machine | undefined> {
    if (path === undefined) return undefined;
    const fd = await openWithReader(path, shell);
    const isPipe = (await fstatOf(fd)).isFIFO();
    const stream = isPipe
      ? new Socket({ fd, readable: false, writable: true })
      : createWriteStream(path, { fd });
    return new Machine(path, stream, shell);
  }

  /**
   * Reports each second how far a job is, until {@link close}.
   * @param options.interval milliseconds
   * @param options.now a clock in milliseconds
   */
  watch(
    counts: () => ProgressCounts,
    options: { readonly interval?: number; readonly now?: () => number } = {},
  ): void {
    const { interval = MACHINE_INTERVAL, now = () => performance.now() } = options;
    const pace = new Pace(now(), counts());
    this.#timer = setInterval(() => {
      const state = counts();
      const { left } = pace.at(now(), state);
      if (this.#stream.writableLength > 0) return;
      this.say(...progressLines(shareOf(state), left));
    }, interval).unref();
  }

  /** Appends lines. */
  say(...lines: readonly string[]): void {
    if (!this.#failed) this.#stream.write(lines.map((line) => `${line}\n`).join(''));
  }

  /** Ends it: resolves when all lines are written, or nobody takes them. Never throws. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await new Promise<void>((resolve) => {
      if (this.#stream.closed) return resolve();
      this.#stream.once('close', resolve).end();
      if (this.#shell.signal.aborted) this.#onAbort();
    });
    this.#shell.signal.removeEventListener('abort', this.#onAbort);
  }

  /** A job that is stopped does not wait for a reader. */
  readonly #onAbort = (): void => {
    if (this.#stream.writableLength > 0) this.#stream.destroy();
  };

  #onError(error: Error): void {
    this.#failed = true;
    const why = codeOf(error) === 'EPIPE' ? 'its reader went away' : messageOf(error);
    this.#shell.say(`warning: --machine ${this.#path}: ${why}; it gets no more lines`);
  }
}

const openWithReader = async (path: string, shell: MachineShell): Promise<number> => {
  let isTold = false;
  while (true) {
    shell.signal.throwIfAborted();
    try {
      return await openOf(path, APPENDING);
    } catch (cause) {
      if (codeOf(cause) !== 'ENXIO') {
        const what = `--machine: cannot write to ${path}: ${messageOf(cause)}`;
        throw new AsbError('STORAGE', what, { file: path, cause });
      }
    }
    if (!isTold) shell.say(`note: --machine waits for a reader of ${path}`);
    isTold = true;
    await sleep(READER_INTERVAL);
  }
};
