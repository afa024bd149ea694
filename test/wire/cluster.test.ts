import { networkInterfaces } from 'node:os';
import t from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { formatAddress, parseAddresses } from '../../lib/wire/address.ts';
import { Cluster, type ClusterOptions } from '../../lib/wire/cluster.ts';
import { AdminField, encodeAdminReply } from '../../lib/wire/security/admin-message.ts';
import { Login } from '../../lib/wire/security/login.ts';
import { TlsClient } from '../../lib/wire/security/tls-client.ts';
import { deadAddress, startFakeNode, until } from '../helpers/fake-node.ts';

/** Connects, and keeps what it was told. */
const connect = async (options: ClusterOptions) => {
  const notices: string[] = [];
  const cluster = await Cluster.connect({ ...options, onNotice: (notice) => notices.push(notice) });
  return { cluster, notices };
};
const namesOf = (cluster: Cluster): string[] => cluster.nodes.map(({ name }) => name).sort();

t.test('one seed is enough to find all nodes', async (t) => {
  const sandbox = await startSandbox({ nodes: 3 });
  const dead = await deadAddress();
  const seeds = parseAddresses(sandbox.seeds[1]!);
  for (const all of [
    seeds,
    [dead, ...seeds],
    [...seeds, ...parseAddresses(sandbox.seeds.join())],
  ]) {
    const { cluster } = await connect({ seeds: all });
    t.strictSame(namesOf(cluster), ['A1', 'A2', 'A3']);
    t.strictSame(cluster.namespaces, ['copy', 'test']);
    cluster.requireNamespace('test');
    t.throws(() => cluster.requireNamespace('none'), {
      code: 'NO_NAMESPACE',
      facts: { namespace: 'none' },
    });
    t.equal(cluster.partitionMap('none'), undefined);
    const map = cluster.partitionMap('test');
    for (const id of [0, 1, 4095]) {
      const owners = sandbox.cluster.partitions.owners(id);
      t.strictSame(
        [0, 1].map((attempt) => map?.owner(id, attempt)?.name),
        owners,
      );
    }
    cluster.close();
  }
  await sandbox.close();
});

t.test('nodes come and go', async (t) => {
  const sandbox = await startSandbox({ nodes: 2 });
  const { cluster, notices } = await connect({ seeds: parseAddresses(sandbox.seeds.join()) });
  const [first] = sandbox.nodes;
  await sandbox.kill(first!);
  await cluster.refresh();
  t.strictSame(namesOf(cluster), ['A2']);
  t.ok(notices.length > 0, 'the loss is told of');
  t.equal(cluster.partitionMap('test')?.owner(0, 0)?.name, 'A2');
  await sandbox.revive(first!);
  await sandbox.add();
  await cluster.refresh();
  t.strictSame(namesOf(cluster), ['A1', 'A2', 'A3']);
  for (const node of sandbox.nodes) await sandbox.kill(node);
  await t.rejects(cluster.refresh(), { code: 'CONNECT' });
  t.strictSame(namesOf(cluster), []);
  await t.rejects(cluster.askAny('status'), { code: 'CONNECT' });
  await sandbox.revive(first!);
  await cluster.refresh();
  t.strictSame(namesOf(cluster), ['A1'], 'the seeds are tried again');
  cluster.close();
  await sandbox.close();
});

t.test('any node is asked, the next if it is gone', async (t) => {
  const sandbox = await startSandbox({ nodes: 2 });
  const { cluster } = await connect({ seeds: parseAddresses(sandbox.seeds.join()) });
  t.equal(await cluster.askAny('status'), 'ok');
  await t.rejects(cluster.askAny('no-such-command'), { code: 'SERVER', facts: { resultCode: 4 } });
  await sandbox.kill(sandbox.nodes[0]!);
  t.equal(await cluster.askAny('status'), 'ok');
  await sandbox.kill(sandbox.nodes[1]!);
  await t.rejects(cluster.askAny('status'), { code: 'NETWORK' });
  cluster.close();
  await sandbox.close();
});

