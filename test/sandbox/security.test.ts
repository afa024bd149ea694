/**
 * The official client, as it is, logs in to the sandbox: what it accepts, a real server would give.
 * What roles allow is what the server's sources ask of each request.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import Aerospike, { type Client, type ConfigOptions } from 'aerospike';
import t from 'tap';
import { Result } from '../../lib/sandbox/result.ts';
import { startThread } from '../helpers/target.ts';
import { CLIENT, tlsPath, tlsText } from '../helpers/tls.ts';
import { WireClient, writeScan } from '../helpers/wire.ts';

const RECORDS = 50;
const USERS = [
  { name: 'all', password: 'secret', roles: ['read-write', 'data-admin', 'user-admin'] },
  { name: 'reader', password: 'reading', roles: ['read'] },
  { name: 'writer', password: 'writing', roles: ['write'] },
  { name: 'nothing', password: 'to do', roles: [] },
  { name: 'outer', password: 'elsewhere', roles: ['read'], external: true },
  { name: 'backup', roles: ['read'] },
];
const SESSION_TTL = 120_000;
const options = { users: USERS, nodes: 2, records: RECORDS, sessionTtl: SESSION_TTL };
const identity = { cert: tlsText('server.pem'), key: tlsText('server.key') };

const plain = await startThread(options);
const secure = await startThread({ ...options, tls: identity });
const mutual = await startThread({ ...options, tls: { ...identity, ca: tlsText('ca.pem') } });

Aerospike.setDefaultLogging({ level: Aerospike.log.OFF });
t.teardown(async () => {
  Aerospike.releaseEventLoop();
  for (const target of [plain, secure, mutual]) await target.close();
});

const { auth, status } = Aerospike;
const CA = { enable: true, cafile: tlsPath('ca.pem') };
const CERTIFIED = { enable: true, ...CLIENT };

/** Seeds with the name that their certificate has. */
const named = ({ seeds }: { readonly seeds: readonly string[] }, tlsname = 'sandbox') =>
  seeds.map((seed) => {
    const [addr = '', port] = seed.split(':');
    return { addr, port: Number(port), tlsname };
  });

/** The code of an error of the client; what else was thrown is thrown on. */
const codeOf = (error: unknown): number => {
  if (error instanceof Aerospike.AerospikeError && typeof error.code === 'number') {
    return error.code;
  }
  throw error;
};

/** 0, or the code that a call failed with. */
const codeFrom = async (call: Promise<unknown>): Promise<number> => {
  try {
    await call;
    return status.OK;
  } catch (error) {
    return codeOf(error);
  }
};

/**
 * Connecting blocks the thread, and timers start by the time that the event loop knew before: what
 * is asked first might be too late at once.
 */
const FOR_EVER = { totalTimeout: 0, socketTimeout: 0 };
const PATIENT: ConfigOptions = {
  connTimeoutMs: 20_000,
  loginTimeoutMs: 20_000,
  policies: {
    read: new Aerospike.ReadPolicy(FOR_EVER),
    write: new Aerospike.WritePolicy(FOR_EVER),
    operate: new Aerospike.OperatePolicy(FOR_EVER),
    remove: new Aerospike.RemovePolicy(FOR_EVER),
    batch: new Aerospike.BatchPolicy(FOR_EVER),
    batchParentWrite: new Aerospike.BatchPolicy(FOR_EVER),
  },
};

const withClient = async (
  config: ConfigOptions,
  use: (client: Client) => Promise<void>,
): Promise<void> => {
  const client = await Aerospike.connect({ ...config, ...PATIENT });
  try {
    await use(client);
  } finally {
    client.close(false);
  }
};

const countRecords = async (client: Client): Promise<number> => {
  const stream = client.scan('test').foreach();
  let records = 0;
  stream.on('data', () => records++);
  await once(stream, 'end');
  return records;
};

const key = { ns: 'test', set: 'security', key: 'one' };
/** Batches take no plain object for a key. */
const batchKey = new Aerospike.Key(key.ns, key.set, key.key);

