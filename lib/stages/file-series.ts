import type { Header } from '../asb/header.ts';
import { UnitScanner } from '../asb/unit-scanner.ts';
import { AsbError } from '../errors.ts';
import { Coverage } from '../record/coverage.ts';
import { type Extent, extentOf } from '../record/extent.ts';
import type { Storage, StorageFile } from '../storage/storage.ts';
import { FramedHeader, headerOfText, nextHeader } from './file-header.ts';

export interface FileSeriesOptions {
  readonly storage: Storage;
  /** Whether an older backup goes when the first file is begun; else it is refused. */
  readonly removeFiles: boolean;
  /** Name of a file by its index, from 0. */
  readonly name: (index: number) => string;
  /** Largest file, in bytes. */
  readonly fileLimit: number;
  /** Told of each file that is whole, one after the other, before the next one is. */
  readonly onFile?: ((file: WholeFile) => Promise<void>) | undefined;
}

export interface FileInfo {
  readonly name: string;
  /** Bytes that reached the storage. */
  readonly bytes: number;
}

/** A file that is whole and durable. */
export interface WholeFile extends FileInfo {
  /** What it holds, as far as its chunks had notes (`extentOf`). */
  readonly coverage: Coverage;
}

const isText = (chunk: Buffer): boolean => chunk.toString('latin1', 0, 2) === 'Ve';

/**
 * Lays a stream down in files, each complete in itself with a header of its own. The engine of
 * `rotate`; calls come one at a time, but `abort` may come at any time.
 */
export class FileSeries {
  readonly #options: FileSeriesOptions;
  readonly #files: { name: string; bytes: number }[] = [];
  /** Files that were begun and are not whole yet: the one being written, the one being closed. */
  readonly #open = new Set<StorageFile>();
  readonly #framed = new FramedHeader();
  #file: StorageFile | undefined;
  #header: Header | undefined;
  #frames = false;
  /** What the file holds, as far as it is known. */
  #coverage = new Coverage();
  /** The file holds nothing but its header so far. */
  #fresh = true;
  #mayCut = true;
  #busy: Promise<void> = Promise.resolve();
  #closing: Promise<void> = Promise.resolve();
  #aborted = false;

  constructor(options: FileSeriesOptions) {
    this.#options = options;
  }

  /** The files begun so far, in order. */
  get files(): readonly FileInfo[] {
    return this.#files;
  }

  /** Bytes of all files together. */
  get bytes(): number {
    return this.#files.reduce((sum, file) => sum + file.bytes, 0);
  }

  /** @param mayCut whether the file may be cut behind `chunk` */
  write(chunk: Buffer, mayCut: boolean): Promise<void> {
    this.#busy = this.#write(chunk, mayCut);
    return this.#busy;
  }

  /**
   * Resolves when every file is whole and durable.
   * @throws AsbError `TRUNCATED` if there was no input
   */
  end(): Promise<void> {
    this.#busy = this.#end();
    return this.#busy;
  }

