import t from 'tap';
import { PartitionMap, parseReplicas } from '../../lib/wire/partition-map.ts';

/** A bitmap of these partitions. */
const bitmap = (...partitions: number[]): Buffer => {
  const bits = Buffer.alloc(512);
  for (const id of partitions) bits[id >> 3]! |= 0x80 >> (id & 7);
  return bits;
};
const text = (...bitmaps: Buffer[]): string =>
  [bitmaps.length, ...bitmaps.map((bits) => bits.toString('base64'))].join(',');

t.strictSame(parseReplicas(''), []);
t.strictSame(parseReplicas(`test:7,${text(bitmap(0), bitmap(4095))};co:lon:0,${text(bitmap())}`), [
  { namespace: 'test', regime: 7, bitmaps: [bitmap(0), bitmap(4095)] },
  { namespace: 'co:lon', regime: 0, bitmaps: [bitmap()] },
]);
const wrong = ['x', 'test:', 'test:0,1', 'test:0,2,AAAA', 'test:0,1,AAAA', `:0,${text(bitmap())}`];
for (const line of [...wrong, `test:x,${text(bitmap())}`, 'ERROR:4:no']) {
  t.throws(() => parseReplicas(line), { code: 'PROTOCOL' }, `"${line.slice(0, 20)}" is refused`);
}

const map = new PartitionMap<string>();
t.equal(map.replicaCount, 0);
t.equal(map.owner(0, 0), undefined, 'nobody has claimed anything');

map.update('A', { namespace: 'n', regime: 5, bitmaps: [bitmap(0, 9), bitmap(4095)] });
map.update('B', { namespace: 'n', regime: 5, bitmaps: [bitmap(4095), bitmap(0)] });
t.equal(map.replicaCount, 2);
t.strictSame(
  [0, 1, 2, 3].map((attempt) => map.owner(0, attempt)),
  ['A', 'B', 'A', 'B'],
  'the master, then on through the replicas',
);
t.equal(map.owner(4095, 0), 'B');
t.equal(map.owner(9, 1), 'A', 'a replica that nobody claims is passed over');
t.equal(map.owner(10, 0), undefined);

map.update('C', { namespace: 'n', regime: 4, bitmaps: [bitmap(0)] });
t.equal(map.owner(0, 0), 'A', 'an older regime does not count');
map.update('C', { namespace: 'n', regime: 6, bitmaps: [bitmap(0)] });
t.equal(map.owner(0, 0), 'C', 'a newer one does');
map.update('A', { namespace: 'n', regime: 5, bitmaps: [bitmap(0)] });
t.equal(map.owner(0, 0), 'C', 'whoever says it later');
map.update('D', { namespace: 'n', regime: 6, bitmaps: [bitmap(0)] });
t.equal(map.owner(0, 0), 'D', 'of the same regime, the one who was asked later');

t.test('who is read from', async (t) => {
  const near = new PartitionMap<string>();
  const claims = (...bitmaps: Buffer[]) => ({ namespace: 'n', regime: 1, bitmaps });
  t.equal(near.reader(1, 0), undefined);
  near.update('A', claims(bitmap(1, 2, 3), bitmap()));
  near.update('B', claims(bitmap(), bitmap(1, 2)));
  near.update('C', claims(bitmap(), bitmap(), bitmap(1)));
  const readers = (partition: number) =>
    [0, 1, 2, 3].map((attempt) => near.reader(partition, attempt));
  t.strictSame(readers(1), ['A', 'B', 'C', 'A'], 'as they own it, if none is preferred');
  near.prefer('C', 0);
  near.prefer('B', 1);
  t.strictSame(readers(1), ['C', 'B', 'A', 'C']);
  t.strictSame(readers(2), ['B', 'A', 'B', 'A']);
  t.strictSame(readers(3), ['A', 'A', 'A', 'A'], 'another, where these have nothing');
  t.strictSame(readers(4), [undefined, undefined, undefined, undefined]);
  t.equal(near.owner(1, 0), 'A', 'writes go to the master');
  near.bar('C');
  t.strictSame(readers(1), ['B', 'A', 'B', 'A'], 'never from one that is barred');
  near.bar('A');
  t.strictSame(readers(3), [undefined, undefined, undefined, undefined]);
  t.strictSame(near.holders(1), ['A', 'B', 'C'], 'though they hold it');

  const far = new PartitionMap<string>();
  far.update('A', claims(bitmap(1), bitmap()));
  far.update('B', claims(bitmap(), bitmap(1)));
  far.bar('A');
  t.equal(far.reader(1, 0), 'B', 'also if none is preferred');
});