t.test('no seed answers', async (t) => {
  await t.rejects(connect({ seeds: [await deadAddress()] }), { code: 'CONNECT' });
  await t.rejects(connect({ seeds: [] }), { code: 'CONNECT' });
  const notReady = await startFakeNode({
    info: (command) => (command === 'partition-generation' ? '-1' : undefined),
  });
  await t.rejects(connect({ seeds: [notReady] }), {
    code: 'CONNECT',
    facts: { node: formatAddress(notReady), cause: { code: 'NETWORK' } },
  });
  const silent = await startFakeNode({ answers: () => false });
  await t.rejects(Cluster.connect({ seeds: [silent], infoTimeout: 20, connectTimeout: 5000 }), {
    code: 'CONNECT',
  });
  await Promise.all([notReady.close(), silent.close()]);
});

t.test('alternate addresses', async (t) => {
  const peer = await startFakeNode({ info: (command) => (command === 'node' ? 'F2' : undefined) });
  const dead = await deadAddress();
  const seed = await startFakeNode({
    info: (command) =>
      ({
        'peers-clear-std': `1,3000,[[F2,,[${formatAddress(dead)}]],[F3,,[]]]`,
        'peers-clear-alt': `1,${peer.port},[[F2,,[${formatAddress(dead)},127.0.0.1]]]`,
      })[command],
  });
  const standard = await connect({ seeds: [seed] });
  t.strictSame(namesOf(standard.cluster), ['F1']);
  t.ok(standard.notices.length > 0, 'that a peer is out of reach is told of');
  const alternate = await connect({ seeds: [seed], servicesAlternate: true });
  t.strictSame(namesOf(alternate.cluster), ['F1', 'F2']);
  const quiet = await Cluster.connect({ seeds: [seed] });
  t.strictSame(namesOf(quiet), ['F1'], 'nobody needs to listen');
  for (const { cluster } of [standard, alternate, { cluster: quiet }]) cluster.close();
  await Promise.all([peer.close(), seed.close()]);
});

t.test('a node that speaks nonsense', async (t) => {
  for (const command of ['peers-clear-std', 'replicas']) {
    const node = await startFakeNode({ info: (asked) => (asked === command ? 'x' : undefined) });
    await t.rejects(connect({ seeds: [node] }), {
      code: 'CONNECT',
      facts: { cause: { code: 'PROTOCOL' } },
    });
    await until(() => node.sockets.size === 0);
    await node.close();
  }
  let sane = true;
  const node = await startFakeNode({
    info: (asked) => (asked === 'replicas' && !sane ? 'x' : undefined),
  });
  const { cluster } = await connect({ seeds: [node] });
  sane = false;
  await t.rejects(cluster.refresh(), { code: 'PROTOCOL' });
  cluster.close();
  await node.close();
});

t.test('answers that say nothing', async (t) => {
  const halves = await startFakeNode({
    info: (asked) => (asked === 'replicas' ? null : undefined),
  });
  const half = await connect({ seeds: [halves] });
  t.strictSame(half.cluster.namespaces, []);
  half.cluster.close();
  const alone = await startFakeNode({
    info: (asked) => (asked.startsWith('peers') ? null : undefined),
  });
  await t.rejects(connect({ seeds: [alone] }), { code: 'CONNECT' });
  await Promise.all([halves.close(), alone.close()]);
  const node = await startFakeNode({ answers: (commands) => commands[0] === 'node' });
  const empty = await startFakeNode({ info: (asked) => (asked === 'replicas' ? '' : undefined) });
  const { cluster } = await connect({ seeds: [empty] });
  t.strictSame(cluster.namespaces, []);
  cluster.close();
  await t.rejects(Cluster.connect({ seeds: [node], infoTimeout: 20 }), { code: 'CONNECT' });
  await Promise.all([node.close(), empty.close()]);
});

t.test('closed while it looks', async (t) => {
  let answers = true;
  const node = await startFakeNode({ answers: () => answers });
  const { cluster } = await connect({ seeds: [node] });
  const refreshing = cluster.refresh();
  cluster.close();
  await t.rejects(refreshing, { code: 'ABORTED' });
  await until(() => node.sockets.size === 0);
  answers = false;
  await t.rejects(Cluster.connect({ seeds: [node], infoTimeout: 20 }), { code: 'CONNECT' });
  await node.close();
});

