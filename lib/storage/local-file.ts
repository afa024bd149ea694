import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { AsbError } from '../errors.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import { syncDirectory } from './make-directory.ts';
import { createPart, type FileIdentity, isSameFile, partOf, reopenPart } from './part.ts';
import type { StorageFile } from './storage.ts';
import { storageError } from './storage-error.ts';

/**
 * Bytes that are gathered before a write: one system call for them all, while the next ones
 * gather. More does not make it faster.
 */
export const WRITE_SIZE = 1024 * 1024;

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

/** How a file is opened. */
interface LocalFileFacts {
  readonly location: string;
  readonly handle: FileHandle;
  /** The name until the file is whole; a device has none. */
  readonly part?: string;
  /** Whether it can be gone on with after it was cut off. */
  readonly resumable?: boolean;
  /** Bytes that are in it already, and stay. */
  readonly safe?: number;
}

/**
 * A file that is written under another name, and gets its own when every byte is durable. A device
 * or FIFO is written as it is: it cannot be replaced, and holds nothing that could look whole.
 */
export class LocalFile implements StorageFile {
  readonly name: string;
  readonly location: string;
  readonly checkpoint?: () => Promise<void>;
  readonly #part: string | undefined;
  readonly #handle: FileHandle;
  #gathered: Uint8Array[] = [];
  /** Bytes gathered. */
  #size = 0;
  /** Bytes that the file has when all is written. */
  #bytes: number;
  /** What there is stays, whatever happens. */
  #kept: boolean;
  /** What tells this file from others when it is closed. */
  #identity: FileIdentity | undefined;
  #writing: Promise<void> = Promise.resolve();
  #closing: Promise<void> = Promise.resolve();

  private constructor({ location, handle, part, resumable = false, safe }: LocalFileFacts) {
    this.name = basename(location);
    this.location = location;
    this.#part = part;
    this.#handle = handle;
    this.#bytes = safe ?? 0;
    this.#kept = safe !== undefined;
    if (resumable) this.checkpoint = () => this.#checkpoint();
  }

  /**
   * @throws AsbError `EXISTS` if somebody else writes this file, or was cut off while doing so;
   *   `STORAGE` if it cannot be made
   */
  static async create(location: string, { resumable = false } = {}): Promise<LocalFile> {
    const handle = await createPart(location);
    return new LocalFile({ location, handle, part: partOf(location), resumable });
  }

  /** As {@link Storage.resume} has it. */
  static async resume(
    location: string,
    safe: number,
    inspect: (chunk: Uint8Array) => void,
  ): Promise<LocalFile> {
    const handle = await reopenPart(location, safe, inspect);
    return new LocalFile({ location, handle, part: partOf(location), resumable: true, safe });
  }

  /** @throws AsbError `STORAGE` if the device or FIFO cannot be opened */
  static async openDevice(location: string): Promise<LocalFile> {
    const handle = await open(location, 'w').catch((cause: unknown) => {
      throw storageError('open', location, cause);
    });
    return new LocalFile({ location, handle });
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#gathered.push(chunk);
    this.#size += chunk.length;
    this.#bytes += chunk.length;
    if (this.#size >= WRITE_SIZE) await this.#startWrite();
  }

  close(): Promise<void> {
    this.#closing = this.#finish();
    return this.#closing;
  }

  /** A close that is under way is waited for: the file is whole then, and stays. */
  async abort(): Promise<void> {
    await Promise.allSettled([this.#writing, this.#closing]);
    if (this.#part !== undefined && !this.#kept) await this.#removePart(this.#part).catch(ignore);
    await this.#handle.close().catch(ignore);
  }

  /** But not what somebody else may have put in its place. */
  async #removePart(part: string): Promise<void> {
    const mine = this.#identity ?? (await this.#handle.stat());
    if (await isSameFile(mine, part)) await rm(part);
  }

  async #checkpoint(): Promise<void> {
    await this.#startWrite();
    await this.#writing;
    try {
      await this.#handle.sync();
      // Its name may be as new as its bytes.
      if (!this.#kept) await syncDirectory(dirname(this.location));
    } catch (cause) {
      throw storageError('write', this.location, cause);
    }
    this.#kept = true;
  }

  async #finish(): Promise<void> {
    await this.#startWrite();
    await this.#writing;
    const part = this.#part;
    try {
      if (part !== undefined) await this.#checkWhole(part);
      await this.#handle.close();
      if (part === undefined) return;
      await rename(part, this.location);
      await syncDirectory(dirname(this.location));
    } catch (cause) {
      throw cause instanceof AsbError ? cause : storageError('finish', this.location, cause);
    }
  }

  /** Nothing gets the name of a whole file but what was written here. */
  async #checkWhole(part: string): Promise<void> {
    await this.#handle.sync();
    const mine = await this.#handle.stat();
    this.#identity = mine;
    if (mine.size === this.#bytes && (await isSameFile(mine, part))) return;
    throw new AsbError(
      'STORAGE',
      `cannot finish ${this.location}: somebody else has written to ${part}, or replaced it`,
      { file: this.location, expected: `${this.#bytes} bytes, and not ${mine.size}` },
    );
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
