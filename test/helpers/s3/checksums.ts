/** S3's checksums: each over bytes, in base64, as its headers and elements have them. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export type Algorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';
export type ChecksumType = 'COMPOSITE' | 'FULL_OBJECT';

export interface Checksum {
  readonly algorithm: Algorithm;
  /** base64; a composite one ends with `-` and the count of parts. */
  readonly value: string;
  readonly type: ChecksumType;
}

/** Castagnoli's polynomial, its bits in reverse. */
const CRC32C = 0x82f63b78;
/** NVMe's polynomial, its bits in reverse, by its upper and its lower half. */
const CRC64_HIGH = 0x9a6c9329;
const CRC64_LOW = 0xac4bc9b5;

const tableOf32 = (polynomial: number): Uint32Array =>
  Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
    return crc;
  });

const tablesOf64 = (): readonly [high: Uint32Array, low: Uint32Array] => {
  const high = new Uint32Array(256);
  const low = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let [upper, lower] = [0, byte];
    for (let bit = 0; bit < 8; bit++) {
      const odd = lower & 1;
      lower = (lower >>> 1) | (upper << 31);
      upper >>>= 1;
      if (odd) [upper, lower] = [upper ^ CRC64_HIGH, lower ^ CRC64_LOW];
    }
    high[byte] = upper;
    low[byte] = lower;
  }
  return [high, low];
};

const TABLE_32C = tableOf32(CRC32C);
const [TABLE_64_HIGH, TABLE_64_LOW] = tablesOf64();

const uint32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => {
    bytes.writeUInt32BE(value >>> 0, 4 * index);
  });
  return bytes;
};

const crc32c = (bytes: Uint8Array): Buffer => {
  let crc = 0xffffffff;
  for (let at = 0; at < bytes.length; at++) {
    crc = TABLE_32C[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  }
  return uint32(~crc);
};

const crc64nvme = (bytes: Uint8Array): Buffer => {
  let [high, low] = [0xffffffff, 0xffffffff];
  for (let at = 0; at < bytes.length; at++) {
    const index = (low ^ bytes[at]!) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ TABLE_64_LOW[index]!;
    high = (high >>> 8) ^ TABLE_64_HIGH[index]!;
  }
  return uint32(~high, ~low);
};

const hash = (name: string) => (bytes: Uint8Array) => createHash(name).update(bytes).digest();

const DIGESTS: Readonly<Record<Algorithm, (bytes: Uint8Array) => Buffer>> = {
  CRC32: (bytes) => uint32(crc32(bytes)),
  CRC32C: crc32c,
  CRC64NVME: crc64nvme,
  SHA1: hash('sha1'),
  SHA256: hash('sha256'),
};

export const ALGORITHMS = Object.keys(DIGESTS) as readonly Algorithm[];

export const isAlgorithm = (text: string): text is Algorithm => Object.hasOwn(DIGESTS, text);

/** `x-amz-checksum-crc32` and its like. */
export const checksumHeader = (algorithm: Algorithm): string =>
  `x-amz-checksum-${algorithm.toLowerCase()}`;

/** `ChecksumCRC32` and its like. */
export const checksumElement = (algorithm: Algorithm): string => `Checksum${algorithm}`;

/** The checksum of `bytes`, in base64. */
export const checksumOf = (algorithm: Algorithm, bytes: Uint8Array): string =>
  DIGESTS[algorithm](bytes).toString('base64');

/** Whether a text is the base64 of a checksum: as long as one, and nothing else. */
export const isChecksum = (algorithm: Algorithm, value: string): boolean => {
  const bytes = Buffer.from(value, 'base64');
  return (
    bytes.toString('base64') === value &&
    bytes.length === DIGESTS[algorithm](Buffer.alloc(0)).length
  );
};

/** The checksum of the parts' checksums, with the count of parts. */
export const compositeOf = (algorithm: Algorithm, values: readonly string[]): string => {
  const raw = Buffer.concat(values.map((value) => Buffer.from(value, 'base64')));
  return `${checksumOf(algorithm, raw)}-${values.length}`;
};

/** Which type an upload's checksum has if its creator did not say. */
export const defaultType = (algorithm: Algorithm): ChecksumType =>
  algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE';

/** Only a CRC can be of a whole object that came in parts; CRC64NVME can be nothing else. */
export const canBe = (algorithm: Algorithm, type: ChecksumType): boolean =>
  type === 'FULL_OBJECT' ? algorithm.startsWith('CRC') : algorithm !== 'CRC64NVME';
