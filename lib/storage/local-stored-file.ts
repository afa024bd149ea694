import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { toError } from '../errors.ts';
import { BufferPool, lend } from '../memory/buffer-pool.ts';
import { storageError } from './storage-error.ts';
import type { StoredFile } from './stored-file.ts';

/** Bytes that one system call reads. Less makes more calls, and more is not faster. */
export const READ_SIZE = 256 * 1024;

/** Pieces that wait for the reader: one is read while another is looked at. */
const PIECES_WAITING = 2;
/** Pieces kept to be used again: those of a few files that are read at once. */
const PIECES_KEPT = 16;

/** Memory for the pieces of local files; one for all files of a backup. */
export const readPool = (): BufferPool => new BufferPool(READ_SIZE, PIECES_KEPT);

/** For what may fail, but is nobody's concern any more. */
const ignore = (): void => {};

/**
 * Gives a file's bytes as objects: a stream of bytes would join those that wait into new memory for
 * who iterates over it.
 */
class FileReader extends Readable {
  readonly #path: string;
  readonly #pool: BufferPool;
  #handle: FileHandle | undefined;
  /** The read that is under way. */
  #reading: Promise<void> = Promise.resolve();

  constructor(path: string, pool: BufferPool) {
    super({ objectMode: true, highWaterMark: PIECES_WAITING });
    this.#path = path;
    this.#pool = pool;
  }

  override _read(): void {
    this.#reading = this.#readPiece().catch((error: unknown) => {
      this.destroy(toError(error));
    });
  }

  /** A FIFO keeps an open or a read for as long as nobody writes: neither is waited for. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#reading.then(() => this.#handle?.close()).catch(ignore);
    done(error);
  }

  async #readPiece(): Promise<void> {
    const handle = (this.#handle ??= await this.#open());
    if (this.destroyed) return;
    const piece = this.#pool.take();
    try {
      const { bytesRead } = await handle.read(piece.bytes, 0, READ_SIZE, null);
      this.push(bytesRead === 0 ? null : lend(piece, 0, bytesRead));
    } catch (cause) {
      throw storageError('read', this.#path, cause);
    } finally {
      piece.release();
    }
  }

  async #open(): Promise<FileHandle> {
    try {
      return await open(this.#path);
    } catch (cause) {
      throw storageError('open', this.#path, cause);
    }
  }
}

/**
 * A file, or a device or FIFO, of this machine.
 *
 * @param size bytes, if it is a file
 * @param pool from {@link readPool}
 */
export const localStoredFile = (
  path: string,
  size: number | undefined,
  pool: BufferPool,
): StoredFile => ({
  name: basename(path),
  location: path,
  size,
  open: () => new FileReader(path, pool),
});