t.test('every way in', async (t) => {
  const rows: readonly (readonly [string, ConfigOptions])[] = [
    ['a password', { hosts: plain.seeds.join(), user: 'all', password: 'secret' }],
    [
      'a password in the clear',
      {
        hosts: plain.seeds.join(),
        user: 'outer',
        password: 'elsewhere',
        authMode: auth.EXTERNAL_INSECURE,
      },
    ],
    ['TLS', { hosts: named(secure), user: 'all', password: 'secret', tls: CA }],
    [
      'a password in the clear, over TLS',
      {
        ...{ hosts: named(secure), tls: CA },
        ...{ user: 'outer', password: 'elsewhere', authMode: auth.EXTERNAL },
      },
    ],
    ['mutual TLS', { hosts: named(mutual), user: 'reader', password: 'reading', tls: CERTIFIED }],
    ['a certificate alone', { hosts: named(mutual), tls: CERTIFIED, authMode: auth.AUTH_PKI }],
  ];
  for (const [what, config] of rows) {
    await withClient(config, async (client) => {
      t.equal(client.getNodes().length, 2, what);
      t.equal(await countRecords(client), RECORDS, what);
    });
  }
});

t.test('one seed leads to the others by their TLS names', async (t) => {
  const [hosts = []] = named(secure).map((host) => [host]);
  await withClient({ hosts, user: 'all', password: 'secret', tls: CA }, async (client) => {
    t.equal(client.getNodes().length, 2);
  });
});

t.test('every way to be refused', async (t) => {
  const all = { user: 'all', password: 'secret' };
  const rows: readonly (readonly [string, ConfigOptions, number])[] = [
    ['a wrong password', { hosts: plain.seeds.join(), ...all, password: 'Secret' }, 65],
    ['no such user', { hosts: plain.seeds.join(), ...all, user: 'nobody' }, 60],
    ['no login', { hosts: plain.seeds.join() }, 80],
    [
      'a user of LDAP, by hash',
      { hosts: plain.seeds.join(), user: 'outer', password: 'elsewhere' },
      65,
    ],
    [
      'no user of LDAP',
      { hosts: plain.seeds.join(), ...all, authMode: auth.EXTERNAL_INSECURE },
      65,
    ],
    [
      'a wrong password in the clear',
      {
        ...{ hosts: plain.seeds.join(), authMode: auth.EXTERNAL_INSECURE },
        ...{ user: 'outer', password: 'nowhere' },
      },
      93,
    ],
    [
      'a password for a user who has none',
      { hosts: named(mutual), tls: CERTIFIED, user: 'backup', password: 'backup' },
      65,
    ],
    [
      'a certificate that was not asked for',
      { hosts: named(secure), tls: CERTIFIED, authMode: auth.AUTH_PKI },
      60,
    ],
    [
      'another CA',
      { hosts: named(secure), ...all, tls: { ...CA, cafile: tlsPath('other-ca.pem') } },
      -10,
    ],
    ['another name', { hosts: named(secure, 'other'), ...all, tls: CA }, -10],
    ['no client certificate', { hosts: named(mutual), ...all, tls: CA }, -10],
    ['no TLS', { hosts: secure.seeds.join(), ...all }, -10],
  ];
  for (const [what, config, code] of rows) {
    t.equal(await codeFrom(Aerospike.connect({ ...config, ...PATIENT })), code, what);
  }
});

t.test('what roles allow', async (t) => {
  const write = {
    type: Aerospike.batchType.BATCH_WRITE,
    key: batchKey,
    ops: [Aerospike.operations.write('n', 2)],
  };
  const steps: readonly (readonly [string, (client: Client) => Promise<number>])[] = [
    ['put', (client) => codeFrom(client.put(key, { n: 1 }))],
    ['get', (client) => codeFrom(client.get(key))],
    [
      'write and read at once',
      (client) => {
        const ops = [Aerospike.operations.write('n', 1), Aerospike.operations.read('n')];
        return codeFrom(client.operate(key, ops));
      },
    ],
    ['batch that writes', async (client) => Number((await client.batchWrite([write]))[0]?.status)],
    [
      'batch that reads',
      async (client) =>
        Number((await client.batchRead([{ key: batchKey, readAllBins: true }]))[0]?.status),
    ],
    ['remove', (client) => codeFrom(client.remove(key))],
    ['truncate', (client) => codeFrom(client.truncate('test', 'security', 0))],
    [
      'an index',
      (client) => {
        const index = { ns: 'test', set: 'security', bin: 'n', index: 'security' };
        return codeFrom(
          client.createIndex({ ...index, datatype: Aerospike.indexDataType.NUMERIC }),
        );
      },
    ],
    ['no index', (client) => codeFrom(client.indexRemove('test', 'security'))],
    ['info', (client) => codeFrom(client.infoAny('namespaces'))],
    ['users', (client) => codeFrom(client.queryUsers(undefined))],
    ['roles', (client) => codeFrom(client.queryRoles(undefined))],
    ['a new user', (client) => codeFrom(client.createUser('x', 'y', ['read']))],
  ];
  type Row = readonly [string, string, readonly number[]];
  const rows: readonly Row[] = [
    ['all', 'secret', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16]],
    ['reader', 'reading', [81, 2, 81, 81, 2, 81, 81, 81, 81, 0, 81, 81, 81]],
    ['writer', 'writing', [0, 81, 81, 0, 81, 0, 81, 81, 81, 0, 81, 81, 81]],
    ['nothing', 'to do', [81, 81, 81, 81, 81, 81, 81, 81, 81, 0, 81, 81, 81]],
  ];
  for (const [user, password, codes] of rows) {
    await withClient({ hosts: plain.seeds.join(), user, password }, async (client) => {
      for (const [index, [what, step]] of steps.entries()) {
        t.equal(await step(client), codes[index], `${user}: ${what}`);
      }
    });
  }
});

