import t from 'tap';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { parseAddresses } from '../../../lib/wire/address.ts';
import { Cluster } from '../../../lib/wire/cluster.ts';
import {
  type NodePlace,
  partitionsOfNodes,
  placeText,
  requireReadable,
} from '../../../lib/wire/scan/scan-nodes.ts';
import { AdminField, encodeAdminReply } from '../../../lib/wire/security/admin-message.ts';
import { Login } from '../../../lib/wire/security/login.ts';
import { deadAddress, startFakeNode } from '../../helpers/fake-node.ts';

const ALL = Array.from({ length: 4096 }, (_, id) => id);
const RANGE = { first: ALL.slice(0, 1000), rest: ALL.slice(1000, 4095), nobody: [4095] };

/** A1 is master of the first, A2 of the rest; each has a copy of the other's. A3 has nothing. */
const sandbox = await startSandbox({ nodes: 3, racks: [1, 2, 3] });
const [one, two] = sandbox.nodes;
if (one === undefined || two === undefined) throw new Error('two nodes');
sandbox.migrate(RANGE.first, [one, two]);
sandbox.migrate(RANGE.rest, [two, one]);
sandbox.migrate(RANGE.nobody, []);
const seeds = parseAddresses(sandbox.seeds.join());
const cluster = await Cluster.connect({ seeds });
t.teardown(async () => {
  cluster.close();
  await sandbox.close();
});
const at = ({ port }: { readonly port: number }) => ({ host: '127.0.0.1', port });

for (const [what, nodes, partitions, expected] of [
  ['a name', ['A1'], undefined, RANGE.first],
  ['an address', [at(two)], undefined, RANGE.rest],
  ['another address of it', [{ ...at(two), host: 'localhost' }], undefined, RANGE.rest],
  ['both', ['A2', at(one)], undefined, [...RANGE.first, ...RANGE.rest]],
  ['one twice', ['A1', at(one)], undefined, RANGE.first],
  ['one that is no master', ['A3'], undefined, []],
  ['some of them', ['A1'], [999, 1000, 5, 5], [5, 999]],
] satisfies [string, NodePlace[], number[] | undefined, number[]][]) {
  t.test(`partitions of ${what}`, async (t) => {
    const notices: string[] = [];
    const options = {
      namespace: 'test',
      nodes,
      ...(partitions === undefined ? {} : { partitions }),
    };
    const onNotice = (notice: string) => notices.push(notice);
    t.strictSame(await partitionsOfNodes(cluster, { ...options, onNotice }), expected);
    t.equal(notices.length, 1, 'that it is not all is told of');
    t.ok(notices[0]?.includes(`${expected.length} partition`));
    t.strictSame(await partitionsOfNodes(cluster, options), expected, 'nobody needs to listen');
    const all = { ...options, partitions: expected, onNotice };
    t.strictSame(await partitionsOfNodes(cluster, all), expected);
    t.equal(notices.length, 1, 'if it is all, there is nothing to tell');
  });
}

t.test('a namespace that nobody has', async (t) => {
  t.strictSame(await partitionsOfNodes(cluster, { namespace: 'none', nodes: ['A1'] }), []);
});

t.test('no node of the cluster', async (t) => {
  const dead = await deadAddress();
  const stranger = await startFakeNode();
  for (const [place, cause] of [
    ['A4', false],
    [dead, true],
    [stranger, false],
  ] satisfies [NodePlace, boolean][]) {
    const options = { namespace: 'test', nodes: ['A1', place] };
    await t.rejects(partitionsOfNodes(cluster, options), {
      code: 'USAGE',
      facts: { node: placeText(place), ...(cause ? { cause: { code: 'NETWORK' } } : {}) },
    });
  }
  await stranger.close();
});

t.test('a node that refuses the login', async (t) => {
  let refuses = false;
  const node = await startFakeNode({
    security: () =>
      encodeAdminReply(refuses ? 65 : 0, new Map([[AdminField.SESSION_TOKEN, 'token']])),
  });
  const login = new Login({ credentials: { auth: 'PKI' }, timeout: 5000 });
  const secure = await Cluster.connect({ seeds: [node], login });
  refuses = true;
  const nodes = [{ ...at(node), host: 'localhost' }];
  await t.rejects(partitionsOfNodes(secure, { namespace: 'test', nodes }), { code: 'AUTH' });
  secure.close();
  await node.close();
});

t.test('how a node is told of', async (t) => {
  t.equal(placeText('A1'), 'A1');
  t.equal(placeText({ host: '::1', port: 3000, tlsName: 'x' }), '[::1]:3000');
});

t.test('what can be read where only some racks are', async (t) => {
  const wanted = { namespace: 'test' };
  requireReadable(cluster, wanted);
  for (const [onlyRacks, partitions, lacking] of [
    [[1], undefined, 0],
    [[2, 9], undefined, 0],
    [[3], undefined, 4095],
    [[3], [1, 2, 4095], 2],
    [[3], [4095], 0], // nobody has it, whatever the rack
    [[3], [], 0],
  ] satisfies [number[], number[] | undefined, number][]) {
    const near = await Cluster.connect({ seeds, onlyRacks });
    const check = () =>
      requireReadable(near, { ...wanted, ...(partitions === undefined ? {} : { partitions }) });
    if (lacking === 0) check();
    else t.throws(check, { code: 'PARTITIONS', facts: { partitions: { length: lacking } } });
    requireReadable(near, { namespace: 'none' });
    near.close();
  }
});

t.test('while the cluster is not whole, nothing is said of racks', async (t) => {
  const dead = await deadAddress();
  const bits = Buffer.alloc(512, 0xff).toString('base64');
  const node = await startFakeNode({
    info: (command) =>
      ({
        replicas: `test:1,1,${bits}`,
        'peers-clear-std': `1,3000,[[F2,,[127.0.0.1:${dead.port}]]]`,
        'rack-ids': 'test:1',
      })[command],
  });
  const half = await Cluster.connect({ seeds: [node], onlyRacks: [2] });
  t.doesNotThrow(() => requireReadable(half, { namespace: 'test' }));
  half.close();
  await node.close();
});
