import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { BatchBuilder } from '../../lib/record/builder.ts';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { type LoadOptions, load } from '../../lib/stages/load.ts';
import { parseAddresses } from '../../lib/wire/address.ts';
import { Cluster } from '../../lib/wire/cluster.ts';
import { deadAddress, startFakeNode, until } from '../helpers/fake-node.ts';

const sandbox = await startSandbox({ nodes: 2 });
const seeds = sandbox.seeds.join();
t.teardown(() => sandbox.close());
const count = (namespace: string) => sandbox.cluster.namespaces.get(namespace)!.count();
const batch = (namespace: string, keys: number) => {
  const builder = new BatchBuilder(namespace);
  for (let key = 0; key < keys; key++) builder.add({ key, bins: { a: 1 } });
  return builder.build();
};
const connections = () => sandbox.nodes.reduce((sum, node) => sum + node.connections, 0);

t.test('finish means that every record is there', async (t) => {
  const stage = load({ seeds, namespace: 'copy', onNotice: () => {} });
  t.equal(stage.info.total, 0);
  await pipeline(Readable.from([batch('test', 30), batch('test', 100)]), stage);
  t.match(stage.info, { total: 130, inserted: 100, fresher: 30 });
  t.equal(count('copy'), 100);
  await until(() => connections() === 0);
});

t.test('over a cluster that the caller has', async (t) => {
  const cluster = await Cluster.connect({ seeds: parseAddresses(seeds) });
  await pipeline(Readable.from([batch('test', 7)]), load({ cluster, namespace: 'test' }));
  t.equal(count('test'), 7);
  t.match(await cluster.askAny('status'), 'ok', 'it is left open');
  cluster.close();
  await until(() => connections() === 0);
});

t.test('what ends it', async (t) => {
  const rows: readonly [Partial<LoadOptions>, string][] = [
    [{ seeds: [await deadAddress()] }, 'CONNECT'],
    [{ seeds: 'a:b:c:d' }, 'USAGE'],
    [{ namespace: 'nope' }, 'NO_NAMESPACE'],
    [{ source: 'other' }, 'FORMAT'],
    [{ batchSize: 0 }, 'USAGE'],
  ];
  for (const [options, code] of rows) {
    const stage = load({ seeds, namespace: 'copy', ...options });
    await t.rejects(pipeline(Readable.from([batch('test', 1)]), stage), { code }, code);
  }
  const stage = load({ seeds: [await deadAddress()], namespace: 'copy' });
  const [error] = await once(stage, 'error');
  t.match(error, { code: 'CONNECT' }, 'told before anything comes');
  await until(() => connections() === 0);
});

t.test('destroy closes the connections, whenever it comes', async (t) => {
  for (const namespace of ['copy', 'nope']) {
    const early = load({ seeds, namespace });
    early.destroy();
    await once(early, 'close');
    await until(() => connections() > 0);
    await until(() => connections() === 0);
  }

  const silent = await startFakeNode({
    info: (one) => (one === 'features' ? 'batch-any' : undefined),
  });
  const late = load({ seeds: [silent], namespace: 'test', batchSize: 10 });
  const failures: Error[] = [];
  late.on('error', (error) => failures.push(error));
  late.write(batch('test', 300));
  await until(() => silent.sockets.size > 1);
  late.destroy();
  await once(late, 'close');
  await until(() => silent.sockets.size === 0);
  t.strictSame(failures, [], 'whoever destroys it needs no error');
  await silent.close();
});

t.test('without seeds it looks on this machine', async (t) => {
  const stage = load({ namespace: 'nope' });
  const [error] = await once(stage, 'error');
  t.ok(['CONNECT', 'NO_NAMESPACE'].includes(error.code));
});
