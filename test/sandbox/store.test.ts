import fc from 'fast-check';
import t from 'tap';
import { EPOCH_SECONDS } from '../../lib/record/layout.ts';
import { NamespaceStore, type StoredRecord } from '../../lib/sandbox/store.ts';

let now = EPOCH_SECONDS * 1000 + 1_000_000;
const clock = { now: () => now, sleep: async () => {} };

/** All in partition 5. */
const digestOf = (tail: number): Buffer => {
  const digest = Buffer.alloc(20);
  digest[0] = 5;
  digest.writeUInt32BE(tail, 16);
  return digest;
};
const record = (tail: number, more: Partial<StoredRecord> = {}): StoredRecord => ({
  digest: digestOf(tail),
  set: Buffer.from('s'),
  key: undefined,
  generation: 1,
  voidTime: 0,
  lastUpdate: now,
  bins: [],
  ...more,
});
const tails = (records: Iterable<StoredRecord>): number[] =>
  [...records].map(({ digest }) => digest.readUInt32BE(16));

t.test('a scan goes from the largest digest down, and on after any', async () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(50)), fc.nat(50), (written, after) => {
      const store = new NamespaceStore('test', clock);
      for (const tail of written) store.put(record(tail));
      const order = [...written].sort((a, b) => b - a);
      const rest = order.filter((tail) => tail < after);
      return (
        String(tails(store.scan(5))) === String(order) &&
        String(tails(store.scan(5, digestOf(after)))) === String(rest)
      );
    }),
  );
});

t.test('a scan that has begun sees the records as they were', async (t) => {
  const store = new NamespaceStore('test', clock);
  for (const tail of [1, 2, 3]) store.put(record(tail));
  const scan = store.scan(5);
  t.equal(scan.next().value?.digest.readUInt32BE(16), 3);
  store.delete(digestOf(2));
  store.put(record(4));
  t.strictSame(tails(scan), [2, 1]);
  t.strictSame(tails(store.scan(5)), [4, 3, 1]);
});

t.test('records expire the second after their void time', async (t) => {
  const store = new NamespaceStore('test', clock);
  store.put(record(1, { voidTime: store.epochNow + 10 }));
  store.put(record(2));
  now += 10_000;
  t.equal(store.count(), 2);
  now += 1000;
  t.equal(store.count(), 1);
  t.equal(store.get(digestOf(1)), undefined);
  t.equal(store.get(digestOf(2))?.generation, 1);
  t.strictSame(tails(store), [2]);
});

t.test('sets are counted and truncated', async (t) => {
  const store = new NamespaceStore('test', clock);
  const other = Buffer.from('other');
  store.put(record(1, { lastUpdate: now - 5 }));
  store.put(record(2, { lastUpdate: now }));
  store.put(record(3, { set: other, lastUpdate: now - 5 }));
  t.strictSame([store.count(), store.count('s'), store.count('nope')], [3, 2, 0]);
  store.truncate(Buffer.from('s'), now);
  t.strictSame(tails(store), [3, 2]);
  store.truncate(undefined, now);
  t.strictSame(tails(store), [2]);
});
