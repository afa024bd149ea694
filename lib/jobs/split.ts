import { once } from 'node:events';
import { addAbortSignal, PassThrough } from 'node:stream';
import { AsbError } from '../errors.ts';
import { RecordBatch } from '../record/batch.ts';
import type { RecordChunk } from '../record/chunk.ts';
import type { Global } from '../record/globals.ts';
import { joinLocation } from '../storage/homes.ts';
import type { BackupInput } from './backup-input.ts';
import {
  type OutputOptions,
  type WriteBackupOptions,
  type WrittenBackup,
  writeBackup,
} from './backup-output.ts';
import { byPartition, bySet, type Dealing } from './split-dealing.ts';

/** Most parts: each has a file open, and text that is gathered for a frame, 5 MiB or so. */
export const MAX_SPLIT_PARTS = 256;

/** Record chunks that may wait for one part. */
const CHUNKS_WAITING = 1;

export interface SplitOptions extends Omit<OutputOptions, 'outputFile' | 'output'> {
  /** Each part gets a directory, or a prefix in S3, in here. */
  readonly directory: string;
  /** A part for each set; or so many parts, each with the records of as many partitions. */
  readonly by: 'set' | number;
  readonly namespace: string;
  readonly signal?: AbortSignal;
}

/** One part of a backup: a backup by itself, with its manifest. */
export interface SplitPart extends WrittenBackup {
  /** Its directory or prefix. */
  readonly location: string;
}

/**
 * Takes a backup apart. Each part has the UDF modules and the indexes that its records need: by sets,
 * those of its set and those of none, else all. A set that only an index names is a part, too.
 *
 * @param input what is taken apart; it is read once
 * @returns the parts, in the order of their names
 * @throws AsbError `RANGE` for a number of parts that is none; `LIMIT` for more sets than
 *   {@link MAX_SPLIT_PARTS}; as `writeBackup` does. Then no part is left that is not whole
 */
export const splitBackup = (
  input: BackupInput,
  options: SplitOptions,
): Promise<readonly SplitPart[]> => {
  const { by } = options;
  if (by === 'set') return new Split(input, options, bySet()).run();
  if (!Number.isInteger(by) || by < 1 || by > MAX_SPLIT_PARTS) {
    const expected = `1 to ${MAX_SPLIT_PARTS}`;
    throw new AsbError('RANGE', `${by} parts; expected ${expected}`, { expected });
  }
  return new Split(input, options, byPartition(by)).run();
};

/** One part while it is written. */
class Part {
  readonly #sink = new PassThrough({ objectMode: true, highWaterMark: CHUNKS_WAITING });
  readonly #signal: AbortSignal;
  readonly written: Promise<WrittenBackup>;

  /**
   * @param options.signal ends it
   * @param onFailure must abort the signal: a part that has failed takes no more
   */
  constructor(
    options: WriteBackupOptions & { readonly signal: AbortSignal },
    onFailure: (error: unknown) => void,
  ) {
    this.#signal = options.signal;
    this.written = writeBackup(this.#sink, options);
    this.written.catch(onFailure);
  }

  /** Waits until there is room. */
  async write(chunk: RecordChunk): Promise<void> {
    if (this.#sink.write(chunk)) return;
    await once(this.#sink, 'drain', { signal: this.#signal });
  }

  end(): void {
    this.#sink.end();
  }
}

class Split {
  readonly #input: BackupInput;
  readonly #options: SplitOptions;
  readonly #dealing: Dealing;
  readonly #failed = new AbortController();
  /** Aborted by the caller, or since one part has failed: then nothing more is read. */
  readonly #signal: AbortSignal;
  readonly #globals: Global[] = [];
  readonly #parts = new Map<string, Part>();

  constructor(input: BackupInput, options: SplitOptions, dealing: Dealing) {
    this.#input = input;
    this.#options = options;
    this.#dealing = dealing;
    const { signal = this.#failed.signal } = options;
    this.#signal = AbortSignal.any([signal, this.#failed.signal]);
  }

  async run(): Promise<readonly SplitPart[]> {
    try {
      this.#signal.throwIfAborted();
      for await (const chunk of this.#chunks()) await this.#take(chunk);
      for (const name of this.#dealing.names(this.#globals)) await this.#partAt(name);
      for (const part of this.#parts.values()) part.end();
      return await this.#whole();
    } catch (error) {
      this.#failed.abort(error);
      await Promise.allSettled([...this.#parts.values()].map(({ written }) => written));
      throw this.#signal.reason;
    }
  }

  #chunks(): AsyncIterable<RecordChunk> {
    return addAbortSignal(this.#signal, this.#input.chunks());
  }

  async #take(chunk: RecordChunk): Promise<void> {
    if (chunk.kind !== 'records') {
      this.#globals.push(chunk);
      for (const [name, part] of this.#parts) {
        if (this.#dealing.needs(name, chunk)) await part.write(chunk);
      }
      return;
    }
    const dealt = this.#dealt(chunk);
    // All of them have records in the same memory.
    const users = new Set(dealt.keys());
    for (const [name, offsets] of dealt) {
      const part = await this.#partAt(name);
      const release = () => {
        users.delete(name);
        if (users.size === 0) chunk.release();
      };
      await part.write(new RecordBatch(chunk.bytes, Uint32Array.from(offsets), release));
    }
  }

  #dealt(batch: RecordBatch): Map<string, number[]> {
    const dealt = new Map<string, number[]>();
    const { offsets } = batch;
    let at = 0;
    for (const record of batch) {
      const name = this.#dealing.nameOf(record);
      const of = dealt.get(name) ?? [];
      if (of.length === 0) dealt.set(name, of);
      of.push(offsets[at]!, offsets[at + 1]!);
      at += 2;
    }
    return dealt;
  }

  /** Begins a part with what all its records need. */
  async #partAt(name: string): Promise<Part> {
    const known = this.#parts.get(name);
    if (known !== undefined) return known;
    if (this.#parts.size === MAX_SPLIT_PARTS) throw tooMany();
    const options = {
      ...this.#options,
      directory: joinLocation(this.#options.directory, name),
      files: this.#input.files,
      origin: this.#input,
      signal: this.#signal,
    };
    const part = new Part(options, (error) => this.#failed.abort(error));
    this.#parts.set(name, part);
    for (const global of this.#globals) {
      if (this.#dealing.needs(name, global)) await part.write(global);
    }
    return part;
  }

  async #whole(): Promise<SplitPart[]> {
    const parts: SplitPart[] = [];
    for (const name of [...this.#parts.keys()].sort()) {
      const location = joinLocation(this.#options.directory, name);
      parts.push({ location, ...(await this.#parts.get(name)!.written) });
    }
    return parts;
  }
}

const tooMany = (): AsbError => {
  const expected = `at most ${MAX_SPLIT_PARTS} sets`;
  const message = `more than ${MAX_SPLIT_PARTS} sets; take some of them at a time (asb filter --set)`;
  return new AsbError('LIMIT', message, { expected });
};
