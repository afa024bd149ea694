import { Transform, type TransformCallback } from 'node:stream';
import { Serializer, type SerializerInfo, type SerializerOptions } from '../asb/serializer.ts';
import { toError } from '../errors.ts';
import type { RecordChunk } from '../record/chunk.ts';

export type { SerializerInfo, SerializerOptions };

/** A `serialize` stage: record chunks go in, .asb text comes out, each chunk whole units. */
export interface SerializeStage extends Transform {
  /** What was written so far. */
  readonly info: SerializerInfo;
}

/** Bytes of text that may wait for the next stage. */
const TEXT_WAITING = 1024 * 1024;
/** Record chunks that may wait: each may have up to 512 KiB. */
const CHUNKS_WAITING = 2;

class Serialize extends Transform implements SerializeStage {
  readonly #serializer: Serializer;

  constructor(options: SerializerOptions) {
    super({
      writableObjectMode: true,
      writableHighWaterMark: CHUNKS_WAITING,
      readableHighWaterMark: TEXT_WAITING,
    });
    this.#serializer = new Serializer(options);
  }

  get info(): SerializerInfo {
    return this.#serializer.info;
  }

  override _transform(
    chunk: RecordChunk,
    _encoding: BufferEncoding,
    done: TransformCallback,
  ): void {
    this.#give(() => this.#serializer.push(chunk), done);
  }

  override _flush(done: TransformCallback): void {
    this.#give(() => this.#serializer.end(), done);
  }

  #give(make: () => Buffer[], done: TransformCallback): void {
    try {
      for (const text of make()) this.push(text);
    } catch (error) {
      done(toError(error));
      return;
    }
    done();
  }
}

/**
 * Turns records and globals into .asb text. The header comes with the first record or at the end,
 * in the lowest version of the format that holds the globals before it.
 *
 *     pipeline(scan({ … }), serialize({ namespace: 'test' }), createWriteStream('test.asb'))
 *
 * @throws AsbError (as the stream's error) `FORMAT` for what .asb cannot hold
 */
export const serialize = (options: SerializerOptions): SerializeStage => new Serialize(options);
