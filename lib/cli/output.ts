import { fstat, fstatSync, fsync, write } from 'node:fs';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { AsbError, codeOf, messageOf } from '../errors.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import { wasClosed } from './closed.ts';
import { outputSizeOf } from './output-size.ts';
import type { Seal } from './seal.ts';

const writeOf = promisify(write);
const fstatOf = promisify(fstat);
const fsyncOf = promisify(fsync);

/** Milliseconds until another try, when a pipe that somebody made non-blocking is full. */
const FULL_PIPE_DELAY = 1;

/**
 * Bytes that arrive: on standard output, or on standard error. No write blocks this thread, so that
 * a process whose reader stalls still hears signals: a pipe waits in the event loop, and a file,
 * for which Node's own stream would block, in libuv's pool.
 */
export class Output {
  readonly #target: number | Writable;
  readonly #seal: Seal;
  #pending: Promise<void> = Promise.resolve();
  #begun = false;
  #closed = false;
  #ended = false;

  /**
   * @param target a file descriptor, or a stream over a pipe or socket
   * @param seal applied to all that is written, last words too; nothing if left out
   */
  constructor(target: number | Writable, seal: Seal = (chunk) => chunk) {
    this.#target = target;
    this.#seal = seal;
    // What goes wrong with a stream is told to who writes.
    if (typeof target !== 'number') target.on('error', () => {});
  }

  /** Whether the reader went away. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Writes all of `chunk`; one call at a time. Memory that was lent is given back then.
   * @throws AsbError `STORAGE`, with the system's error as its cause
   */
  write(chunk: Uint8Array): Promise<void> {
    this.#pending = this.#write(chunk);
    return this.#pending;
  }

  /**
   * Ends well: if it is a file, its bytes are on disk when this resolves.
   * @throws AsbError `STORAGE`
   */
  async end(): Promise<void> {
    if (typeof this.#target === 'number') await this.#sync(this.#target);
    this.#ended = true;
  }

  /**
   * Ends badly: whatever is being written first, then `last`. What has ended well is whole, whatever
   * fails after it, and stays so; and so does a file to which nothing was appended. Never throws.
   */
  async fail(last: Uint8Array): Promise<void> {
    if (this.#ended || (!this.#begun && this.#hasContent())) return;
    await this.#pending
      .then(() => this.write(last))
      .catch(() => {
        // The output is what failed: there is nobody to tell there.
      });
  }

  /** A stream over this output, as the last stage of a pipeline; its `finish` is {@link end}. */
  stream(): Writable {
    return new Writable({
      write: (chunk: Buffer, _encoding, callback) => {
        this.write(chunk).then(() => callback(), callback);
      },
      final: (callback) => {
        this.end().then(() => callback(), callback);
      },
    });
  }

  #hasContent(): boolean {
    return typeof this.#target === 'number' && (outputSizeOf(this.#target) ?? 0) > 0;
  }

  async #sync(fd: number): Promise<void> {
    try {
      if ((await fstatOf(fd)).isFile()) await fsyncOf(fd);
    } catch (error) {
      throw storageError(error);
    }
  }

  async #write(chunk: Uint8Array): Promise<void> {
    this.#begun = true;
    try {
      const target = this.#target;
      const bytes = this.#seal(chunk);
      await (typeof target === 'number' ? writeAll(target, bytes) : send(target, bytes));
      giveBack(bytes);
    } catch (error) {
      if (codeOf(error) === 'EPIPE') this.#closed = true;
      throw storageError(error);
    }
    giveBack(chunk);
  }
}

/** Standard output of this process. Nothing can be written to one that was closed (`>&-`). */
export const standardOutput = (seal?: Seal): Output => {
  const stats = fstatSync(1);
  if (wasClosed(1)) return new Output(closedStream(), seal);
  return new Output(stats.isFIFO() || stats.isSocket() ? process.stdout : 1, seal);
};

const closedStream = (): Writable =>
  new Writable({
    write: (_chunk, _encoding, callback) => {
      callback(new Error('it is closed; send it on by | or >, or away by > /dev/null'));
    },
  });

const writeAll = async (fd: number, chunk: Uint8Array): Promise<void> => {
  for (let at = 0; at < chunk.length; ) {
    try {
      at += (await writeOf(fd, chunk, at, chunk.length - at, null)).bytesWritten;
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw error;
      await new Promise((resolve) => setTimeout(resolve, FULL_PIPE_DELAY));
    }
  }
};

const send = (stream: Writable, chunk: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.write(chunk, (error) => (error ? reject(error) : resolve()));
  });

const storageError = (cause: unknown): AsbError =>
  new AsbError('STORAGE', `standard output: ${messageOf(cause)}`, { file: '-', cause });
