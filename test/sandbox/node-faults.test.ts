/** What goes wrong with a node as a whole, on command: connections, silence, partitions that move. */
import { once } from 'node:events';
import t from 'tap';
import { type Sandbox, startSandbox } from '../../lib/sandbox/index.ts';
import { ALL_PARTITIONS, WireClient, writeScan } from '../helpers/wire.ts';

const start = async (nodes = 1): Promise<Sandbox> => {
  const sandbox = await startSandbox({ nodes, records: 200, protoSize: 500 });
  t.teardown(() => sandbox.close());
  return sandbox;
};
const first = (sandbox: Sandbox) => sandbox.nodes[0]!;

t.test('connections are refused, so many times', async (t) => {
  const sandbox = await start();
  first(sandbox).faults.refuseConnections(2);
  for (let times = 0; times < 2; times++) {
    // Perhaps before the client knows that it is connected.
    const asking = WireClient.connect(first(sandbox).address).then((one) => one.info('node'));
    await t.rejects(asking, { code: 'ECONNRESET' });
  }
  const client = await WireClient.connect(first(sandbox).address);
  t.equal(await client.info('node'), 'A1');
  client.close();
});

t.test('all connections are reset; the port stays open', async (t) => {
  const sandbox = await start();
  const clients = [1, 2].map(() => WireClient.connect(first(sandbox).address));
  const [one, two] = await Promise.all(clients);
  t.equal(await one?.info('node'), 'A1');
  t.equal(await two?.info('node'), 'A1');
  const lost = Promise.all([one, two].map((client) => client?.proto().catch(({ code }) => code)));
  first(sandbox).resetConnections();
  t.strictSame(await lost, ['ECONNRESET', 'ECONNRESET']);
  const third = await WireClient.connect(first(sandbox).address);
  t.equal(await third.info('node'), 'A1');
  third.close();
});

t.test('a node that is silent takes requests, and answers them when it is not', async (t) => {
  const sandbox = await start();
  const { faults, address } = first(sandbox);
  const scanning = await WireClient.connect(address);
  let seen = 0;
  const silent = new Promise<() => void>((resolve) => {
    faults.slow(async () => {
      if (++seen === 3) resolve(faults.silence());
    });
  });
  scanning.send((writer) => writeScan(writer));
  const scanned = scanning.untilLast();
  const speak = await silent;
  const client = await WireClient.connect(address);
  let answered = false;
  const answer = client.info('node').then((name) => {
    answered = true;
    return name;
  });
  for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
  t.notOk(answered);
  t.equal(seen, 3, 'a scan stands still, too');
  speak();
  t.equal(await answer, 'A1');
  t.equal((await scanned).messages.length, 200);
  client.close();
  scanning.close();
});

t.test('info with other values', async (t) => {
  const sandbox = await start();
  first(sandbox).faults.garbleInfo('replicas', 'test:x');
  const client = await WireClient.connect(first(sandbox).address);
  t.equal(await client.info('replicas'), 'test:x');
  t.match(await client.info('replicas'), /^test:0,1,/);
  client.close();
});

t.test(
  'partitions move in mid-scan: what was begun goes on, the rest is unavailable',
  async (t) => {
    const sandbox = await start(2);
    const [one, two] = sandbox.nodes;
    if (one === undefined || two === undefined) throw t.fail('two nodes');
    sandbox.migrate(ALL_PARTITIONS, [one]);
    let protos = 0;
    one.faults.slow(async () => {
      if (++protos === 5) sandbox.migrate(ALL_PARTITIONS, [two]);
    });
    const client = await WireClient.connect(one.address);
    client.send((writer) => writeScan(writer));
    const { messages, last } = await client.untilLast();
    const marks = messages.filter(({ info3 }) => info3 & 4);
    t.equal(last?.result, 0);
    t.ok(marks.length > 2000 && marks.length < 4096, `${marks.length} marks`);
    const moved = await client.info('replicas');
    t.match(moved, /^test:2,1,/, 'a regime for each move; one copy');
    client.close();
    const other = await WireClient.connect(two.address);
    other.send((writer) => writeScan(writer, { partitions: marks.map((mark) => mark.generation) }));
    const rest = await other.untilLast();
    t.equal(messages.length - marks.length + rest.messages.length, 200);
    other.close();
    await sandbox.kill(two);
    t.ok(ALL_PARTITIONS.every((id) => sandbox.cluster.partitions.owners(id)[0] === 'A1'));
  },
);

t.test('a closed port that the others still count on', async (t) => {
  const sandbox = await start(2);
  const [one, two] = sandbox.nodes;
  await two?.close();
  const client = await WireClient.connect(one?.address ?? '');
  t.match(await client.info('peers-clear-std'), /\[A2,/);
  await two?.listen();
  const again = await WireClient.connect(two?.address ?? '');
  t.equal(await again.info('node'), 'A2');
  again.close();
  client.close();
  await once(client.socket, 'close');
});
