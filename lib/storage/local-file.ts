import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AsbError, codeOf } from '../errors.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import type { StorageFile } from './storage.ts';
import { storageError } from './storage-error.ts';

/**
 * Bytes that are gathered before a write: one system call for them all, while the next ones
 * gather. More does not make it faster.
 */
export const WRITE_SIZE = 1024 * 1024;

/** Only the owner may read: a backup holds what the database does. */
const FILE_MODE = 0o600;

/** The name that a file has until it is whole; hidden, and no `.asb`, so that no reader takes it. */
export const partNameOf = (name: string): string => `.${name}.part`;

/** Makes the entries of a directory durable: a new name is lost in a crash without it. */
export const syncDirectory = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
};

/** For what may fail, but must not stop the clearing up. */
const ignore = (): void => {};

/** `writev` may write less than all, as on a disk that gets full; the rest follows by itself. */
const writeFully = async (handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> => {
  let rest = chunks.filter((chunk) => chunk.length > 0);
  while (rest.length > 0) {
    let { bytesWritten } = await handle.writev(rest);
    let whole = 0;
    while (whole < rest.length && bytesWritten >= rest[whole]!.length) {
      bytesWritten -= rest[whole++]!.length;
    }
    rest = rest.slice(whole);
    if (bytesWritten > 0) rest[0] = rest[0]!.subarray(bytesWritten);
  }
};

/**
 * A file that is written under another name, and gets its own when every byte is durable. A device
 * or FIFO is written as it is: it cannot be replaced, and holds nothing that could look whole.
 */
export class LocalFile implements StorageFile {
  readonly name: string;
  readonly location: string;
  /** The name until the file is whole; a device has none. */
  readonly #part: string | undefined;
  readonly #handle: FileHandle;
  #gathered: Uint8Array[] = [];
  #size = 0;
  #writing: Promise<void> = Promise.resolve();
  #closing: Promise<void> = Promise.resolve();

  private constructor(location: string, part: string | undefined, handle: FileHandle) {
    this.name = basename(location);
    this.location = location;
    this.#part = part;
    this.#handle = handle;
  }

  /**
   * @throws AsbError `EXISTS` if somebody else writes this file, or was cut off while doing so;
   *   `STORAGE` if it cannot be made
   */
  static async create(location: string): Promise<LocalFile> {
    const part = join(dirname(location), partNameOf(basename(location)));
    try {
      return new LocalFile(location, part, await open(part, 'wx', FILE_MODE));
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST') throw storageError('create', location, cause);
      throw new AsbError(
        'EXISTS',
        `${part} exists: another backup writes it, or was cut off; remove it, or choose another place`,
        { file: part, cause },
      );
    }
  }

  /** @throws AsbError `STORAGE` if the device or FIFO cannot be opened */
  static async openDevice(location: string): Promise<LocalFile> {
    const handle = await open(location, 'w').catch((cause: unknown) => {
      throw storageError('open', location, cause);
    });
    return new LocalFile(location, undefined, handle);
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#gathered.push(chunk);
    this.#size += chunk.length;
    if (this.#size >= WRITE_SIZE) await this.#startWrite();
  }

  close(): Promise<void> {
    this.#closing = this.#finish();
    return this.#closing;
  }

  /** A close that is under way is waited for: the file is whole then, and stays. */
  async abort(): Promise<void> {
    await Promise.allSettled([this.#writing, this.#closing]);
    await this.#handle.close().catch(ignore);
    if (this.#part !== undefined) await rm(this.#part, { force: true }).catch(ignore);
  }

  async #finish(): Promise<void> {
    await this.#startWrite();
    await this.#writing;
    try {
      if (this.#part !== undefined) await this.#handle.sync();
      await this.#handle.close();
      if (this.#part === undefined) return;
      await rename(this.#part, this.location);
      await syncDirectory(dirname(this.location));
    } catch (cause) {
      throw storageError('finish', this.location, cause);
    }
  }

  /** Waits for the write before, and starts the next without waiting for it. */
  async #startWrite(): Promise<void> {
    await this.#writing;
    const gathered = this.#gathered;
    this.#gathered = [];
    this.#size = 0;
    this.#writing = this.#writeAll(gathered);
    // It is awaited by the next call; until then its failure must not count as unheard.
    this.#writing.catch(ignore);
  }

  async #writeAll(chunks: Uint8Array[]): Promise<void> {
    try {
      await writeFully(this.#handle, chunks);
      for (const chunk of chunks) giveBack(chunk);
    } catch (cause) {
      throw storageError('write', this.location, cause);
    }
  }
}
