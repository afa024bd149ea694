import { Readable } from 'node:stream';
import { type S3ObjectPlace, s3Object } from '../storage/s3/s3.ts';

/** Chunks that wait for who reads: the ranges behind them are fetched ahead already. */
const CHUNKS_WAITING = 2;

class Download extends Readable {
  readonly #object: ReturnType<typeof s3Object>;
  #source: Readable | undefined;

  constructor(object: ReturnType<typeof s3Object>) {
    super({ objectMode: true, highWaterMark: CHUNKS_WAITING });
    this.#object = object;
  }

  override _construct(done: (error?: Error | null) => void): void {
    this.#start().then(() => done(), done);
  }

  override _read(): void {
    this.#source?.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#source?.destroy();
    done(error);
  }

  async #start(): Promise<void> {
    const [file] = await this.#object.files();
    // Whoever went away in the meantime needs no request.
    if (this.destroyed) return;
    const source = file!.open();
    this.#source = source;
    source.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) source.pause();
    });
    source.on('end', () => this.push(null));
    source.on('error', (error) => this.destroy(error));
    source.pause();
  }
}

/**
 * One object of S3 out, as its bytes in order, by ranged GETs of which several are in flight. What
 * is read is the object that was there at the beginning, and its checksum is compared, if the
 * service knows one of the whole. Chunks may be given back.
 *
 *     await pipeline(download({ bucket: 'vault', key: 'monday.asb' }), unpack(), parse(), …);
 *
 * The stream fails with AsbError `NOT_FOUND`; `STORAGE` for what the service refuses, an object that
 * was changed meanwhile, and bytes that are not what was uploaded.
 *
 * @throws AsbError `USAGE` for a key that is none, `RANGE` for options that no transfer can work with
 */
export const download = (place: S3ObjectPlace): Readable => new Download(s3Object(place));
