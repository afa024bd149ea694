import { Writable } from 'node:stream';
import { type S3ObjectPlace, s3Object } from '../storage/s3/s3.ts';
import type { StorageFile } from '../storage/storage.ts';

export interface UploadOptions extends S3ObjectPlace {
  /** Lets the object take the place of an older one, instead of refusing. Default false. */
  readonly removeFiles?: boolean;
}

/** An `upload` stage: bytes go in. */
export interface UploadStage extends Writable {
  readonly info: {
    /** Bytes taken so far. */
    readonly bytes: number;
  };
}

class Upload extends Writable implements UploadStage {
  readonly info = { bytes: 0 };
  readonly #object: ReturnType<typeof s3Object>;
  readonly #removeFiles: boolean;
  /** Of the object, from the first byte on; it may be abandoned before it is there. */
  #file: Promise<StorageFile> | undefined;
  #whole = false;

  constructor(object: ReturnType<typeof s3Object>, removeFiles: boolean) {
    super();
    this.#object = object;
    this.#removeFiles = removeFiles;
  }

  /** What is in the way is told at once. */
  override _construct(done: (error?: Error | null) => void): void {
    this.#object.prepare({ removeFiles: this.#removeFiles }).then(() => done(), done);
  }

  override _write(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.#write(chunk).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#finish().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#abandon().then(() => done(error), done);
  }

  /** Only with the first byte: what fails before has nothing to clear up. */
  #open(): Promise<StorageFile> {
    this.#file ??= this.#object.create(this.#object.name);
    return this.#file;
  }

  async #write(chunk: Buffer): Promise<void> {
    const file = await this.#open();
    const size = chunk.length;
    await file.write(chunk);
    this.info.bytes += size;
  }

  async #finish(): Promise<void> {
    const file = await this.#open();
    await file.close();
    this.#whole = true;
  }

  async #abandon(): Promise<void> {
    if (this.#whole || this.#file === undefined) return;
    const file = await this.#file.catch(() => undefined);
    await file?.abort();
  }
}

/**
 * Bytes in, one object in S3 out, in the parts of a multipart upload, of which several are on their
 * way at once. What the bytes are does not matter; none make an empty object.
 *
 *     await pipeline(source, upload({ bucket: 'vault', key: 'monday.asb' }));
 *
 * `finish` means that the object is there as a whole, and that its size and checksum were compared.
 * Until then an older one stays. `destroy` leaves no part behind, and `close` says that it has; a
 * `destroy` that comes while the object is completed may be too late, and then it is whole.
 *
 * The stream fails with AsbError `EXISTS` for an object or an unfinished upload that is there
 * already, unless `removeFiles` is set; `LIMIT` if it gets larger than its parts allow
 * (`largestFile`, `minPartSize`); `STORAGE` for what the service refuses.
 *
 * @throws AsbError `USAGE` for a key that is none, `RANGE` for options that no transfer can work with
 */
export const upload = ({ removeFiles = false, ...place }: UploadOptions): UploadStage =>
  new Upload(s3Object(place), removeFiles);
