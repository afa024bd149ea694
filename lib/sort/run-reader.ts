import { type FileHandle, open } from 'node:fs/promises';
import { AsbError } from '../errors.ts';
import { storageError } from '../storage/storage-error.ts';
import { AT_DIGEST, ENTRY_HEADER_SIZE, keyOf, messageSizeOf } from './entry.ts';
import type { Run } from './run-writer.ts';

/**
 * Reads a run, entry by entry, through a window of memory.
 *
 *     const reader = await RunReader.open(run, window, 0);
 *     while (!reader.done) {
 *       use(reader.bytes, reader.at);
 *       if (!reader.next()) await reader.load();
 *     }
 */
export class RunReader {
  /** The window. */
  readonly bytes: Buffer;
  /** Where the entry begins in it. */
  at = 0;
  /** The first bytes of its digest; see `keyOf`. */
  key = 0;
  /** Which run this is, in the order of what is in them. */
  readonly rank: number;
  /** Whether there is no entry any more. */
  done = false;
  readonly #run: Run;
  readonly #handle: FileHandle;
  /** Where what was read ends, in the window. */
  #end = 0;
  /** Where the next entry begins in the window; beyond the end if the rest is still in the file. */
  #next = 0;
  /** Bytes of the file that were read. */
  #position = 0;

  private constructor(run: Run, handle: FileHandle, window: Buffer, rank: number) {
    this.bytes = window;
    this.rank = rank;
    this.#run = run;
    this.#handle = handle;
  }

  /**
   * Opens a run and reads its first entry.
   * @param window memory of its own, larger than the header of an entry
   * @throws AsbError `STORAGE`
   */
  static async open(run: Run, window: Buffer, rank: number): Promise<RunReader> {
    const handle = await open(run.path, 'r').catch((cause: unknown) => {
      throw storageError('open', run.path, cause);
    });
    const reader = new RunReader(run, handle, window, rank);
    try {
      await reader.load();
    } catch (error) {
      await reader.close();
      throw error;
    }
    return reader;
  }

  /** Whether all of the entry is in the window; else {@link large} has it. */
  get isWhole(): boolean {
    return this.#next <= this.#end;
  }

  /** Goes to the next entry, if all of it is in the window; false if {@link load} has to. */
  next(): boolean {
    const at = this.#next;
    if (at + ENTRY_HEADER_SIZE > this.#end) return false;
    const next = at + ENTRY_HEADER_SIZE + messageSizeOf(this.bytes, at);
    if (next > this.#end) return false;
    this.#turnTo(at, next);
    return true;
  }

  /**
   * Fills the window, and goes to the next entry, or to the end.
   * @throws AsbError `STORAGE` if the file cannot be read, or is not as it was written
   */
  async load(): Promise<void> {
    const rest = this.#end - this.#next;
    this.bytes.copyWithin(0, this.#next, this.#end);
    const room = this.bytes.length - rest;
    const left = this.#run.bytes - this.#position;
    await this.#read(this.bytes, rest, Math.min(room, left));
    this.#end = rest + Math.min(room, left);
    this.done = this.#end === 0;
    if (this.done) return;
    const size =
      this.#end < ENTRY_HEADER_SIZE ? Number.POSITIVE_INFINITY : messageSizeOf(this.bytes, 0);
    const next = ENTRY_HEADER_SIZE + size;
    if (next > this.#end + this.#run.bytes - this.#position) throw this.#damaged();
    this.#turnTo(0, next);
  }

  /**
   * An entry that is larger than the window, in memory of its own; only once.
   * @throws AsbError `STORAGE`
   */
  async large(): Promise<Buffer> {
    const entry = Buffer.allocUnsafe(this.#next - this.at);
    const here = this.bytes.copy(entry, 0, this.at, this.#end);
    await this.#read(entry, here, entry.length - here);
    this.#next = 0;
    this.#end = 0;
    return entry;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  #turnTo(at: number, next: number): void {
    this.at = at;
    this.#next = next;
    this.key = keyOf(this.bytes, at + AT_DIGEST);
  }

  async #read(into: Buffer, at: number, size: number): Promise<void> {
    for (let read = 0; read < size; ) {
      const { bytesRead } = await this.#handle
        .read(into, at + read, size - read, this.#position)
        .catch((cause: unknown) => {
          throw storageError('read', this.#run.path, cause);
        });
      if (bytesRead === 0) throw this.#damaged();
      read += bytesRead;
      this.#position += bytesRead;
    }
  }

  #damaged(): AsbError {
    const { path: file, bytes } = this.#run;
    return new AsbError('STORAGE', `${file} was changed while it was needed; sort again`, {
      file,
      offset: this.#position,
      expected: `${bytes} bytes as they were written`,
    });
  }
}
