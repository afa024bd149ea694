import { crc32 } from 'node:zlib';
import t from 'tap';
import {
  ALGORITHMS,
  type Algorithm,
  type ChecksumType,
  canBe,
  checksumElement,
  checksumHeader,
  checksumOf,
  compositeOf,
  defaultType,
  isAlgorithm,
  isChecksum,
} from '../helpers/s3/checksums.ts';

/** The check values that come with the algorithms' definitions: over `123456789`, and nothing. */
const VECTORS: Readonly<Record<Algorithm, readonly [check: string, empty: string]>> = {
  CRC32: ['cbf43926', '00000000'],
  CRC32C: ['e3069283', '00000000'],
  CRC64NVME: ['ae8b14860a799888', '0000000000000000'],
  SHA1: ['f7c3bc1d808e04732adf679965ccc34ca7ae3441', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  SHA256: [
    '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  ],
};

const hexOf = (algorithm: Algorithm, text: string): string =>
  Buffer.from(checksumOf(algorithm, Buffer.from(text)), 'base64').toString('hex');

t.test('known values', async (t) => {
  t.strictSame(ALGORITHMS, Object.keys(VECTORS));
  for (const algorithm of ALGORITHMS) {
    t.strictSame([hexOf(algorithm, '123456789'), hexOf(algorithm, '')], VECTORS[algorithm]);
  }
  // RFC 3720, B.4: 32 bytes of zeros, of ones, and counting up; least significant byte first.
  const iscsi: readonly (readonly [Buffer, string])[] = [
    [Buffer.alloc(32), 'aa36918a'],
    [Buffer.alloc(32, 0xff), '43aba862'],
    [Buffer.from(Array.from({ length: 32 }, (_, index) => index)), '4e79dd46'],
  ];
  for (const [bytes, swapped] of iscsi) {
    const crc = Buffer.from(checksumOf('CRC32C', bytes), 'base64').reverse();
    t.equal(crc.toString('hex'), swapped);
  }
});

t.test('a composite checksum is one of the raw checksums, with their count', async (t) => {
  const parts = ['one', 'two'].map((text) => Buffer.from(text));
  const raw = Buffer.alloc(8);
  parts.forEach((part, index) => {
    raw.writeUInt32BE(crc32(part), 4 * index);
  });
  const expected = Buffer.alloc(4);
  expected.writeUInt32BE(crc32(raw));
  const values = parts.map((part) => checksumOf('CRC32', part));
  t.equal(compositeOf('CRC32', values), `${expected.toString('base64')}-2`);
});

t.test('what looks like a checksum', async (t) => {
  t.ok(isChecksum('CRC32', 'AAAAAA=='));
  for (const wrong of ['AAAAAA', 'AAAAAAA=', 'AAAA', '', 'AAAAAA==-2', '*', 'AAAAAAAAAAA=']) {
    t.notOk(isChecksum('CRC32', wrong), wrong);
  }
  t.strictSame(['CRC32', 'crc32', 'MD5', 'toString'].map(isAlgorithm), [true, false, false, false]);
  t.equal(checksumHeader('CRC64NVME'), 'x-amz-checksum-crc64nvme');
  t.equal(checksumElement('CRC64NVME'), 'ChecksumCRC64NVME');
});

t.test('types', async (t) => {
  const rows: readonly (readonly [Algorithm, ChecksumType, readonly ChecksumType[]])[] = [
    ['CRC32', 'COMPOSITE', ['COMPOSITE', 'FULL_OBJECT']],
    ['CRC32C', 'COMPOSITE', ['COMPOSITE', 'FULL_OBJECT']],
    ['CRC64NVME', 'FULL_OBJECT', ['FULL_OBJECT']],
    ['SHA1', 'COMPOSITE', ['COMPOSITE']],
    ['SHA256', 'COMPOSITE', ['COMPOSITE']],
  ];
  for (const [algorithm, usual, possible] of rows) {
    t.equal(defaultType(algorithm), usual);
    const types = (['COMPOSITE', 'FULL_OBJECT'] as const).filter((type) => canBe(algorithm, type));
    t.strictSame(types, possible, algorithm);
  }
});