t.test('who there is', async (t) => {
  await withClient(
    { hosts: plain.seeds.join(), user: 'all', password: 'secret' },
    async (client) => {
      const users = await client.queryUsers(undefined);
      t.match(
        users.map(({ name, roles }) => ({ name, roles })),
        USERS.map(({ name, roles }) => ({ name, roles })),
      );
      t.match(await client.queryUser('reader', undefined), { name: 'reader', roles: ['read'] });
      t.match(await client.queryRole('read', undefined), {
        name: 'read',
        privileges: [{ namespace: '', set: '', code: Aerospike.privilegeCode.READ }],
      });
    },
  );
  await withClient(
    { hosts: plain.seeds.join(), user: 'reader', password: 'reading' },
    async (client) => {
      t.match(await client.queryUser('reader', undefined), { roles: ['read'] }, 'oneself');
    },
  );
});

t.test('scans', async (t) => {
  const script = fileURLToPath(new URL('../helpers/official-scan.ts', import.meta.url));
  const rows: readonly (readonly [string, string, string])[] = [
    ['reader', 'reading', `${RECORDS} records\n`],
    ['writer', 'writing', 'code 81\n'],
  ];
  for (const [user, password, outcome] of rows) {
    const child = spawn(process.execPath, [script, plain.seeds.join(), user, password], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [words] = await once(child.stdout, 'data');
    t.equal(`${words}`, outcome, user);
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});

t.test('a token that has expired, and one that a node has forgotten', async (t) => {
  await withClient(
    { hosts: plain.seeds.join(), user: 'reader', password: 'reading' },
    async (client) => {
      /** Many at once, so that connections are needed that are not there yet. */
      const codesOf = (count: number): Promise<number[]> =>
        Promise.all(Array.from({ length: count }, () => codeFrom(client.get(key))));
      const refused = async (count: number): Promise<number[]> =>
        (await codesOf(count)).filter((code) => code !== Result.NOT_FOUND);
      const recovered = async (count: number): Promise<void> => {
        while ((await refused(count)).length > 0);
      };
      t.strictSame(await refused(4), []);
      plain.thread.advance(SESSION_TTL);
      const expired = await refused(8);
      t.ok(expired.length > 0, 'connections that are there stay, new ones are refused');
      t.ok(expired.every((code) => code === Result.EXPIRED_SESSION));
      await recovered(16);
      t.pass('the client has logged in anew');
      await plain.thread.kill(0);
      await plain.thread.revive(0);
      await recovered(16);
      t.pass('and again, at the node that came back');
    },
  );
});

t.test('before a login', async (t) => {
  const wire = await WireClient.connect(plain.seeds[0] ?? '');
  t.teardown(() => wire.close());
  t.equal(await wire.info('namespaces'), 'ERROR:80:not authenticated', 'no line for the command');
  wire.send((writer) => writeScan(writer));
  const [scan, ...more] = (await wire.messages()) ?? [];
  t.match(scan, { result: 80, info3: 0 }, 'not even the end of a scan');
  t.equal(more.length, 0);
  wire.send((writer) => writeScan(writer, { fields: new Map([[41, Buffer.alloc(5)]]) }));
  t.match(await wire.messages(), [{ result: 80, info3: 1 }], 'a batch ends');
});
