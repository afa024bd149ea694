import t from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { scan } from '../../lib/stages/scan.ts';
import { parseAddresses } from '../../lib/wire/address.ts';
import { type ConnectionOptions, connectTo } from '../../lib/wire/connect.ts';
import { startTarget } from '../helpers/target.ts';
import { CLIENT, tlsPath, tlsText } from '../helpers/tls.ts';

t.test('seeds are a text or addresses', async (t) => {
  const target = await startTarget();
  t.teardown(() => target.close());
  const text = target.seeds.join(',');
  for (const seeds of [text, parseAddresses(text)]) {
    const cluster = await connectTo({ seeds, infoTimeout: 5000, onNotice: () => {} });
    t.ok(cluster.namespaces.includes(target.namespace));
    cluster.close();
  }
});

t.test('a seed that does not answer', async (t) => {
  await t.rejects(connectTo({ seeds: '127.0.0.1:1' }), { code: 'CONNECT' });
});

t.test('options that have no meaning, or do not go together', async (t) => {
  const rows: readonly ConnectionOptions[] = [
    { seeds: '' },
    { seeds: 'localhost:sandbox:3000' },
    { user: 'ann' },
    { auth: 'PKI', tls: { cafile: tlsPath('ca.pem') } },
    { preferRacks: [-1] },
    { onlyRacks: [0.5] },
  ];
  for (const options of rows) {
    await t.rejects(connectTo(options), { code: 'USAGE' }, JSON.stringify(options));
  }
  await t.rejects(connectTo({ tls: { cafile: tlsPath('absent.pem') } }), { code: 'KEY' });
});

interface Failure {
  readonly code: string;
  readonly message?: RegExp;
  readonly facts?: { readonly resultCode: number };
}

t.test('every way in, to every node', async (t) => {
  const sandbox = await startSandbox({
    nodes: 2,
    tls: { cert: tlsText('server.pem'), key: tlsText('server.key'), ca: tlsText('ca.pem') },
    users: [
      { name: 'ann', password: 'secret', roles: ['read'] },
      { name: 'eve', password: 'secret', external: true, roles: ['read'] },
      { name: 'backup', roles: ['read'] },
    ],
  });
  t.teardown(() => sandbox.close());
  const [seed = ''] = sandbox.seeds;
  const tls = CLIENT;
  const ann = { user: 'ann', password: 'secret' };
  const eve = { user: 'eve', password: 'secret' };
  const rows: readonly [ConnectionOptions, Failure | undefined][] = [
    [{ tls, ...ann }, undefined],
    [{ tls, ...ann, auth: 'INTERNAL' }, undefined],
    [{ tls, ...eve, auth: 'EXTERNAL' }, undefined],
    [{ tls, ...eve, auth: 'EXTERNAL_INSECURE' }, undefined],
    [{ tls, auth: 'PKI' }, undefined],
    [{ tls: { ...tls, name: 'sandbox', capath: tlsPath('.'), crlCheck: true }, ...ann }, undefined],
    [{ tls }, { code: 'AUTH', facts: { resultCode: 80 } }],
    [
      { tls, ...ann, password: 'wrong' },
      { code: 'AUTH', message: /^(?!.*wrong\b(?! credential))/ },
    ],
    [
      { tls, ...ann, user: 'nobody' },
      { code: 'AUTH', facts: { resultCode: 60 } },
    ],
    [{ ...ann }, { code: 'CONNECT' }],
    [
      { tls: { cafile: tlsPath('ca.pem') }, ...ann },
      { code: 'CONNECT', message: /--tls-certfile/ },
    ],
    [{ tls: { ...tls, cafile: tlsPath('other-ca.pem') }, ...ann }, { code: 'CONNECT' }],
    [
      { tls: { ...tls, name: 'nobody' }, ...ann },
      { code: 'CONNECT', message: /--tls-name/ },
    ],
  ];
  for (const [options, failure] of rows) {
    const connecting = connectTo({ seeds: seed, ...options });
    const what = JSON.stringify(options).replaceAll(tlsPath('.'), '');
    if (failure !== undefined) {
      await t.rejects(connecting, failure, what);
      continue;
    }
    const cluster = await connecting;
    t.equal(cluster.nodes.length, 2, what);
    cluster.close();
  }
});

t.test('a cluster that wants no login', async (t) => {
  const sandbox = await startSandbox({ nodes: 2 });
  const notices: string[] = [];
  const cluster = await connectTo({
    seeds: sandbox.seeds.join(),
    user: 'ann',
    password: 'secret',
    onNotice: (notice) => notices.push(notice),
  });
  t.equal(cluster.nodes.length, 2);
  t.match(notices, [/51/]);
  t.equal(notices.length, 1, 'told once');
  cluster.close();
  const quiet = await connectTo({ seeds: sandbox.seeds.join(), user: 'ann', password: 'secret' });
  quiet.close();
  await sandbox.close();
});

t.test('a session that expires while a scan is under way', async (t) => {
  let shift = 0;
  const records = 300;
  const sandbox = await startSandbox({
    records,
    protoSize: 4096,
    sessionTtl: 1000,
    users: [{ name: 'ann', password: 'secret', roles: ['read'] }],
    clock: { now: () => Date.now() + shift, sleep: async () => {} },
  });
  const cluster = await connectTo({ seeds: sandbox.seeds[0]!, user: 'ann', password: 'secret' });
  sandbox.nodes[0]!.faults.cutScan({ afterRecords: 100, how: 'close' });
  const notices: string[] = [];
  let read = 0;
  const onNotice = (notice: string): void => {
    shift += 10_000; // the connection was cut: the next must log in anew
    notices.push(notice);
  };
  const options = { cluster, namespace: 'test', sleepBetweenRetries: 1, onNotice };
  for await (const chunk of scan(options)) if (chunk.kind === 'records') read += chunk.length;
  t.equal(read, records);
  t.ok(notices.length > 0);
  cluster.close();
  await sandbox.close();
});
