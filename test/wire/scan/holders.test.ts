import t from 'tap';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { parseAddresses } from '../../../lib/wire/address.ts';
import { Cluster } from '../../../lib/wire/cluster.ts';
import { BITMAP_SIZE, Holders } from '../../../lib/wire/scan/holders.ts';

const ALL = Array.from({ length: 4096 }, (_, id) => id);
const sandbox = await startSandbox({ nodes: 3 });
const [one, two, three] = sandbox.nodes;
if (one === undefined || two === undefined || three === undefined) throw new Error('three nodes');
sandbox.migrate(ALL.slice(0, 1000), [one, two]);
sandbox.migrate(ALL.slice(1000, 4095), [two]);
sandbox.migrate([4095], []);
const cluster = await Cluster.connect({ seeds: parseAddresses(sandbox.seeds.join()) });
t.teardown(async () => {
  cluster.close();
  await sandbox.close();
});
const mapNow = async () => {
  await cluster.refresh();
  return cluster.partitionMap('test')!;
};

t.test('the first that are known stand', async (t) => {
  const holders = new Holders();
  t.strictSame(holders.of(0), []);
  t.equal(holders.haveLeft(0, new Set(['A1'])), false, 'nothing is known');
  holders.learn([0, 2000, 4095], await mapNow());
  t.strictSame(
    [0, 1, 2000, 4095].map((id) => holders.of(id)),
    [['A1', 'A2'], [], ['A2'], []],
  );
  sandbox.migrate([0, 1, 4095], [three]);
  holders.learn(ALL, await mapNow());
  t.strictSame(
    [0, 1, 4095].map((id) => holders.of(id)),
    [['A1', 'A2'], ['A3'], ['A3']],
  );
});

t.test('whether all have left', async (t) => {
  sandbox.migrate([0], [one, two]);
  const holders = new Holders();
  holders.learn(ALL, await mapNow());
  for (const [partition, members, left] of [
    [0, ['A1', 'A2', 'A3'], false],
    [0, ['A2', 'A3'], false],
    [0, ['A1', 'A3'], false],
    [0, ['A3'], true],
    [2000, ['A1', 'A3'], true],
    [2000, ['A2'], false],
  ] as const) {
    const found = holders.haveLeft(partition, new Set(members));
    t.equal(found, left, `${partition} with ${members.join()}`);
  }
});

t.test('what several scans have learnt, together', async (t) => {
  sandbox.migrate([0, 7], [one, two]);
  sandbox.migrate([8], [three]);
  const map = await mapNow();
  const all = new Holders();
  for (const ids of [[0], [7], [8]]) {
    const part = new Holders();
    part.learn(ids, map);
    all.add(structuredClone(part.bitmaps));
  }
  const names = [0, 1, 7, 8].map((id) => all.of(id));
  t.strictSame(names, [['A1', 'A2'], [], ['A1', 'A2'], ['A3']]);
});

t.test('handed on to a later scan', async (t) => {
  const holders = new Holders();
  holders.learn([0, 7, 8, 2000], await mapNow());
  const later = new Holders(holders.bitmaps);
  t.strictSame(
    ALL.map((id) => later.of(id)),
    ALL.map((id) => holders.of(id)),
  );
  later.learn(ALL, await mapNow());
  t.strictSame(holders.of(1001), [], 'a copy');
  t.strictSame(later.of(1001), ['A2']);
  for (const size of [0, BITMAP_SIZE - 1, BITMAP_SIZE + 1]) {
    t.throws(() => new Holders(new Map([['A1', new Uint8Array(size)]])), { code: 'RANGE' });
  }
});