t.test('racks that are near', async (t) => {
  const rows: readonly [string, readonly number[], string | undefined, number][] = [
    ['the first of them that has the partition', [7, 1], 'F2', 0],
    ['none of them', [8], 'F1', 0],
    ['a server that knows no racks', [9], 'F1', 1],
  ];
  for (const [what, preferRacks, reader, told] of rows) {
    const racks = preferRacks.includes(9) ? 'ERROR:25:enterprise only' : undefined;
    const bits = Buffer.alloc(512, 0xff).toString('base64');
    const none = Buffer.alloc(512).toString('base64');
    const peer = await startFakeNode({
      info: (command) =>
        ({
          node: 'F2',
          replicas: `test:1,2,${none},${bits}`,
          'rack-ids': racks ?? 'test:1;copy:7',
        })[command],
    });
    const seed = await startFakeNode({
      info: (command) =>
        ({
          replicas: `test:1,2,${bits},${none}`,
          'peers-clear-std': `1,3000,[[F2,,[${formatAddress(peer)}]]]`,
          'rack-ids': racks ?? 'test:2',
        })[command],
    });
    const { cluster, notices } = await connect({ seeds: [seed], preferRacks });
    const map = cluster.partitionMap('test');
    t.equal(map?.reader(0, 0)?.name, reader, what);
    t.equal(map?.owner(0, 0)?.name, 'F1', what);
    t.equal(notices.length, told, what);
    cluster.close();
    await Promise.all([peer.close(), seed.close()]);
  }
  const seed = await startFakeNode({
    info: (command) => (command === 'rack-ids' ? 'test' : undefined),
  });
  await t.rejects(connect({ seeds: [seed], preferRacks: [1] }), {
    code: 'CONNECT',
    facts: { cause: { code: 'PROTOCOL' } },
  });
  await seed.close();
});

t.test('racks that alone are read from', async (t) => {
  const sandbox = await startSandbox({ nodes: 3, racks: [1, 2, 1] });
  const rackOf = new Map(sandbox.nodes.map(({ name, rack }) => [name, rack]));
  const connectTo = (racks: Partial<ClusterOptions>) =>
    connect({ seeds: parseAddresses(sandbox.seeds.join()), ...racks });
  const { cluster, notices } = await connectTo({ onlyRacks: [2] });
  t.strictSame(cluster.onlyRacks, [2]);
  const map = cluster.partitionMap('test');
  for (let id = 0; id < 4096; id++) {
    const held = sandbox.cluster.partitions.owners(id).includes('A2');
    if (map?.reader(id, 1)?.name !== (held ? 'A2' : undefined)) t.fail(`partition ${id}`);
  }
  t.strictSame(notices, []);
  const all = await connectTo({});
  t.strictSame(all.cluster.onlyRacks, []);
  const both = await connectTo({ onlyRacks: [1, 2], preferRacks: [2] });
  const readers = [0, 1, 2, 3].map((id) => both.cluster.partitionMap('test')?.reader(id, 0)?.name);
  const wanted = [0, 1, 2, 3].map((id) => {
    const owners = sandbox.cluster.partitions.owners(id);
    return owners.find((name) => rackOf.get(name) === 2) ?? owners[0];
  });
  t.strictSame(readers, wanted, 'those that are preferred first');
  for (const one of [cluster, all.cluster, both.cluster]) one.close();
  await sandbox.close();

  const community = await startSandbox();
  const far = await connect({ seeds: parseAddresses(community.seeds.join()), onlyRacks: [1] });
  t.equal(far.cluster.partitionMap('test')?.reader(0, 0), undefined);
  t.equal(far.notices.length, 1, 'that it has no racks is told of');
  far.cluster.close();
  await community.close();
});

