import { AsbError } from '../errors.ts';
import { BufferPool, lend, type PooledBuffer } from '../memory/buffer-pool.ts';
import type { RecordBatch } from '../record/batch.ts';
import type { RecordChunk } from '../record/chunk.ts';
import { Extent, noteExtent } from '../record/extent.ts';
import type { Global } from '../record/globals.ts';
import { type FormatVersion, globalText, headerText, versionFor } from './global-text.ts';
import { RecordText } from './record-text.ts';

/** Text is made in pieces of this many bytes; only a record larger than that has a larger one. */
const PIECE_SIZE = 256 * 1024;
/** Pieces kept to be used again: more than wait in a pipeline at once. */
const PIECES_KEPT = 16;

export interface SerializerOptions {
  readonly namespace: string;
  /** The namespace that records and indexes come with, if they are to get another. Default: the same. */
  readonly source?: string;
  /** Blobs raw and not in base64: smaller and faster, but no text. Default false. */
  readonly compact?: boolean;
  /**
   * Writes into memory that was given back (`giveBack`), as `compress` and `rotate` do with text
   * that they have taken. Only for a pipeline in which nobody keeps the text. Default false.
   */
  readonly reuseMemory?: boolean;
  /** Bytes of text made at a time. */
  readonly pieceSize?: number;
  /** Notes with each piece of text what it holds (`extentOf`). Default false. */
  readonly noteExtents?: boolean;
  /** What the text goes on from; nothing if left out. See {@link Continuation}. */
  readonly continues?: Continuation;
}

/**
 * A text that goes on where another ended: at a new `file` of the same backup, whose header does not
 * call it the first; or amid a file, without any header.
 */
export type Continuation = 'file' | 'text';

/** What a serializer has written. */
export interface SerializerInfo {
  readonly version: FormatVersion;
  readonly records: number;
  readonly indexes: number;
  readonly udfs: number;
  /** Vector bins: no peer reads a file with one. */
  readonly vectors: number;
  /** Bytes of text. */
  readonly bytes: number;
}

/**
 * The pure engine behind `serialize`: record chunks in, .asb text out, in pieces of whole units.
 * Globals come before the first record, so that the header can name the lowest version of the
 * format that holds them.
 *
 *     for (const text of serializer.push(chunk)) write(text);
 *     for (const text of serializer.end()) write(text);
 */
export class Serializer {
  readonly #namespace: string;
  readonly #source: string;
  readonly #pool: BufferPool;
  readonly #records: RecordText;
  readonly #globals: Global[] = [];
  readonly #continues: Continuation | undefined;
  /** What the piece that is being written holds; `undefined` if nobody wants to know. */
  #extent: Extent | undefined;
  #piece: PooledBuffer;
  /** Where the next text goes in the piece: what is before it has been handed on. */
  #at = 0;
  #version: FormatVersion = '3.1';
  #started = false;
  #counts = { records: 0, indexes: 0, udfs: 0, bytes: 0 };

  constructor(options: SerializerOptions) {
    const { namespace, source = namespace } = options;
    const { compact = false, pieceSize = PIECE_SIZE, reuseMemory = false } = options;
    this.#namespace = namespace;
    this.#pool = new BufferPool(pieceSize, reuseMemory ? PIECES_KEPT : 0);
    this.#piece = this.#pool.take();
    this.#source = source;
    this.#records = new RecordText(namespace, compact, source);
    this.#continues = options.continues;
    if (options.noteExtents === true) this.#extent = new Extent();
  }

  get info(): SerializerInfo {
    return { ...this.#counts, version: this.#version, vectors: this.#records.vectors };
  }

  /**
   * @throws AsbError `FORMAT` for a global after a record that the header's version cannot hold,
   *   or a record that .asb cannot hold
   */
  push(chunk: RecordChunk): Buffer[] {
    if (chunk.kind === 'records') {
      const text = [...this.#start(), ...this.#write(chunk)];
      chunk.release();
      return text;
    }
    const global = this.#renamed(chunk);
    this.#count(global);
    if (!this.#started) {
      this.#globals.push(global);
      return [];
    }
    if (versionFor(global) > this.#version) {
      throw new AsbError(
        'FORMAT',
        `an index that needs version ${versionFor(global)} came after records were written as ` +
          `${this.#version}; globals come first`,
        { expected: 'globals before records' },
      );
    }
    return this.#give(globalText(global));
  }

  #renamed(global: Global): Global {
    if (global.kind === 'udf' || global.namespace !== this.#source) return global;
    return { ...global, namespace: this.#namespace };
  }

  /** What is left; also for a backup without a record the header. */
  end(): Buffer[] {
    return this.#start();
  }

  #start(): Buffer[] {
    if (this.#started) return [];
    this.#started = true;
    for (const global of this.#globals) {
      if (versionFor(global) > this.#version) this.#version = versionFor(global);
    }
    const first = this.#continues === undefined;
    const header =
      this.#continues === 'text' ? [] : [headerText(this.#version, this.#namespace, first)];
    const text = Buffer.concat([...header, ...this.#globals.map(globalText)]);
    return text.length === 0 ? [] : this.#give(text);
  }

  /** A piece that is complete: counted, and noted what it holds. */
  #give(piece: Buffer): Buffer[] {
    this.#counts.bytes += piece.length;
    if (this.#extent !== undefined) {
      this.#extent.settle();
      noteExtent(piece, this.#extent);
      this.#extent = new Extent();
    }
    return [piece];
  }

  #count(global: Global): void {
    const of = global.kind === 'index' ? 'indexes' : 'udfs';
    this.#counts[of]++;
    if (this.#extent !== undefined) this.#extent[of]++;
  }

  #write({ bytes, offsets }: RecordBatch): Buffer[] {
    const pieces: Buffer[] = [];
    let out = this.#piece.bytes;
    let begin = this.#at;
    let at = begin;
    for (let index = 0; index < offsets.length; index += 2) {
      const start = offsets[index]!;
      const room = RecordText.room(offsets[index + 1]! - start);
      if (at + room > out.length) {
        if (at > begin) pieces.push(...this.#give(lend(this.#piece, begin, at)));
        out = this.#renew(room);
        begin = at = 0;
      }
      at = this.#records.write(out, at, bytes, start);
      this.#extent?.record(bytes, this.#records.digestAt);
    }
    if (at > begin) pieces.push(...this.#give(lend(this.#piece, begin, at)));
    this.#at = at;
    this.#counts.records += offsets.length / 2;
    return pieces;
  }

  #renew(room: number): Buffer {
    this.#piece.release();
    this.#piece = this.#pool.take(room);
    return this.#piece.bytes;
  }
}
