import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Parser } from '../asb/parser.ts';
import type { Encryption } from '../crypto/key.ts';
import { inFile, toError } from '../errors.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import type { Census } from '../record/census.ts';
import type { RecordChunk } from '../record/chunk.ts';
import { unpack } from '../stages/unpack.ts';
import type { StoredFile } from '../storage/stored-file.ts';

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

export interface VerifyFileOptions {
  /** Where records are counted. */
  readonly censusOf: (namespace: string) => Census;
  /** How it is encrypted, if it is. */
  readonly encryption?: Encryption;
  /** Largest zstd window, as a power of two. */
  readonly windowLog?: number;
  readonly signal: AbortSignal;
}

/** Reads one file up to its end, or to the first damage, which is told in the result. */
export class FileVerifier {
  readonly #file: StoredFile;
  readonly #options: VerifyFileOptions;
  readonly #parser: Parser;
  #bytes = 0;

  constructor(file: StoredFile, options: VerifyFileOptions) {
    this.#file = file;
    this.#options = options;
    this.#parser = new Parser({ file: file.location, reuseMemory: true });
  }

  /** Records counted so far, and bytes read. */
  get progress(): { readonly records: number; readonly bytes: number } {
    return { records: this.#parser.info.records, bytes: this.#bytes };
  }

  /** @throws the signal's reason, and nothing else */
  async run(): Promise<VerifiedFile> {
    const failure = await this.#read();
    const { header, namespace, records, indexes, udfs, bytes: textBytes } = this.#parser.info;
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
    const { encryption, windowLog, signal } = this.#options;
    const unpacked = unpack({
      ...(encryption === undefined ? {} : { encryption }),
      ...(windowLog === undefined ? {} : { windowLog }),
    });
    const source = this.#file.open();
    source.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
    });
    try {
      await pipeline([source, unpacked, this.#sink()], { signal });
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      return inFile(error, this.#file.location);
    }
  }

  /** Parses as text arrives, in no stage of its own: records before damage are always counted. */
  #sink(): Writable {
    const parser = this.#parser;
    return new Writable({
      objectMode: true,
      write: (text: Buffer, _encoding, done) => {
        this.#count(() => parser.push(text), done);
        giveBack(text);
      },
      final: (done) => this.#count(() => parser.end(), done),
    });
  }

  #count(read: () => Iterable<RecordChunk>, done: (error?: Error) => void): void {
    try {
      for (const chunk of read()) {
        if (chunk.kind !== 'records') continue;
        // All records of a file are of one namespace.
        this.#options.censusOf(chunk.at(0)!.namespace).add(chunk);
        chunk.release();
      }
    } catch (error) {
      done(toError(error));
      return;
    }
    done();
  }
}