t.test('which node is at an address', async (t) => {
  const sandbox = await startSandbox({ nodes: 2 });
  const stranger = await startFakeNode({ info: (asked) => (asked === 'node' ? 'F9' : undefined) });
  const { cluster } = await connect({ seeds: parseAddresses(sandbox.seeds.join()) });
  const { port } = sandbox.nodes[1]!;
  t.equal((await cluster.nodeAt({ host: '127.0.0.1', port }))?.name, 'A2', 'as it was reached');
  t.equal((await cluster.nodeAt({ host: 'localhost', port }))?.name, 'A2', 'by another name');
  t.equal(await cluster.nodeAt(stranger), undefined);
  await until(() => stranger.sockets.size === 0);
  await t.rejects(cluster.nodeAt(await deadAddress()), { code: 'NETWORK' });
  cluster.close();
  await Promise.all([stranger.close(), sandbox.close()]);
});

t.test('a refused login ends it, at a seed and at a peer', async (t) => {
  const login = () => new Login({ credentials: { auth: 'PKI' }, timeout: 5000 });
  const refusing = await startFakeNode({ security: () => encodeAdminReply(65) });
  const granting = await startFakeNode({
    security: () => encodeAdminReply(0, new Map([[AdminField.SESSION_TOKEN, 'token']])),
    info: (command) =>
      command === 'peers-clear-std' ? `1,3000,[[F2,,[${formatAddress(refusing)}]]]` : undefined,
  });
  for (const seeds of [[refusing, granting], [granting]]) {
    await t.rejects(connect({ seeds, login: login() }), {
      code: 'AUTH',
      facts: { node: formatAddress(refusing) },
    });
    await until(() => granting.sockets.size + refusing.sockets.size === 0);
  }
  await Promise.all([refusing.close(), granting.close()]);
});

t.test('what is said if no seed answers', async (t) => {
  const dead = await deadAddress();
  const tls = await TlsClient.create({});
  const alerting = await startFakeNode({ answers: () => 'close' });
  await t.rejects(connect({ seeds: [alerting] }), { code: 'CONNECT', message: /--tls-enable/ });
  await t.rejects(connect({ seeds: [dead], tls }), {
    code: 'CONNECT',
    message: /^(?!.*--tls-enable).*--port/s,
  });
  await alerting.close();
});

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === '::1');
if (hasIpv6) {
  t.test('IPv6', async (t) => {
    const sandbox = await startSandbox({ nodes: 2, host: '::1' });
    const { cluster } = await connect({ seeds: parseAddresses(sandbox.seeds[0]!) });
    t.strictSame(namesOf(cluster), ['A1', 'A2']);
    cluster.close();
    await sandbox.close();
  });
}

t.test('who looks while somebody does gets the same', async (t) => {
  const node = await startFakeNode();
  const { cluster } = await connect({ seeds: [node] });
  const looks = () => node.asked.filter((command) => command === 'replicas').length;
  const before = looks();
  await Promise.all([cluster.refresh(), cluster.refresh(), cluster.refresh()]);
  t.equal(looks() - before, 1);
  await cluster.refresh();
  t.equal(looks() - before, 2);
  cluster.close();
  await node.close();
  await t.rejects(cluster.refresh(), { code: 'ABORTED' }, 'closed, and nobody answers');
});

t.test('who others count on, and cannot be reached', async (t) => {
  const peers = async (list: string) => {
    const node = await startFakeNode({
      info: (command) => (command === 'peers-clear-std' ? `1,3000,[${list}]` : undefined),
    });
    const { cluster } = await connect({ seeds: [node] });
    const { unreached } = cluster;
    cluster.close();
    await node.close();
    return unreached;
  };
  const dead = await deadAddress();
  t.strictSame(await peers(''), []);
  t.strictSame(await peers(`[X1,,[127.0.0.1:${dead.port}]],[X2,,[]]`), ['X1', 'X2']);
  const other = await startFakeNode({
    info: (command) => (command === 'node' ? 'F2' : undefined),
  });
  t.strictSame(await peers(`[F2,,[127.0.0.1:${other.port}]]`), []);
  await other.close();
});

t.test('nonsense names its node', async (t) => {
  let sane = true;
  const node = await startFakeNode({
    info: (command) => (command === 'replicas' && !sane ? 'x' : undefined),
  });
  const { cluster } = await connect({ seeds: [node] });
  sane = false;
  const facts = { node: `127.0.0.1:${node.port}` };
  await t.rejects(cluster.refresh(), { code: 'PROTOCOL', facts });
  cluster.close();
  await node.close();
});
