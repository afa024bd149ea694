/**
 * The official client against three nodes: records expire, a node dies and comes back. A sandbox
 * always, since it is steered from here.
 */
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import Aerospike from 'aerospike';
import t from 'tap';
import { startThread } from '../helpers/target.ts';

const { seeds, thread, close } = await startThread({ nodes: 3 });
const client = await Aerospike.connect({
  hosts: seeds[0] ?? '',
  log: { level: Aerospike.log.OFF },
  tenderInterval: 250,
  policies: { scan: new Aerospike.ScanPolicy({ totalTimeout: 0, maxRetries: 20 }) },
});
t.teardown(async () => {
  client.close();
  await close();
});
const key = (name: string) => ({ ns: 'test', set: 'three', key: name });
/** Asks again and again: the client tells of a change before its own list has it. */
const untilNodes = async (count: number): Promise<void> => {
  while (client.getNodes().length !== count) await setTimeout(5);
};
const scanned = async (): Promise<number> => {
  let count = 0;
  const stream = client.scan('test', 'three').foreach();
  stream.on('data', () => count++);
  await once(stream, 'end');
  return count;
};

t.test('it finds all nodes', async (t) => {
  t.strictSame(
    client
      .getNodes()
      .map(({ address }) => address)
      .sort(),
    [...seeds].sort(),
  );
});

t.test('records expire', async (t) => {
  await client.put(key('short'), { a: 1 }, { ttl: 100 });
  t.equal((await client.get(key('short'))).ttl > 90, true);
  thread.advance(102_000);
  await t.rejects(client.get(key('short')), { code: 2 });
  t.equal(await client.exists(key('short')), false);
  t.equal(await scanned(), 0);
  await client.put(key('short'), { b: 1 });
  const { bins, gen } = await client.get(key('short'));
  t.strictSame([{ ...bins }, gen], [{ b: 1 }, 1], 'as if it had never been');
  await client.remove(key('short'));
});

t.test('a node dies, and comes back', async (t) => {
  for (let n = 0; n < 300; n++) await client.put(key(`${n}`), { n });
  t.equal(await scanned(), 300);
  await thread.kill(1);
  await untilNodes(2);
  t.equal(await scanned(), 300);
  t.equal((await client.get(key('7'))).bins.n, 7);
  await thread.revive(1);
  await untilNodes(3);
  t.equal(await scanned(), 300);
});
