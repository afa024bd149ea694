import { Readable } from 'node:stream';
import { AsbError } from '../../errors.ts';
import { giveBack } from '../../memory/buffer-pool.ts';
import type { StorageFile } from '../storage.ts';
import type { S3Connection } from './connection.ts';
import { s3Error } from './failure.ts';
import { LentChunks } from './lent-chunks.ts';
import { ObjectUpload } from './object-upload.ts';
import { MAX_PARTS } from './options.ts';
import { type PartPlan, planParts } from './part-size.ts';
import { s3UrlOf } from './url.ts';

export interface S3FileOptions {
  readonly bucket: string;
  readonly key: string;
  /** The end of the key, by which its storage knows the file. */
  readonly name: string;
  /** Bytes that the file will have at most, as far as that is known. */
  readonly largestFile?: number | undefined;
}

/**
 * Starts an upload. Nothing is seen of it before `close` is done: then the object is there, and its
 * size and checksum were compared.
 */
export const createS3File = (
  connection: S3Connection,
  options: S3FileOptions,
): Promise<StorageFile> => Promise.resolve(new S3File(connection, options));

/** What `Upload` reads: gives one chunk after the other, and says when the next may come. */
class Body extends Readable {
  #taken: (() => void) | undefined;

  constructor() {
    super({ objectMode: true, highWaterMark: 1 });
    // Whoever reads it is told; and nobody may, when an upload has failed before.
    this.on('error', () => {});
  }

  /** Resolves when `chunk` was taken, or nothing is taken any more. */
  give(chunk: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#taken = resolve;
      this.push(chunk);
    });
  }

  override _read(): void {
    this.#taken?.();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#taken?.();
    done(error);
  }
}

class S3File implements StorageFile {
  readonly name: string;
  readonly location: string;
  readonly #plan: PartPlan;
  readonly #upload: ObjectUpload;
  readonly #body = new Body();
  readonly #lent = new LentChunks();
  readonly #ended: Promise<void>;
  #failure: AsbError | undefined;

  constructor(connection: S3Connection, { bucket, key, name, largestFile }: S3FileOptions) {
    this.name = name;
    this.location = s3UrlOf(bucket, key);
    this.#plan = planParts(largestFile, connection.options);
    this.#upload = new ObjectUpload(connection, {
      bucket,
      key,
      plan: this.#plan,
      onPart: (number) => this.#copied(number),
    });
    this.#ended = this.#run();
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#check();
    const { sums } = this.#upload;
    const most = this.#plan.partSize * MAX_PARTS;
    if (sums.bytes + chunk.length > most) throw this.#tooLarge(most);
    sums.write(chunk);
    if (chunk.length > this.#plan.partSize) {
      // `Upload` would send pieces of it without copying them, and so keep it for longer.
      await this.#body.give(Uint8Array.from(chunk));
      giveBack(chunk);
    } else {
      this.#lent.add(chunk);
      await this.#body.give(chunk);
    }
    await this.#check();
  }

  async close(): Promise<void> {
    this.#body.push(null);
    await this.#ended;
    await this.#check();
  }

  /** An upload that is complete already stays: it is whole. */
  async abort(): Promise<void> {
    if (!this.#upload.whole) this.#upload.stop();
    await this.#ended;
    if (!this.#upload.whole) await this.#upload.undo();
  }

  async #run(): Promise<void> {
    try {
      await this.#upload.run(this.#body);
    } catch (cause) {
      this.#failure = cause instanceof AsbError ? cause : s3Error('write', this.location, cause);
      this.#body.destroy();
    }
    this.#lent.giveBackUpTo(Infinity);
  }

  /** All but the last part are copies; the last is sent before `close` is done, which clears up. */
  #copied(number: number): void {
    const end = number * this.#plan.partSize;
    if (end < this.#upload.sums.bytes) this.#lent.giveBackUpTo(end);
  }

  /** What went wrong is known when all requests have ended. */
  async #check(): Promise<void> {
    if (this.#body.destroyed) await this.#ended;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #tooLarge(most: number): AsbError {
    const expected = `at most ${most} bytes`;
    return new AsbError(
      'LIMIT',
      `${this.location} is larger than ${MAX_PARTS} parts of ${this.#plan.partSize} bytes; choose ` +
        'larger parts (--s3-min-part-size), or tell beforehand how large it gets (--expected-size)',
      { file: this.location, expected },
    );
  }
}
