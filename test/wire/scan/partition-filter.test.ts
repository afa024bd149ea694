import t from 'tap';
import { partitionOf } from '../../../lib/record/layout.ts';
import { parseAfterDigest, parsePartitionList } from '../../../lib/wire/scan/partition-filter.ts';
import { ranges } from '../../../lib/wire/scan/partition-list.ts';

/** A digest of a partition, in base64. */
const digestIn = (partition: number, fill = 7): string => {
  const digest = Buffer.alloc(20, fill);
  digest.writeUInt16LE(partition | 0xf000);
  return digest.toString('base64');
};
const IN_300 = digestIn(300);

for (const [text, partitions, positions] of [
  ['0-4096', '0-4095', []],
  ['0', '0', []],
  ['4095', '4095', []],
  ['4095-1', '4095', []],
  ['7-1', '7', []],
  ['0007', '7', []],
  ['1000-1000,0-1000', '0-1999', []],
  ['2222,5,0-2', '0-1,5,2222', []],
  [IN_300, '300', [[300, IN_300]]],
  [`301-9,${IN_300},0-300`, '0-309', [[300, IN_300]]],
  [
    `${digestIn(4095)},${digestIn(0)}`,
    '0,4095',
    [
      [4095, digestIn(4095)],
      [0, digestIn(0)],
    ],
  ],
] as const) {
  t.test(`partition list ${text}`, async (t) => {
    const filter = parsePartitionList(text);
    t.equal(ranges(filter.partitions), partitions);
    t.strictSame(
      Array.from(filter.positions, ([id, digest]) => [id, Buffer.from(digest).toString('base64')]),
      positions,
    );
  });
}

for (const text of [
  ...['', ',', '1,', ',1', 'x', '-1', '1-', '1-0', '4096', '4096-1', '10000', '0-10000', '1--1'],
  ...['1 ', ' 1', '1.5', '1-2-3', '0x1', '4095-2', '0-4097', '1,1', '0-10,5', '5,0-10', '9-2,0-10'],
  // A digest cut off, too long, with rubbish, and with bits behind its last byte.
  ...[IN_300.slice(0, 27), `${IN_300}=`, `${IN_300.slice(0, 24)}`, `AAAA${IN_300}`, ` ${IN_300}`],
  ...[`${IN_300.slice(0, 26)}d=`, `${IN_300.slice(0, 5)}!${IN_300.slice(6)}`],
  ...[`300,${IN_300}`, `${IN_300},299-3`, `${IN_300},${digestIn(300, 8)}`, `${IN_300},${IN_300}`],
]) {
  t.throws(() => parsePartitionList(text), { code: 'USAGE', facts: { expected: String } }, text);
}
for (const [text, partition, ...names] of [
  ['0-10,5', 5, '"0-10"', '"5"'],
  [`1,299-3,${IN_300}`, 300, '"299-3"', `"${IN_300}"`],
] as const) {
  t.test(`both of ${text} are named`, async (t) => {
    try {
      parsePartitionList(text);
      t.fail('they overlap');
    } catch (error) {
      t.match(error, { code: 'USAGE', facts: { partitions: [partition] } });
      for (const name of names) t.ok(String(error).includes(name), name);
    }
  });
}

t.test('after a digest', async (t) => {
  const { partitions, positions } = parseAfterDigest(digestIn(4000));
  t.equal(ranges(partitions), '4000-4095');
  t.strictSame([...positions.keys()], [4000]);
  t.equal(partitionOf(positions.get(4000)!, 0), 4000);
  t.equal(parseAfterDigest(digestIn(0)).partitions.length, 4096);
  t.strictSame(parseAfterDigest(digestIn(4095)).partitions, [4095]);
  for (const text of ['', '0', '0-10', 'AAAA', `${IN_300},${IN_300}`, IN_300.replace('=', '')]) {
    t.throws(() => parseAfterDigest(text), { code: 'USAGE' }, text);
  }
});
