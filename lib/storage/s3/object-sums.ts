import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { S3Checksum } from './options.ts';

/** What a server tells of the bytes that it has got: of a part, or of an object. */
export interface ServerSums {
  readonly ETag?: string | undefined;
  readonly ChecksumCRC32?: string | undefined;
  readonly ChecksumSHA256?: string | undefined;
  readonly ServerSideEncryption?: string | undefined;
}

/** The same of a whole object. */
export interface ObjectFacts extends ServerSums {
  readonly ContentLength?: number | undefined;
}

/**
 * `same`: the server has what was sent, by a sum over the bytes; `unknown`: it gives none that we
 * have, too, so only the size was compared; `different`: it has something else.
 */
export type Comparison = 'same' | 'unknown' | 'different';

/** What the server said of one part, as bytes. */
interface PartSums {
  readonly checksum: Buffer | undefined;
  readonly md5: Buffer | undefined;
}

/** An ETag that is an MD5: 32 digits, and the number of parts. */
const MD5_ETAG = /^"?([0-9a-f]{32}(?:-\d+)?)"?$/;

/**
 * Sums over what is uploaded, and whether a server's agree with them.
 *
 * Of a part nothing is computed here but an MD5, if that was chosen: each part comes with a
 * checksum, which the SDK makes, and with the SHA256 that its request is signed with; the server
 * refuses it if either is wrong. The object as a whole is compared: by the CRC32 of all bytes, if the
 * server keeps one; else by a sum of the sums that it told of the parts.
 */
export class ObjectSums {
  readonly #algorithm: S3Checksum;
  readonly #parts = new Map<number, PartSums>();
  #bytes = 0;
  #crc32 = 0;

  constructor(algorithm: S3Checksum) {
    this.#algorithm = algorithm;
  }

  /** Bytes so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** CRC32 of all bytes so far, as S3 writes it; `undefined` if another algorithm was chosen. */
  get crc32(): string | undefined {
    return this.#algorithm === 'crc32' ? wordOf(this.#crc32).toString('base64') : undefined;
  }

  /** Counts what the object consists of, in order. */
  write(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#algorithm === 'crc32') this.#crc32 = crc32(chunk, this.#crc32);
  }

  /**
   * Takes down what the server said of a part, and compares its MD5, if that was chosen.
   *
   * @param number from 1; parts may come in any order
   */
  comparePart(number: number, body: Uint8Array, said: ServerSums): Comparison {
    const checksum = this.#saidBy(said);
    const etag = md5Of(said);
    this.#parts.set(number, {
      checksum: checksum === undefined ? undefined : Buffer.from(checksum, 'base64'),
      md5: etag === undefined ? undefined : Buffer.from(etag, 'hex'),
    });
    if (this.#algorithm !== 'md5' || etag === undefined) return 'unknown';
    return verdict(etag === hash('md5', body, 'hex'));
  }

  /**
   * Compares the whole object with what the server has.
   *
   * @param multipart whether it was sent in parts: then sums may be such of the parts' sums
   */
  compareObject(said: ObjectFacts, multipart: boolean): Comparison {
    if (said.ContentLength !== this.#bytes) return 'different';
    const saidSum = this.#saidBy(said);
    const sum = this.#sumFor(saidSum);
    if (saidSum !== undefined && sum !== undefined) return verdict(saidSum === sum);
    const etag = md5Of(said);
    const parts = this.#inOrder((part) => part.md5);
    if (etag === undefined || parts === undefined) return 'unknown';
    const whole = multipart
      ? `${hash('md5', Buffer.concat(parts), 'hex')}-${parts.length}`
      : Buffer.concat(parts).toString('hex');
    return verdict(etag === whole);
  }

  /** Ours, in the form that the server's has: of all bytes, or `SUM-N` of the sums of N parts. */
  #sumFor(saidSum: string | undefined): string | undefined {
    const sums = this.#inOrder((part) => part.checksum);
    if (saidSum?.includes('-')) {
      const all = sums === undefined ? undefined : this.#sumOf(Buffer.concat(sums));
      return all === undefined ? undefined : `${all.toString('base64')}-${this.#parts.size}`;
    }
    if (this.#algorithm === 'crc32') return this.crc32;
    return sums?.length === 1 ? sums[0]?.toString('base64') : undefined;
  }

  #saidBy({ ChecksumCRC32, ChecksumSHA256 }: ServerSums): string | undefined {
    if (this.#algorithm === 'crc32') return ChecksumCRC32;
    return this.#algorithm === 'sha256' ? ChecksumSHA256 : undefined;
  }

  #sumOf(bytes: Uint8Array): Buffer {
    return this.#algorithm === 'crc32' ? wordOf(crc32(bytes)) : hash('sha256', bytes, 'buffer');
  }

  /** One sum of each part; `undefined` unless there are all. */
  #inOrder(pick: (part: PartSums) => Buffer | undefined): Buffer[] | undefined {
    const sums: Buffer[] = [];
    for (let number = 1; number <= this.#parts.size; number++) {
      const part = this.#parts.get(number);
      const sum = part === undefined ? undefined : pick(part);
      if (sum === undefined) return undefined;
      sums.push(sum);
    }
    return sums;
  }
}

const verdict = (same: boolean): Comparison => (same ? 'same' : 'different');

const wordOf = (value: number): Buffer => {
  const word = Buffer.alloc(4);
  word.writeUInt32BE(value);
  return word;
};

/** The ETag, if it is an MD5; that of an object that a key service encrypts is none. */
const md5Of = ({ ETag, ServerSideEncryption }: ServerSums): string | undefined => {
  if (ServerSideEncryption?.startsWith('aws:')) return undefined;
  return MD5_ETAG.exec(ETag ?? '')?.[1];
};
