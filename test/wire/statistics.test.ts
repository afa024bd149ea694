import { once } from 'node:events';
import t from 'tap';
import { Serializer } from '../../lib/asb/serializer.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import { Double, type Value } from '../../lib/record/values.ts';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { load } from '../../lib/stages/load.ts';
import { parseAddresses } from '../../lib/wire/address.ts';
import { Cluster } from '../../lib/wire/cluster.ts';
import { countRecords, estimateBytes, readSets } from '../../lib/wire/statistics.ts';
import { startFakeNode } from '../helpers/fake-node.ts';
import { startTarget } from '../helpers/target.ts';

t.test('of one node', async (t) => {
  const sandbox = await startSandbox({ records: 200 });
  const store = sandbox.cluster.namespaces.get('test')!;
  const cluster = await Cluster.connect({ seeds: parseAddresses(sandbox.seeds.join()) });
  const sets = await readSets(cluster.nodes, 'test');
  t.equal(sets.find(({ name }) => name === 'odd')?.objects, store.count('odd'));
  t.equal(await countRecords(cluster.nodes, 'test', []), 200);
  t.equal(await countRecords(cluster.nodes, 'test', ['odd']), store.count('odd'));
  t.equal(await countRecords(cluster.nodes, 'test', ['odd', 'none']), store.count('odd'));
  t.equal(await countRecords(cluster.nodes, 'copy', []), 0);
  t.equal(await countRecords(cluster.nodes, 'copy', ['odd']), 0);
  cluster.close();
  await sandbox.close();
});

t.test('of two nodes with two copies', async (t) => {
  const answers: Readonly<Record<string, string>> = {
    'namespace/test': 'objects=100;master_objects=50;x',
    'sets/test': 'ns=test:set=a:objects=60:x=1;ns=test:set=b:c;d:objects=40:x=1;nonsense',
  };
  const nodes = await Promise.all(
    ['F1', 'F2'].map((name) =>
      startFakeNode({ info: (command) => (command === 'node' ? name : answers[command]) }),
    ),
  );
  const cluster = await Cluster.connect({ seeds: nodes });
  t.strictSame(await readSets(cluster.nodes, 'test'), [
    { name: 'a', objects: 120, bytes: undefined },
    { name: 'b:c;d', objects: 80, bytes: undefined },
  ]);
  t.equal(await countRecords(cluster.nodes, 'test', []), 100);
  t.equal(await countRecords(cluster.nodes, 'test', ['a']), 60);
  t.equal(await countRecords(cluster.nodes, 'none', ['a']), 0);
  cluster.close();
  await Promise.all(nodes.map((node) => node.close()));
});

t.test('how much text there will be at most', async (t) => {
  const modern = 'objects=100;master_objects=50;data_used_bytes=6000;data_compression_ratio=';
  const old = 'objects=100;master_objects=100;memory_used_data_bytes=900;device_used_bytes=6000';
  const sets = 'ns=test:set=a:objects=60:tombstones=0:data_used_bytes=600:x=1;';
  const oldSets =
    'ns=test:set=a:objects=60:memory_data_bytes=0:device_data_bytes=600;ns=test:set=b:objects=9:x=1;';
  const rows: readonly (readonly [string, string, readonly string[], number | undefined])[] = [
    [`${modern}1.000`, '', [], 2 * (3 * 3000 + 200 * 50)],
    [`${modern}0.500`, '', [], 2 * (3 * 6000 + 200 * 50)],
    [`${modern}0.000`, '', [], 2 * (3 * 3000 + 200 * 50)],
    [`${modern}1.000`, sets, ['a', 'none'], 2 * (3 * 300 + 200 * 30)],
    [`${modern}1.000`, sets, ['none'], 0],
    [old, '', [], 2 * (3 * 6000 + 200 * 100)],
    [`${old};device_compression_ratio=0.250`, '', [], 2 * (3 * 24_000 + 200 * 100)],
    [old, oldSets, ['a'], 2 * (3 * 600 + 200 * 60)],
    [old, oldSets, ['a', 'b'], undefined],
    ['objects=1;master_objects=1', '', [], undefined],
    ['objects=0;master_objects=0;data_used_bytes=0', '', [], 0],
  ];
  for (const [namespace, told, wanted, expected] of rows) {
    const answers: Readonly<Record<string, string>> = {
      'namespace/test': namespace,
      'sets/test': told,
    };
    const nodes = await Promise.all(
      ['F1', 'F2'].map((name) =>
        startFakeNode({ info: (command) => (command === 'node' ? name : answers[command]) }),
      ),
    );
    const cluster = await Cluster.connect({ seeds: nodes });
    t.equal(await estimateBytes(cluster.nodes, 'test', wanted), expected, `${namespace} ${told}`);
    cluster.close();
    await Promise.all(nodes.map((node) => node.close()));
  }
});

t.test('a backup is no larger than that', async (t) => {
  const target = await startTarget({ nodes: 2, records: 200 });
  const cluster = await Cluster.connect({ seeds: parseAddresses(target.seeds.join()) });
  const namespace = target.copyNamespace;
  const doubles = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [
      `${index}`,
      new Double(-1.234_567_890_123_456e-300),
    ]),
  );
  const shapes: Readonly<Record<string, Record<string, Value>>> = {
    'estimate numbers': doubles,
    'estimate bytes': { a: Buffer.alloc(5000) },
    'estimate none': { a: 1 },
  };
  for (const [set, bins] of Object.entries(shapes)) {
    const builder = new BatchBuilder(namespace);
    for (let key = 0; key < 50; key++) builder.add({ key, set, bins });
    const batch = builder.build();
    const serializer = new Serializer({ namespace });
    const text = [...serializer.push(batch), ...serializer.end()];
    const sink = load({ cluster, namespace });
    sink.end(batch);
    await once(sink, 'finish');
    const estimate = (await estimateBytes(cluster.nodes, namespace, [set])) ?? 0;
    const bytes = Buffer.concat(text).length;
    t.ok(estimate >= bytes && estimate < 10 * bytes, `${set}: ${bytes} of ${estimate}`);
  }
  const all = await estimateBytes(cluster.nodes, namespace, []);
  t.ok(all !== undefined && all > 50 * 5000);
  for (const set of Object.keys(shapes)) {
    await cluster.nodes[0]!.askOne(`truncate:namespace=${namespace};set=${set}`);
  }
  cluster.close();
  await target.close();
});
