import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import t from 'tap';
import { ObjectSums } from '../../../lib/storage/s3/object-sums.ts';
import type { S3Checksum } from '../../../lib/storage/s3/options.ts';

const PARTS = ['one', 'two', 'three'].map((part) => Buffer.from(part));
const WHOLE = Buffer.concat(PARTS);

const md5 = (bytes: Uint8Array): Buffer => createHash('md5').update(bytes).digest();
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const crc = (bytes: Uint8Array): Buffer => {
  const word = Buffer.alloc(4);
  word.writeUInt32BE(crc32(bytes));
  return word;
};
/** As S3 composes the sums of parts. */
const composed = (sum: (bytes: Uint8Array) => Buffer): string =>
  `${sum(Buffer.concat(PARTS.map(sum))).toString('base64')}-${PARTS.length}`;
const composedEtag = `"${md5(Buffer.concat(PARTS.map(md5))).toString('hex')}-${PARTS.length}"`;

/** Sums over PARTS, of which the server said so much about each. */
const sumsOf = (
  algorithm: S3Checksum,
  said: (part: Buffer) => Parameters<ObjectSums['comparePart']>[2],
  parts = PARTS,
): ObjectSums => {
  const sums = new ObjectSums(algorithm);
  for (const part of parts) sums.write(part);
  // Parts arrive in any order.
  for (const [index, part] of [...parts.entries()].reverse()) {
    sums.comparePart(index + 1, part, said(part));
  }
  return sums;
};

t.test('a part, whose MD5 is compared if that was chosen', (t) => {
  const part = Buffer.from('one');
  const etag = `"${md5(part).toString('hex')}"`;
  const other = md5(Buffer.from('two')).toString('hex');
  for (const [algorithm, said, verdict] of [
    ['md5', { ETag: etag }, 'same'],
    ['md5', { ETag: md5(part).toString('hex'), ChecksumCRC32: 'AAAAAA==' }, 'same'],
    ['md5', { ETag: `"${other}"` }, 'different'],
    ['md5', { ETag: other, ServerSideEncryption: 'AES256' }, 'different'],
    ['md5', { ETag: other, ServerSideEncryption: 'aws:kms' }, 'unknown'],
    ['md5', { ETag: 'anything else' }, 'unknown'],
    ['md5', {}, 'unknown'],
    // The server has compared it with what came with the part.
    ['crc32', { ChecksumCRC32: crc(part).toString('base64') }, 'unknown'],
    ['sha256', { ETag: other }, 'unknown'],
  ] as const) {
    const sums = new ObjectSums(algorithm);
    t.equal(sums.comparePart(1, part, said), verdict, `${algorithm} ${JSON.stringify(said)}`);
  }
  t.end();
});

t.test('an object of several parts', (t) => {
  const withCrc = sumsOf('crc32', (part) => ({ ChecksumCRC32: crc(part).toString('base64') }));
  const withSha = sumsOf('sha256', (part) => ({ ChecksumSHA256: sha256(part).toString('base64') }));
  const withEtag = sumsOf('md5', (part) => ({ ETag: md5(part).toString('hex') }));
  const withNothing = sumsOf('crc32', () => ({}));
  const ContentLength = WHOLE.length;
  for (const [name, sums, said, verdict] of [
    ['CRC32 of all', withCrc, { ChecksumCRC32: crc(WHOLE).toString('base64') }, 'same'],
    ['CRC32 of parts', withCrc, { ChecksumCRC32: composed(crc) }, 'same'],
    ['CRC32 of others', withCrc, { ChecksumCRC32: composed(crc).replace('-3', '-2') }, 'different'],
    ['another CRC32', withCrc, { ChecksumCRC32: 'AAAAAA==' }, 'different'],
    ['no sum', withCrc, { ETag: composedEtag }, 'unknown'],
    ['SHA256 of parts', withSha, { ChecksumSHA256: composed(sha256) }, 'same'],
    ['SHA256 of all', withSha, { ChecksumSHA256: sha256(WHOLE).toString('base64') }, 'unknown'],
    ['SHA256 of others', withSha, { ChecksumSHA256: composed(crc) }, 'different'],
    ['ETag', withEtag, { ETag: composedEtag }, 'same'],
    ['another ETag', withEtag, { ETag: composedEtag.replace('-3', '-4') }, 'different'],
    ['no MD5', withEtag, { ETag: 'x' }, 'unknown'],
    ['no checksum chosen', withEtag, { ChecksumCRC32: 'AAAAAA==' }, 'unknown'],
    ['only in the end', withNothing, { ChecksumCRC32: crc(WHOLE).toString('base64') }, 'same'],
    ['only in the end, of parts', withNothing, { ChecksumCRC32: composed(crc) }, 'unknown'],
    ['never', withNothing, {}, 'unknown'],
  ] as const) {
    t.equal(sums.compareObject({ ...said, ContentLength }, true), verdict, name);
    const shorter = { ...said, ContentLength: ContentLength - 1 };
    t.equal(sums.compareObject(shorter, true), 'different', `${name}, shorter`);
  }
  t.end();
});

t.test('an object in one request', (t) => {
  const sha = sha256(WHOLE).toString('base64');
  const etag = md5(WHOLE).toString('hex');
  const ContentLength = WHOLE.length;
  const withSha = sumsOf('sha256', () => ({ ChecksumSHA256: sha }), [WHOLE]);
  const withEtag = sumsOf('crc32', () => ({ ETag: etag }), [WHOLE]);
  t.equal(withSha.compareObject({ ContentLength, ChecksumSHA256: sha }, false), 'same');
  t.equal(withEtag.compareObject({ ContentLength, ETag: `"${etag}"` }, false), 'same');
  t.equal(withEtag.compareObject({ ContentLength, ETag: composedEtag }, false), 'different');
  t.equal(withEtag.compareObject({ ETag: etag }, false), 'different', 'no size');
  t.end();
});

t.test('nothing is known of a part that is missing', (t) => {
  const sums = new ObjectSums('sha256');
  sums.write(WHOLE);
  sums.comparePart(2, WHOLE, {});
  const said = { ContentLength: WHOLE.length, ChecksumSHA256: composed(sha256) };
  t.equal(sums.compareObject(said, true), 'unknown');
  t.end();
});

t.test('the CRC32 of all', (t) => {
  t.equal(sumsOf('crc32', () => ({})).crc32, crc(WHOLE).toString('base64'));
  t.equal(sumsOf('md5', () => ({})).crc32, undefined);
  t.equal(sumsOf('md5', () => ({})).bytes, WHOLE.length);
  t.end();
});
