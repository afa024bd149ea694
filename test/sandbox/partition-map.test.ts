import t from 'tap';
import { PARTITION_COUNT } from '../../lib/record/layout.ts';
import { PartitionMap } from '../../lib/sandbox/partition-map.ts';

const ALL = Array.from({ length: PARTITION_COUNT }, (_, partition) => partition);

t.test('before there is a node, nobody owns anything', async (t) => {
  const map = new PartitionMap(2);
  t.strictSame([map.generation, map.replicas, map.owners(0)], [-1, 0, []]);
});

t.test('each partition has a master and a replica, fairly shared', async (t) => {
  const map = new PartitionMap(2);
  map.rebalance(['A1', 'A2', 'A3']);
  t.strictSame([map.generation, map.replicas], [0, 2]);
  for (const node of ['A1', 'A2', 'A3']) {
    const mastered = ALL.filter((partition) => map.owners(partition)[0] === node).length;
    t.ok(mastered > 1200 && mastered < 1550, `${node}: ${mastered}`);
  }
  t.ok(ALL.every((partition) => new Set(map.owners(partition)).size === 2));
});

t.test('a node that leaves moves no partition but its own, to their replicas', async (t) => {
  const map = new PartitionMap(2);
  map.rebalance(['A1', 'A2', 'A3']);
  const before = ALL.map((partition) => map.owners(partition));
  map.rebalance(['A1', 'A3']);
  t.equal(map.generation, 1);
  for (const partition of ALL) {
    const [master] = (before[partition] ?? []).filter((node) => node !== 'A2');
    if (map.owners(partition)[0] !== master) t.fail(`partition ${partition} moved`);
  }
});

t.test('a bitmap has the first partition in its highest bit', async (t) => {
  const map = new PartitionMap(1);
  map.rebalance(['A1', 'A2']);
  const bits = Buffer.from(map.bitmap('A1', 0), 'base64');
  t.equal(bits.length, 512);
  for (const partition of ALL) {
    const set = (bits[partition >> 3]! & (0x80 >> (partition & 7))) !== 0;
    if (set !== (map.owners(partition)[0] === 'A1')) t.fail(`partition ${partition}`);
  }
  t.equal(map.bitmap('A1', 1), Buffer.alloc(512).toString('base64'));
});
