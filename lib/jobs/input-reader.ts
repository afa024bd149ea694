import { pipeline, type Readable } from 'node:stream';
import type { Encryption } from '../crypto/key.ts';
import { inFile } from '../errors.ts';
import type { Meter } from '../meter/meter.ts';
import type { RecordChunk } from '../record/chunk.ts';
import { contentOf } from '../stages/content.ts';
import { fromNdjson } from '../stages/from-ndjson.ts';
import { parse } from '../stages/parse.ts';
import { unpack } from '../stages/unpack.ts';
import type { StoredFile } from '../storage/stored-file.ts';
import { requireFewGlobals, type StrictUnpackOptions } from './backup-head.ts';
import { type ExpectedFile, FileCheck } from './file-check.ts';

/** In the messages of records from NDJSON, which names no namespace, if nobody else does. */
const NO_NAMESPACE = 'unknown';

/** How a file is written: NDJSON, or text in whatever packing. */
export type FileKind = 'backup' | 'ndjson';

/**
 * Tells NDJSON from all else. It is never encrypted: with a key, what begins like it is something
 * else.
 *
 * @param head the first bytes of a file
 */
export const fileKindOf = (head: Buffer, encryption: Encryption | undefined): FileKind =>
  encryption === undefined && contentOf(head) === 'ndjson' ? 'ndjson' : 'backup';

export interface InputReaderOptions extends StrictUnpackOptions {
  /** What records of NDJSON, which names none, are to be of. */
  readonly namespace?: string | undefined;
  /** What each file must be; those that no manifest names are not in it. */
  readonly expected: ReadonlyMap<StoredFile, ExpectedFile>;
  readonly signal: AbortSignal;
  readonly meter?: Meter | undefined;
}

/** Reads files as record chunks, one after another, and counts. */
export class InputReader {
  readonly info = { records: 0, bytesRead: 0 };
  readonly #options: InputReaderOptions;
  /** As headers and records say it, or who has read them before; NDJSON is of the same. */
  namespace: string | undefined;
  /** Whether a text was compressed. */
  compressed = false;

  constructor(options: InputReaderOptions) {
    this.#options = options;
  }

  /**
   * @param skipHead leaves out globals that stand before the first record
   * @throws AsbError what is wrong in the file, with its name; as {@link FileCheck.end} and
   *   {@link requireFewGlobals}; the signal's reason
   */
  async *read(file: StoredFile, kind: FileKind, skipHead: boolean): AsyncGenerator<RecordChunk> {
    const expected = this.#options.expected.get(file);
    const check = expected === undefined ? undefined : new FileCheck(file, expected);
    const source = file.open();
    // Now, and not later: their memory is used again.
    source.on('data', (bytes: Buffer) => {
      check?.update(bytes);
      this.info.bytesRead += bytes.length;
    });
    const closed = new Promise((resolve) => source.once('close', resolve));
    const found = { records: 0, indexes: 0, udfs: 0 };
    try {
      for await (const chunk of this.#parsed(file, source, kind)) {
        const isRecords = chunk.kind === 'records';
        if (isRecords) this.info.records += chunk.length;
        if (isRecords) found.records += chunk.length;
        else found[chunk.kind === 'index' ? 'indexes' : 'udfs']++;
        requireFewGlobals(found.indexes + found.udfs);
        if (isRecords || !skipHead || found.records > 0) yield chunk;
      }
      check?.end(found);
    } catch (error) {
      this.#options.signal.throwIfAborted();
      throw inFile(error, file.location);
    } finally {
      await closed;
    }
  }

  async *#parsed(file: StoredFile, source: Readable, kind: FileKind): AsyncGenerator<RecordChunk> {
    const { location } = file;
    if (kind === 'ndjson') {
      const { namespace = this.namespace } = this.#options;
      this.#learn(namespace, undefined);
      const records = fromNdjson({ namespace: namespace ?? NO_NAMESPACE, file: location });
      this.#options.meter?.watch({ read: source, fromNdjson: records });
      // What fails is told to who reads the records.
      pipeline([source, records], () => {});
      yield* chunksOf(records);
      return;
    }
    const text = unpack(this.#options);
    const records = parse({ file: location, reuseMemory: true });
    this.#options.meter?.watch({ read: source, unpack: text, parse: records });
    pipeline([source, text, records], () => {});
    for await (const chunk of chunksOf(records)) {
      this.#learn(records.info.namespace, text.info.content);
      yield chunk;
    }
    this.#learn(records.info.namespace, text.info.content);
  }

  #learn(namespace: string | undefined, content: 'text' | 'frames' | undefined): void {
    this.namespace ??= namespace;
    this.compressed ||= content === 'frames';
  }
}

const chunksOf = (stage: Readable): AsyncIterable<RecordChunk> => stage;
