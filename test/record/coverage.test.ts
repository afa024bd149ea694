import t from 'tap';
import { Coverage } from '../../lib/record/coverage.ts';
import { Extent } from '../../lib/record/extent.ts';

const digestIn = (partition: number, rest: number): Buffer => {
  const digest = Buffer.alloc(20, rest);
  digest.writeUInt16LE(partition);
  return digest;
};

const extentOf = (...digests: readonly Buffer[]): Extent => {
  const extent = new Extent();
  for (const digest of digests) extent.record(digest, 0);
  extent.settle();
  return extent;
};

t.test('the last digest of each partition, and how many there are of all', async (t) => {
  const first = new Coverage();
  t.match(first, { records: 0, indexes: 0, udfs: 0, partitions: [] });
  first.add(extentOf(digestIn(7, 1), digestIn(7, 2), digestIn(4095, 1)));
  const globals = new Extent();
  globals.indexes = 2;
  globals.udfs = 1;
  first.add(globals);
  const next = new Coverage();
  next.add(extentOf(digestIn(4095, 3), digestIn(0, 9)));
  first.merge(next);
  t.match(first, { records: 5, indexes: 2, udfs: 1, partitions: [0, 7, 4095] });
  t.strictSame(
    [...first.positions()].map(([id, digest]) => [id, digest.toString('hex')]),
    [
      [0, digestIn(0, 9).toString('hex')],
      [7, digestIn(7, 2).toString('hex')],
      [4095, digestIn(4095, 3).toString('hex')],
    ],
  );
});

t.test('to another thread', async (t) => {
  const coverage = new Coverage();
  coverage.add(extentOf(digestIn(7, 2), digestIn(4095, 1), digestIn(0, 5)));
  coverage.udfs = 3;
  const there = Coverage.unpack(structuredClone(coverage.packed()));
  t.match(there, { records: 3, indexes: 0, udfs: 3, partitions: [0, 7, 4095] });
  t.strictSame(there.positions(), coverage.positions());
});
