import { once } from 'node:events';
import t from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { encodeProto, ProtoType } from '../../lib/wire/proto.ts';
import { WireClient, writeScan } from '../helpers/wire.ts';

t.test('what it starts with', async (t) => {
  const sandbox = await startSandbox({ nodes: 3, records: 20, namespaces: ['one', 'two'] });
  t.teardown(() => sandbox.close());
  t.equal(sandbox.seeds.length, 3);
  t.equal(sandbox.cluster.namespaces.get('one')?.count(), 20);
  t.equal(sandbox.cluster.namespaces.get('two')?.count(), 0);
  t.equal(sandbox.cluster.partitions.replicas, 2);
});

t.test('no namespaces are no failure', async (t) => {
  const sandbox = await startSandbox({ namespaces: [], records: 5 });
  t.equal(sandbox.cluster.namespaces.size, 0);
  await sandbox.close();
  await sandbox.close();
});

t.test('a number of nodes that is none', async (t) => {
  for (const nodes of [0, 17, 1.5]) await t.rejects(startSandbox({ nodes }), { code: 'USAGE' });
});

t.test('a port that is taken closes what was opened', async (t) => {
  const taken = await startSandbox();
  t.teardown(() => taken.close());
  const port = taken.nodes[0]?.port ?? 0;
  await t.rejects(startSandbox({ port }), { code: 'EADDRINUSE' });
});

t.test('ports follow one another', async (t) => {
  const [node] = (await startSandbox()).nodes;
  const port = node?.port ?? 0;
  await node?.close();
  const sandbox = await startSandbox({ port });
  t.teardown(() => sandbox.close());
  t.strictSame(sandbox.seeds, [`127.0.0.1:${port}`]);
});

t.test('an IPv6 address stands in brackets', async (t) => {
  const sandbox = await startSandbox({ host: '::1' });
  t.teardown(() => sandbox.close());
  const client = await WireClient.connect(sandbox.seeds[0] ?? '');
  t.equal(await client.info('service-clear-std'), `[::1]:${sandbox.nodes[0]?.port}`);
  client.close();
});

t.test('nodes die, come back and are added; the data stays', async (t) => {
  const sandbox = await startSandbox({ nodes: 2, records: 200 });
  t.teardown(() => sandbox.close());
  const [first, second] = sandbox.nodes;
  if (first === undefined || second === undefined) throw t.fail('two nodes');
  const scan = async () => {
    const client = await WireClient.connect(first.address);
    client.send((writer) => writeScan(writer));
    const { messages } = await client.untilLast();
    const generations = [
      await client.info('partition-generation'),
      await client.info('peers-generation'),
      (await client.info('replicas')).split(',')[0],
    ];
    client.close();
    const marks = messages.filter((message) => message.info3 & 4).length;
    return { records: messages.length - marks, marks, generations };
  };
  t.strictSame(await scan(), { records: 200, marks: 0, generations: ['0', '1', 'test:0'] });

  const open = await WireClient.connect(second.address);
  await sandbox.kill(second);
  t.equal(await open.proto(), undefined, 'its connections are closed');
  await t.rejects(WireClient.connect(second.address), { code: 'ECONNREFUSED' });
  t.strictSame(sandbox.seeds, [first.address]);
  t.strictSame(await scan(), { records: 200, marks: 0, generations: ['1', '2', 'test:1'] });
  await sandbox.kill(second);
  t.equal(sandbox.cluster.partitions.generation, 1, 'dead already');

  await sandbox.revive(second);
  t.strictSame(sandbox.seeds, [first.address, second.address]);
  const third = await sandbox.add();
  t.equal(third.name, 'A3');
  const after = await scan();
  t.strictSame(after.generations, ['3', '4', 'test:3']);
  t.ok(after.marks > 1000, 'a node marks what it does not own');
  t.ok(after.records < 200);
});

t.test('protos that no node answers', async (t) => {
  const sandbox = await startSandbox();
  t.teardown(() => sandbox.close());
  const seed = sandbox.seeds[0] ?? '';
  const send = async (bytes: Buffer) => {
    const client = await WireClient.connect(seed);
    t.teardown(() => client.close());
    client.socket.write(bytes);
    return client.proto();
  };
  const login = await send(encodeProto(ProtoType.SECURITY, Buffer.alloc(16)));
  t.strictSame([login?.type, login?.body[1]], [ProtoType.SECURITY, 51]);
  t.equal(await send(encodeProto(ProtoType.COMPRESSED, Buffer.alloc(16))), undefined);
  t.equal(await send(encodeProto(ProtoType.MESSAGE, Buffer.alloc(5))), undefined);
  t.equal(await send(Buffer.alloc(16, 0xff)), undefined);
});

t.test('a failure of our own closes the connection and warns', async (t) => {
  const sandbox = await startSandbox({
    records: 1,
    clock: { now: () => Date.now(), sleep: () => Promise.reject(new Error('no sleep')) },
  });
  t.teardown(() => sandbox.close());
  const client = await WireClient.connect(sandbox.seeds[0] ?? '');
  const warned = once(process, 'warning');
  client.send((writer) => writeScan(writer, { recordsPerSecond: 1 }));
  const [warning] = await warned;
  t.match(warning, { message: 'sandbox: no sleep' });
  t.equal((await client.untilLast()).last, undefined);
});

t.test('single requests are refused as the fault wants it', async (t) => {
  const sandbox = await startSandbox({ records: 1 });
  t.teardown(() => sandbox.close());
  const [record] = sandbox.cluster.namespaces.get('test') ?? [];
  const client = await WireClient.connect(sandbox.seeds[0] ?? '');
  const ask = async (info1: number, info2: number, namespace = 'test') => {
    client.send((writer) => {
      writer.begin({ info1, info2 });
      writer.field(0, Buffer.from(namespace));
      writer.field(4, record?.digest ?? Buffer.alloc(20));
    });
    return (await client.messages())?.[0]?.result;
  };
  sandbox.nodes[0]?.faults.answer('read', 9);
  sandbox.nodes[0]?.faults.answer('write', 8);
  sandbox.nodes[0]?.faults.answer('delete', 22);
  t.equal(await ask(3, 0), 9);
  t.equal(await ask(3, 0), 0);
  t.equal(await ask(0, 1), 8);
  t.equal(await ask(0, 1), 4);
  t.equal(await ask(0, 3), 22);
  t.equal(await ask(3, 0, 'nope'), 20);
  t.equal(await ask(0, 3), 0);
  client.close();
});
