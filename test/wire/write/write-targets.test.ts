import t from 'tap';
import { BatchBuilder } from '../../../lib/record/builder.ts';
import { viewOf } from '../../../lib/record/layout.ts';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { parseAddresses } from '../../../lib/wire/address.ts';
import { Cluster } from '../../../lib/wire/cluster.ts';
import { RequestPool } from '../../../lib/wire/write/request-pool.ts';
import { RowEncoder } from '../../../lib/wire/write/row-encoder.ts';
import { WriteTargets } from '../../../lib/wire/write/write-targets.ts';

t.test('each partition has its master, as long as there is one', async (t) => {
  const sandbox = await startSandbox({ nodes: 3 });
  const cluster = await Cluster.connect({ seeds: parseAddresses(sandbox.seeds.join()) });
  const requests = new RequestPool('batch', 100);
  const targets = new WriteTargets(requests);
  const map = cluster.partitionMap('test');

  targets.route(map);
  t.equal([...targets].length, 3);
  for (let partition = 0; partition < 4096; partition++) {
    const { node } = targets.of(partition);
    if (node === undefined || node !== map?.owner(partition, 0)) t.fail(`partition ${partition}`);
  }
  const target = targets.of(0);
  target.open = requests.take();

  targets.route(undefined);
  t.equal(targets.of(0).node, undefined);
  t.ok([...targets].includes(target), 'what is open is not lost');
  targets.route(map);
  t.equal(targets.of(0), target);

  const builder = new BatchBuilder('test');
  for (let key = 0; key < 50; key++) builder.add({ key, bins: { a: 1 } });
  const { bytes, offsets } = builder.build();
  const rows = requests.take();
  const encoder = new RowEncoder({ namespace: 'test' });
  for (let index = 0; index < offsets.length; index += 2) {
    rows.add(encoder, bytes, viewOf(bytes), offsets[index]!, offsets[index + 1]!);
  }
  const shares = targets.deal(rows);
  t.equal(shares.length, 3);
  t.equal(
    shares.reduce((sum, { request }) => sum + request.rows, 0),
    50,
  );
  for (const { node, request } of shares) {
    for (let row = 0; row < request.rows; row++) {
      t.equal(targets.of(request.partition(row)).node, node);
    }
  }
  t.strictSame(targets.deal(requests.take()), []);
  cluster.close();
  await sandbox.close();
});
