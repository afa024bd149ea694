import { type FileHandle, rm } from 'node:fs/promises';
import { storageError } from '../storage/storage-error.ts';
import type { TempDirectory } from './temp-directory.ts';

/** Bytes that go to the disk at once, while the next ones are gathered. */
const BLOCK_SIZE = 1024 * 1024;

/** Entries in order, in a file. */
export interface Run {
  readonly path: string;
  readonly bytes: number;
}

/** Writes a run. Its memory is used for one run after the other. */
export class RunWriter {
  readonly #directory: TempDirectory;
  #block = Buffer.allocUnsafeSlow(BLOCK_SIZE);
  #spare = Buffer.allocUnsafeSlow(BLOCK_SIZE);
  #length = 0;
  #bytes = 0;
  #file: { readonly path: string; readonly handle: FileHandle } | undefined;
  #pending: Promise<void> = Promise.resolve();

  constructor(directory: TempDirectory) {
    this.#directory = directory;
  }

  /** @throws AsbError `STORAGE` */
  async begin(): Promise<void> {
    this.#file = await this.#directory.create();
    this.#length = 0;
    this.#bytes = 0;
  }

  /** Takes a copy of an entry; false, and nothing is taken, if {@link write} has to. */
  put(bytes: Buffer, from: number, end: number): boolean {
    if (this.#length + end - from > BLOCK_SIZE) return false;
    bytes.copy(this.#block, this.#length, from, end);
    this.#length += end - from;
    return true;
  }

  /**
   * Takes an entry for which there is no room.
   * @throws AsbError `STORAGE`
   */
  async write(bytes: Buffer, from: number, end: number): Promise<void> {
    await this.#flush();
    if (this.put(bytes, from, end)) return;
    await this.#pending;
    await this.#send(bytes.subarray(from, end));
  }

  /**
   * All was written. What a machine that stops would lose is of no use without this process, so
   * nothing is synced.
   * @throws AsbError `STORAGE`
   */
  async end(): Promise<Run> {
    await this.#flush();
    await this.#pending;
    await this.close();
    return { path: this.#file!.path, bytes: this.#bytes };
  }

  /**
   * Closes the file, whole or not; what did not get into it is told by the calls before.
   * @throws AsbError `STORAGE`: some file systems tell only now that there was no room
   */
  async close(): Promise<void> {
    await this.#pending.catch(() => {});
    if (this.#file === undefined) return;
    const { path, handle } = this.#file;
    await handle.close().catch((cause: unknown) => {
      throw storageError('write', path, cause);
    });
  }

  /** Hands the block over, when the one before has been written. */
  async #flush(): Promise<void> {
    await this.#pending;
    const full = this.#block.subarray(0, this.#length);
    [this.#block, this.#spare] = [this.#spare, this.#block];
    this.#length = 0;
    this.#pending = this.#send(full);
    // Whoever comes next is told.
    this.#pending.catch(() => {});
  }

  async #send(bytes: Buffer): Promise<void> {
    const { path, handle } = this.#file!;
    this.#bytes += bytes.length;
    try {
      for (let at = 0; at < bytes.length; ) {
        at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
      }
    } catch (cause) {
      throw storageError('write', path, cause);
    }
  }
}

/** Removes a run that was read. @throws AsbError `STORAGE` */
export const removeRun = async ({ path }: Run): Promise<void> => {
  await rm(path).catch((cause: unknown) => {
    throw storageError('remove', path, cause);
  });
};