  /** Leaves nothing of a file that is not whole; files that are stay. */
  async abort(): Promise<void> {
    this.#aborted = true;
    this.#framed.close();
    await this.#abortOpen();
    await Promise.allSettled([this.#busy, this.#closing]);
    // A file that was being created in the meantime.
    await this.#abortOpen();
  }

  async #abortOpen(): Promise<void> {
    await Promise.all(Array.from(this.#open, (file) => file.abort()));
  }

  async #write(chunk: Buffer, mayCut: boolean): Promise<void> {
    const extent = extentOf(chunk);
    const rest = this.#file === undefined ? await this.#begin(chunk) : chunk;
    if (extent !== undefined) return this.#writeNoted(rest, extent);
    await (this.#frames ? this.#writeFrames(rest, mayCut) : this.#writeText(rest));
  }

  /** @returns what of the first chunk is still to be written: of text, all but the header */
  async #begin(chunk: Buffer): Promise<Buffer> {
    this.#frames = !isText(chunk);
    this.#header = this.#frames ? undefined : headerOfText(chunk);
    await this.#create();
    if (this.#header === undefined) return chunk;
    await this.#append(this.#header.bytes);
    return chunk.subarray(this.#header.bytes.length);
  }

  async #end(): Promise<void> {
    if (this.#file === undefined) {
      throw new AsbError('TRUNCATED', 'no input; did the stage before this one fail?');
    }
    this.#framed.close();
    await this.#startClose(this.#file);
    await this.#closing;
  }

  async #writeText(chunk: Buffer): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      const end = this.#fitting(rest);
      if (end > 0) {
        // As it came where it is whole: its memory can be given back then.
        await this.#append(end === rest.length ? rest : rest.subarray(0, end));
        this.#fresh = false;
        rest = rest.subarray(end);
      }
      if (rest.length > 0) await this.#nextFile();
    }
  }

  /** How much of `chunk` goes into this file: whole units up to the limit, but at least one. */
  #fitting(chunk: Buffer): number {
    const room = Math.max(0, this.#options.fileLimit - this.#bytesInFile);
    if (chunk.length <= room) return chunk.length;
    const scanner = new UnitScanner(this.#header);
    const end = scanner.push(chunk.subarray(0, room));
    if (end > 0 || !this.#fresh) return end;
    const unit = room + scanner.push(chunk.subarray(room), 1);
    if (unit > room) return unit;
    throw new AsbError('FORMAT', 'a chunk that does not hold whole units; pass it through units()');
  }

  /** What is in a part of a chunk is not known: so a chunk with a note goes to one file. */
  async #writeNoted(bytes: Buffer, extent: Extent): Promise<void> {
    if (bytes.length > 0) await this.#writeWhole(bytes);
    this.#coverage.add(extent);
  }

  async #writeFrames(bytes: Buffer, mayCut: boolean): Promise<void> {
    await this.#writeWhole(bytes);
    this.#mayCut = mayCut;
  }

  /** To this file if it has room, or nothing yet, or may not end here; else to the next. */
  async #writeWhole(bytes: Buffer): Promise<void> {
    if (this.#header === undefined) {
      await this.#framed.push(bytes);
      this.#header = this.#framed.header;
    }
    const fits = this.#bytesInFile + bytes.length <= this.#options.fileLimit;
    if (!fits && !this.#fresh && this.#mayCut) await this.#nextFile();
    await this.#append(bytes);
    this.#fresh = false;
  }

  get #bytesInFile(): number {
    return this.#files[this.#files.length - 1]!.bytes;
  }

  async #append(bytes: Buffer): Promise<void> {
    await this.#file!.write(bytes);
    this.#files[this.#files.length - 1]!.bytes += bytes.length;
  }

  async #nextFile(): Promise<void> {
    await this.#startClose(this.#file!);
    await this.#create();
    await this.#append(await nextHeader(this.#header!, this.#frames));
    this.#fresh = true;
  }

  async #create(): Promise<void> {
    if (this.#aborted) throw new AsbError('ABORTED', 'stopped by the caller');
    const { storage, removeFiles, name } = this.#options;
    // Only now: what fails before there is anything to write shall not cost an older backup.
    if (this.#files.length === 0) await storage.prepare({ removeFiles });
    const file = await storage.create(name(this.#files.length));
    this.#open.add(file);
    this.#file = file;
    this.#files.push({ name: file.name, bytes: storage.overhead ?? 0 });
  }

  /** The next file may be written while this one closes; but only one closes at a time. */
  async #startClose(file: StorageFile): Promise<void> {
    await this.#closing;
    const whole = { ...this.#files[this.#files.length - 1]!, coverage: this.#coverage };
    this.#coverage = new Coverage();
    this.#closing = this.#close(file, whole);
    // It is awaited before the next close; until then its failure must not count as unheard.
    this.#closing.catch(() => {});
  }
  async #close(file: StorageFile, whole: WholeFile): Promise<void> {
    await file.close();
    this.#open.delete(file);
    await this.#options.onFile?.(whole);
  }
}
