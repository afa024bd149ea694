/**
 * The records that every benchmark uses: an integer, a double, a 62-byte string, a small list and
 * a small map, an integer user key; about 240 bytes of .asb each. Deterministic.
 */
import type { RecordBatch } from '../lib/record/batch.ts';
import { BatchBuilder, type PlainRecord } from '../lib/record/builder.ts';
import type { Value } from '../lib/record/values.ts';

export const SET = 'bench';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -';

/** A small generator of pseudo-random numbers below `limit` (xorshift, 32 bits). */
const randomFrom = (seed: number): ((limit: number) => number) => {
  let state = seed + 0x9e3779b9;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
};

/** The bins of record `key`. */
export const benchBins = (key: number): Record<string, Value> => {
  const random = randomFrom(key * 2_654_435_761);
  return {
    i: (key * 7) % 1_000_003,
    d: random(16_000_000) / 16 + 1 / 32,
    s: Array.from({ length: 62 }, () => ALPHABET[random(ALPHABET.length)]).join(''),
    l: [random(100), random(60_000), `t${random(100)}`],
    m: new Map<Value, Value>([
      ['a', random(100)],
      ['b', `v${random(100)}`],
    ]),
  };
};

/** `count` records, sorted as a scan gives them: by partition, then by digest. */
export const benchBatch = (namespace: string, count: number): RecordBatch => {
  const plain = Array.from(
    { length: count },
    (_, key): PlainRecord => ({ set: SET, key, bins: benchBins(key) }),
  );
  const unsorted = new BatchBuilder(namespace);
  for (const record of plain) unsorted.add(record);
  const order = [...unsorted.build()]
    .map((record, index) => ({ index, partition: record.partition, digest: record.digest }))
    .sort((a, b) => a.partition - b.partition || a.digest.compare(b.digest));
  const sorted = new BatchBuilder(namespace);
  for (const { index } of order) sorted.add(plain[index]!);
  return sorted.build();
};
