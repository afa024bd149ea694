import t from 'tap';
import { computeDigest } from '../../lib/record/digest.ts';
import { ParticleType } from '../../lib/record/particle.ts';

const integer = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};

t.test('computeDigest gives the digests that a server has given', async (t) => {
  // Read from a backup that asbackup 4.5.8 made of server 8.1.
  const rows: readonly (readonly [string, number, Buffer, string])[] = [
    ['s1', ParticleType.STRING, Buffer.from('key 672'), '0YFuSt7EQOJSmrh16u/+DeHLegg='],
    ['set\\bs', ParticleType.STRING, Buffer.from('key 922'), 'LFJz2mX/TB0nFNlW7KWoe9ze1ZQ='],
    ['set with space', ParticleType.INTEGER, integer(-159n), '5DFxAxXSmGDxB0cFDom4gtT6fyQ='],
    ['demo-üñï', ParticleType.INTEGER, integer(11n), '6KGtZndM9UlIJ1k+UES8Dn8H1qI='],
    ['', ParticleType.INTEGER, integer(-40n), 'ltKEdyPY3X5K4NnV5oF+XPTd+5Y='],
    ['s1', ParticleType.BLOB, Buffer.from('cgAKAA==', 'base64'), '7RLV/WUfND9s51oeb9xnnvkVnq0='],
    ['', ParticleType.BLOB, Buffer.from('OgAKAQ==', 'base64'), 'tOarujmtNyFODSxnk0pa6jPDeto='],
  ];
  for (const [set, type, key, digest] of rows) {
    t.equal(computeDigest(Buffer.from(set), type, key).toString('base64'), digest);
  }
});
