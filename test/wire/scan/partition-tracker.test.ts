import t from 'tap';
import { PartitionTracker } from '../../../lib/wire/scan/partition-tracker.ts';

/** A digest of a partition, told apart by its last byte. */
const digest = (partition: number, last: number): Buffer => {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt16LE(partition);
  bytes[19] = last;
  return bytes;
};

t.test('all partitions unless told otherwise', async (t) => {
  const all = new PartitionTracker();
  t.equal(all.total, 4096);
  t.equal(all.remaining().length, 4096);
  t.strictSame(new PartitionTracker([7, 4095]).remaining(), [7, 4095]);
  t.equal(new PartitionTracker([7, 4095]).total, 2);
});

t.test('the last digest of each partition', async (t) => {
  const tracker = new PartitionTracker([1, 2, 3]);
  const bytes = Buffer.concat([digest(1, 9), digest(1, 8), digest(2, 7), digest(1, 6)]);
  for (const at of [0, 20, 40, 60]) tracker.record(bytes, at);
  tracker.settle();
  bytes.fill(0);
  t.strictSame(tracker.lastDigest(1), digest(1, 6));
  t.strictSame(tracker.lastDigest(2), digest(2, 7), 'copied when another partition came');
  t.equal(tracker.lastDigest(3), undefined);
  t.equal(tracker.seenCount, 2);
  tracker.settle();
  t.strictSame(tracker.lastDigest(1), digest(1, 6), 'settling twice changes nothing');
});

t.test('done, unavailable, failed', async (t) => {
  const tracker = new PartitionTracker([1, 2, 3, 4]);
  tracker.record(digest(1, 1), 0);
  tracker.settle();
  tracker.unavailable(2);
  tracker.completed([1, 2]);
  t.strictSame(tracker.remaining(), [2, 3, 4], 'what was marked is not done');
  t.strictSame([tracker.doneCount, tracker.seenCount], [1, 1]);
  t.strictSame(
    [1, 2, 3].map((id) => tracker.attempts(id)),
    [0, 1, 0],
  );
  tracker.completed([2]);
  t.strictSame(tracker.remaining(), [3, 4], 'the mark held for one scan');
  t.strictSame(
    [tracker.doneCount, tracker.seenCount],
    [2, 2],
    'an empty partition is seen when done',
  );
  tracker.unavailable(3);
  tracker.failed([3, 4]);
  t.strictSame(
    [3, 4].map((id) => tracker.attempts(id)),
    [1, 1],
  );
  tracker.completed([3]);
  t.strictSame(tracker.remaining(), [4], 'a mark before a failure is forgotten');
});

for (const [what, id] of [
  ['never asked for', 5],
  ['done', 1],
] as const) {
  t.test(`a record of a partition that was ${what}`, async (t) => {
    const tracker = new PartitionTracker([1, 2]);
    tracker.completed([1]);
    tracker.record(digest(id, 1), 0);
    t.throws(() => tracker.settle(), { code: 'PROTOCOL' });
  });
}

t.test('positions of an earlier scan', async (t) => {
  const before = digest(2, 7);
  const positions = new Map([
    [2, before],
    [9, digest(9, 1)],
  ]);
  const tracker = new PartitionTracker([1, 2], positions);
  before.fill(0);
  t.strictSame(tracker.remaining(), [1, 2]);
  t.equal(tracker.lastDigest(1), undefined);
  t.strictSame(tracker.lastDigest(2), digest(2, 7), 'a copy');
  t.equal(tracker.lastDigest(9), undefined, 'not to be scanned');
  t.strictSame([tracker.seenCount, tracker.doneCount], [1, 0]);
  tracker.record(digest(2, 6), 0);
  tracker.settle();
  t.strictSame(tracker.lastDigest(2), digest(2, 6));
  t.equal(tracker.seenCount, 1);
  tracker.completed([1, 2]);
  t.strictSame([tracker.seenCount, tracker.doneCount], [2, 2]);
});

t.test('what no tracker takes', async (t) => {
  for (const id of [-1, 4096, 1.5, Number.NaN]) {
    t.throws(() => new PartitionTracker([0, id]), { code: 'RANGE' }, String(id));
  }
  for (const [what, bytes] of [
    ['of another partition', digest(8, 1)],
    ['cut', digest(7, 1).subarray(0, 19)],
    ['too long', Buffer.concat([digest(7, 1), Buffer.alloc(1)])],
  ] as const) {
    const facts = { partitions: [7] };
    t.throws(
      () => new PartitionTracker([7], new Map([[7, bytes]])),
      { code: 'RANGE', facts },
      what,
    );
  }
});
