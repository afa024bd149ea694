import t from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { parseAddresses } from '../../lib/wire/address.ts';
import { Cluster } from '../../lib/wire/cluster.ts';
import { countRecords, readSets } from '../../lib/wire/statistics.ts';
import { startFakeNode } from '../helpers/fake-node.ts';

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
    { name: 'a', objects: 120 },
    { name: 'b:c;d', objects: 80 },
  ]);
  t.equal(await countRecords(cluster.nodes, 'test', []), 100);
  t.equal(await countRecords(cluster.nodes, 'test', ['a']), 60);
  t.equal(await countRecords(cluster.nodes, 'none', ['a']), 0);
  cluster.close();
  await Promise.all(nodes.map((node) => node.close()));
});
