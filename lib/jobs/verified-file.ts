import { toError } from '../errors.ts';
import type { Census } from '../record/census.ts';
import type { RecordChunk } from '../record/chunk.ts';
import type { StoredFile } from '../storage/stored-file.ts';
import { BackupReader, type BackupReaderOptions } from './backup-reader.ts';

/** What is in one file. */
export interface VerifiedFile {
  /** Path, or `-` for an input. */
  readonly file: string;
  /** Bytes that were read, as they are stored. */
  readonly bytes: number;
  /** Bytes of .asb text in them. */
  readonly textBytes: number;
  /** Version of the format; `undefined` if there is no whole header. */
  readonly version: string | undefined;
  /** Namespace of header and records; `undefined` if neither says one. */
  readonly namespace: string | undefined;
  readonly records: number;
  readonly indexes: number;
  readonly udfs: number;
  /** What is wrong, with its place; all that stands before it has been counted. */
  readonly failure: Error | undefined;
}

export interface VerifyFileOptions extends Omit<BackupReaderOptions, 'onBytes'> {
  /** Where records are counted. */
  readonly censusOf: (namespace: string) => Census;
}

/** Reads one file up to its end, or to the first damage, which is told in the result. */
export class FileVerifier {
  readonly #file: StoredFile;
  readonly #options: VerifyFileOptions;
  readonly #reader: BackupReader;
  #bytes = 0;

  constructor(file: StoredFile, options: VerifyFileOptions) {
    this.#file = file;
    this.#options = options;
    this.#reader = new BackupReader(file, {
      ...options,
      onBytes: (bytes) => {
        this.#bytes += bytes;
      },
    });
  }

  /** Records counted so far, and bytes read. */
  get progress(): { readonly records: number; readonly bytes: number } {
    return { records: this.#reader.info.records, bytes: this.#bytes };
  }

  /** @throws the signal's reason, and nothing else */
  async run(): Promise<VerifiedFile> {
    const failure = await this.#read();
    const { header, namespace, records, indexes, udfs, bytes: textBytes } = this.#reader.info;
    return {
      file: this.#file.location,
      bytes: this.#bytes,
      textBytes,
      version: header?.version,
      namespace,
      records,
      indexes,
      udfs,
      failure,
    };
  }

  async #read(): Promise<Error | undefined> {
    const counting = this.#options.meter?.step('count');
    const count = (chunk: RecordChunk) => this.#count(chunk);
    const taking = counting && ((chunk: RecordChunk) => counting.take(chunk, () => count(chunk)));
    try {
      await this.#reader.read(taking ?? count).finally(() => counting?.end());
      return undefined;
    } catch (error) {
      this.#options.signal.throwIfAborted();
      return toError(error);
    }
  }

  #count(chunk: RecordChunk): void {
    if (chunk.kind !== 'records') return;
    // All records of a file are of one namespace.
    this.#options.censusOf(chunk.at(0)!.namespace).add(chunk);
    chunk.release();
  }
}
