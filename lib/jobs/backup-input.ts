import { addAbortSignal, Readable } from 'node:stream';
import { AsbError } from '../errors.ts';
import type { Meter } from '../meter/meter.ts';
import type { RecordChunk } from '../record/chunk.ts';
import { MAGIC_SIZE } from '../stages/content.ts';
import { peek } from '../stages/peek.ts';
import { type StoredFile, streamedFile, totalSize } from '../storage/stored-file.ts';
import { readHead, type StrictUnpackOptions } from './backup-head.ts';
import { type FileKind, fileKindOf, InputReader } from './input-reader.ts';
import { JoinedHeads } from './joined-heads.ts';
import type { ManifestOptions } from './manifest-check.ts';
import { findFiles, type RestoreFiles } from './restore-source.ts';

/** Record chunks that may wait for the next stage. */
const CHUNKS_WAITING = 2;

export interface InputOptions extends ManifestOptions, StrictUnpackOptions {
  /** Files, and directories with `*.asb` in them; either may be `s3://bucket/…`. */
  readonly paths?: readonly string[];
  /** Or a stream of bytes: .asb text, zstd frames, either of them encrypted, or NDJSON. */
  readonly input?: Readable;
  /** What records of NDJSON, which names none, are to be of. */
  readonly namespace?: string | undefined;
  readonly signal?: AbortSignal;
  readonly onNotice?: (notice: string) => void;
  /** Told of the stages that files are read by: `read`, `unpack`, `parse`, or `fromNdjson`. */
  readonly meter?: Meter | undefined;
}

/** A backup that is read as records, wherever it is and however it is packed. */
export interface BackupInput {
  /** In the order in which they are read. */
  readonly files: readonly StoredFile[];
  /** Of all that is in it; `undefined` if nothing says one. */
  readonly namespace: string | undefined;
  /** Whether text in it is compressed. */
  readonly compressed: boolean;
  /** Whether all of it is NDJSON. */
  readonly ndjson: boolean;
  /** Whether {@link chunks} may be called more than once: not of a stream. */
  readonly rereadable: boolean;
  /** Places without a manifest, as they were given; `-` for a stream. */
  readonly unchecked: readonly string[];
  /**
   * When the backup was begun, or before when what is in it was written, whichever is earlier; the first
   * of several: what was changed later may not be in it. `undefined` if a place has no manifest that
   * would tell.
   */
  readonly begun: Date | undefined;
  /**
   * Of an incremental backup: it has only what was written then or later. The last of several.
   * `undefined` if no manifest says one.
   */
  readonly modifiedAfter: Date | undefined;
  /** Of a backup with some of the bins, or none, their names; as its first manifest says it. */
  readonly bins: readonly string[] | undefined;
  /** What was read so far, but for heads. */
  readonly info: { readonly records: number; readonly bytesRead: number };
  /** Bytes of all files, as they are stored; `undefined` if nobody can say. */
  readonly bytesTotal: number | undefined;
  /**
   * All of it, in object mode: indexes and UDF modules, each once, then the records of all files in
   * their order, in batches that may be released. It fails with what is wrong in a file, with its name
   * and place; that a file is not the one of the manifest is known only at its end.
   */
  chunks(): Readable;
}

/**
 * Finds a backup, holds it against its manifests as far as that can be without reading it, and reads
 * the heads of its files. Of a stream it reads up to the first record.
 *
 *     const input = await openInput({ paths: ['out'] });
 *     await pipeline(input.chunks(), toNdjson(), process.stdout);
 *
 * @throws AsbError `NOT_FOUND` or `EMPTY` for a path without files of a backup, `STORAGE` if they cannot
 *   be read; what is wrong in a head (`FORMAT`, `TRUNCATED`, `KEY` …), also files of two namespaces; `USAGE` for a stream and paths at once; the signal's reason
 */
export const openInput = async (options: InputOptions): Promise<BackupInput> => {
  const { paths, input, signal = new AbortController().signal } = options;
  if (input !== undefined && paths !== undefined) {
    throw new AsbError('USAGE', 'a stream is read alone: files come by their paths');
  }
  const source = input === undefined ? { directoryList: paths ?? [] } : { input };
  const { s3, manifest = true } = options;
  const found = await findFiles({ ...source, ...(s3 === undefined ? {} : { s3 }), manifest });
  // Files are opened when somebody wants their records: who that is stands behind.
  options.meter?.expect('read', 'unpack', 'parse', 'fromNdjson');
  const opened = new Opened({ ...options, signal }, found);
  await (found.rereadable ? opened.readHeads() : opened.readBegin());
  return opened;
};

type OpenedOptions = InputOptions & { readonly signal: AbortSignal };

