import { fstat, fsync, write } from 'node:fs';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { AsbError, codeOf, messageOf } from '../errors.ts';
import { giveBack } from '../record/buffer-pool.ts';

const writeOf = promisify(write);
const fstatOf = promisify(fstat);
const fsyncOf = promisify(fsync);

/** Milliseconds until another try, when a pipe that somebody made non-blocking is full. */
const FULL_PIPE_DELAY = 5;

/**
 * Standard output as bytes that arrive. Writes go through libuv's pool: `process.stdout` would
 * block on a slow reader, and a blocked process hears no signal.
 */
export class Output {
  readonly #fd: number;
  #pending: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(fd: number) {
    this.#fd = fd;
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
    try {
      if ((await fstatOf(this.#fd)).isFile()) await fsyncOf(this.#fd);
    } catch (error) {
      throw storageError(error);
    }
  }

  /** Ends badly: whatever is being written first, then `last`. Never throws. */
  async fail(last: Uint8Array): Promise<void> {
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

  async #write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      try {
        at += (await writeOf(this.#fd, chunk, at, chunk.length - at, null)).bytesWritten;
      } catch (error) {
        if (codeOf(error) === 'EPIPE') this.#closed = true;
        if (codeOf(error) !== 'EAGAIN') throw storageError(error);
        await new Promise((resolve) => setTimeout(resolve, FULL_PIPE_DELAY));
      }
    }
    giveBack(chunk);
  }
}

const storageError = (cause: unknown): AsbError =>
  new AsbError('STORAGE', `standard output: ${messageOf(cause)}`, { file: '-', cause });
