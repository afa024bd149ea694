import t from 'tap';
import { ClusterNode } from '../../../lib/wire/node.ts';
import { ConnectionPool } from '../../../lib/wire/write/connection-pool.ts';
import { type FakeNode, startFakeNode, until } from '../../helpers/fake-node.ts';

const TIMES = { connectTimeout: 5000, infoTimeout: 5000 };

/** A node, its client, and how many connections for writing it has. */
const start = async (): Promise<{ fake: FakeNode; node: ClusterNode; open: () => number }> => {
  const fake = await startFakeNode();
  const node = await ClusterNode.reach(fake, TIMES);
  return { fake, node, open: () => fake.sockets.size - 1 };
};

t.test('connections are kept, one for each who uses one', async (t) => {
  const { fake, node, open } = await start();
  const pool = new ConnectionPool();
  const [one, two] = [await pool.take(node), await pool.take(node)];
  t.not(one, two);
  pool.giveBack(one);
  t.equal(await pool.take(node), one);
  await until(() => open() === 2);
  pool.giveBack(one);
  pool.giveBack(two);
  t.equal(await pool.take(node), two);

  two.destroy();
  pool.giveBack(two);
  one.destroy();
  const three = await pool.take(node);
  t.ok(three.usable, 'broken ones are not lent');
  await until(() => open() === 1);

  pool.giveBack(three);
  pool.keepOnly([node]);
  t.equal(await pool.take(node), three);
  pool.giveBack(three);
  pool.keepOnly([]);
  await until(() => open() === 0);
  node.close();
  await fake.close();
});

t.test('closing closes all, those in use and those that come about later', async (t) => {
  const { fake, node, open } = await start();
  const pool = new ConnectionPool();
  const used = await pool.take(node);
  const idle = await pool.take(node);
  pool.giveBack(idle);
  pool.close();
  t.strictSame([used.usable, idle.usable], [false, false]);
  pool.giveBack(used);
  await t.rejects(pool.take(node), { code: 'ABORTED' });
  await until(() => open() === 0);
  node.close();
  await fake.close();
});

t.test('a node that is gone', async (t) => {
  const { fake, node } = await start();
  await fake.close();
  await t.rejects(new ConnectionPool().take(node), { code: 'NETWORK' });
  node.close();
});