class Opened implements BackupInput {
  readonly #options: OpenedOptions;
  readonly #reader: InputReader;
  readonly #kinds = new Map<StoredFile, FileKind>();
  /** Whoever reads a stream has left. */
  readonly #left = new AbortController();
  #globals: readonly RecordChunk[] = [];
  /** Of a stream: what of it was read already, and the rest. */
  #begun: { readonly chunks: RecordChunk[]; readonly rest: AsyncIterator<RecordChunk> } | undefined;
  readonly files: readonly StoredFile[];
  readonly rereadable: boolean;
  readonly unchecked: readonly string[];
  readonly begun: Date | undefined;
  readonly modifiedAfter: Date | undefined;
  readonly bins: readonly string[] | undefined;

  constructor(options: OpenedOptions, found: RestoreFiles) {
    const { groups, expected, rereadable, unchecked, manifests } = found;
    this.#options = options;
    this.#reader = new InputReader({ ...options, expected });
    this.files = groups.flat();
    this.rereadable = rereadable;
    this.unchecked = unchecked;
    const begins = manifests.map(({ begun, modifiedBefore = begun }) =>
      Math.min(begun.getTime(), modifiedBefore.getTime()),
    );
    // 1970: it was made of one that does not say.
    const isKnown = unchecked.length === 0 && !begins.includes(0);
    this.begun = isKnown ? new Date(Math.min(...begins)) : undefined;
    this.bins = manifests.find(({ bins }) => bins !== undefined)?.bins;
    const afters = manifests.flatMap(({ modifiedAfter }) => modifiedAfter?.getTime() ?? []);
    // Beside a full backup, an incremental one takes nothing away.
    const isFull = afters.length < manifests.length || afters.length === 0;
    this.modifiedAfter = isFull ? undefined : new Date(Math.min(...afters));
  }

  get namespace(): string | undefined {
    return this.#reader.namespace;
  }

  get compressed(): boolean {
    return this.#reader.compressed;
  }

  get ndjson(): boolean {
    return [...this.#kinds.values()].every((kind) => kind === 'ndjson');
  }

  get info() {
    return this.#reader.info;
  }

  get bytesTotal(): number | undefined {
    return totalSize(this.files);
  }

  /** So globals come before the records of all files, and a wrong file is told at once. */
  async readHeads(): Promise<void> {
    const heads = new JoinedHeads(this.#options);
    for (const file of this.files) {
      const kind = await this.#kindOf(file);
      this.#kinds.set(file, kind);
      if (kind === 'ndjson') continue;
      const head = await readHead(file, this.#options);
      heads.add(head, file.location);
      this.#reader.compressed ||= head.compressed;
    }
    this.#globals = [...heads.globals];
    this.#reader.namespace = heads.namespace ?? this.#options.namespace;
  }

  /** Up to the first record. */
  async readBegin(): Promise<void> {
    const rest = this.#readStreams();
    const chunks: RecordChunk[] = [];
    for (;;) {
      const { done, value } = await rest.next();
      if (done === true) break;
      chunks.push(value);
      if (value.kind === 'records') break;
    }
    this.#begun = { chunks, rest };
  }

  chunks(): Readable {
    const stream = Readable.from(this.#read(), { highWaterMark: CHUNKS_WAITING });
    const destroy = stream._destroy;
    // It waits for the chunk that was asked for, which a silent stream would never bring.
    stream._destroy = (error, done) => {
      this.#left.abort();
      destroy.call(stream, error, done);
    };
    return addAbortSignal(this.#options.signal, stream);
  }

  async *#read(): AsyncGenerator<RecordChunk> {
    if (this.#begun !== undefined) {
      const { chunks, rest } = this.#begun;
      yield* chunks.splice(0);
      yield* { [Symbol.asyncIterator]: () => rest };
      return;
    }
    yield* this.#globals;
    for (const file of this.files) {
      const kind = this.#kinds.get(file)!;
      yield* this.#reader.read(file, kind, kind === 'backup');
    }
  }

  async *#readStreams(): AsyncGenerator<RecordChunk> {
    const { encryption } = this.#options;
    const signal = AbortSignal.any([this.#options.signal, this.#left.signal]);
    for (const file of this.files) {
      const { head, stream } = await peek(file.open(), MAGIC_SIZE, signal);
      const kind = fileKindOf(head, encryption);
      this.#kinds.set(file, kind);
      yield* this.#reader.read(streamedFile(stream, file.location), kind, false);
    }
  }

  /** A name says it; of others, the first bytes. */
  async #kindOf(file: StoredFile): Promise<FileKind> {
    const { signal, encryption } = this.#options;
    if (file.name.endsWith('.asb')) return 'backup';
    const { head, stream } = await peek(file.open(), MAGIC_SIZE, signal);
    const closed = new Promise((resolve) => stream.once('close', resolve));
    stream.destroy();
    await closed;
    return fileKindOf(head, encryption);
  }
}
