import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import t, { type Test } from 'tap';
import { S3Connection } from '../../../lib/storage/s3/connection.ts';
import { findObject, listObjects } from '../../../lib/storage/s3/listing.ts';
import type { S3Options } from '../../../lib/storage/s3/options.ts';
import { all, BUCKET, ownServer } from '../../helpers/s3/connection.ts';
import { useEnvironment } from '../../helpers/s3/environment.ts';
import { startProxy } from '../../helpers/s3/proxy.ts';
import type { S3Server, S3ServerOptions } from '../../helpers/s3/server.ts';

const MIB = 1024 * 1024;

/** Credentials as environment variables. */
const variablesOf = ({ credentials }: S3Server) => ({
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
});

/** A server, and an environment with credentials for it and a home without any. */
const setUp = async (
  t: Test,
  options: S3ServerOptions = {},
  variables: Readonly<Record<string, string>> = {},
) => {
  const server = await ownServer(t, options);
  useEnvironment(t, { HOME: t.testdir({}), ...variablesOf(server), ...variables });
  return server;
};

/** Asks for something, successfully or not. */
const ask = (connection: S3Connection) => all(listObjects(connection, BUCKET, ''));

const refuse = (): never => {
  throw new Error('not to be called');
};

t.test('an endpoint alone', async (t) => {
  const { endpoint, requests } = await setUp(t);
  const connection = new S3Connection({ endpoint });
  t.strictSame(await ask(connection), []);
  t.match(requests, [{ url: new RegExp(`^/${BUCKET}[/?]`) }], 'the bucket is in the path');
  const { client } = await connection.service();
  t.equal(await client.config.region(), 'us-east-1');
  t.equal(await client.config.maxAttempts(), 10);
  t.match(client.config.requestHandler, {
    config: {
      connectionTimeout: 1000,
      requestTimeout: 600_000,
      httpAgent: { keepAlive: true, maxSockets: Infinity },
    },
  });
});

t.test('what is chosen', async (t) => {
  const { endpoint } = await setUp(t, { region: 'eu-north-9' });
  const infos: unknown[] = [];
  const connection = new S3Connection({
    endpoint,
    region: 'eu-north-9',
    connectTimeout: 5000,
    requestTimeout: 7000,
    maxAttempts: 3,
    logger: { debug() {}, info: (entry) => void infos.push(entry), warn: refuse, error: refuse },
  });
  t.strictSame(await ask(connection), []);
  t.match(infos, [{ commandName: 'ListObjectsV2Command' }]);
  const { client } = await connection.service();
  t.equal(await client.config.maxAttempts(), 3);
  const config = { connectionTimeout: 5000, requestTimeout: 7000 };
  t.match(client.config.requestHandler, { config });
});

t.test('credentials that are given', async (t) => {
  const server = await setUp(t, {}, { AWS_ACCESS_KEY_ID: 'other', AWS_SECRET_ACCESS_KEY: 'wrong' });
  const { endpoint, credentials } = server;
  await t.rejects(ask(new S3Connection({ endpoint })), { code: 'STORAGE' });
  t.strictSame(await ask(new S3Connection({ endpoint, credentials })), []);
});

t.test('a service is made when it is first needed, and once', async (t) => {
  const { endpoint } = await setUp(t);
  const connection = new S3Connection({ endpoint });
  const services = await Promise.all([connection.service(), connection.service()]);
  t.equal(services[0], services[1]);
  t.equal(await connection.service(), services[0]);
});

t.test('a client that is given is used as it is', async (t) => {
  const { endpoint, region, credentials } = await setUp(t, {}, { AWS_ACCESS_KEY_ID: 'another' });
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  t.teardown(() => client.destroy());
  const connection = new S3Connection({ client, region: 'nowhere', endpoint: 'http://none.test' });
  t.equal((await connection.service()).client, client);
  t.strictSame(await ask(connection), []);
});

t.test('the region of the environment holds for an endpoint, too', async (t) => {
  const { endpoint } = await setUp(t, { region: 'garage' }, { AWS_REGION: 'garage' });
  t.strictSame(await ask(new S3Connection({ endpoint })), []);
  const wrong = ask(new S3Connection({ endpoint, region: 'us-east-1' }));
  await t.rejects(wrong, { code: 'STORAGE', message: /--s3-region/ });
});

t.test('a profile has credentials and a region, and goes before the environment', async (t) => {
  const server = await setUp(t, { region: 'eu-west-7' });
  const { endpoint, credentials } = server;
  const home = t.testdir({
    config: '[profile nightly]\nregion = eu-west-7\n',
    credentials:
      `[nightly]\naws_access_key_id = ${credentials.accessKeyId}\n` +
      `aws_secret_access_key = ${credentials.secretAccessKey}\n`,
  });
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'another',
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
  });
  const said = t.capture(console, 'warn');
  t.strictSame(await ask(new S3Connection({ endpoint, profile: 'nightly' })), []);
  t.strictSame(said(), [], 'nothing on the console');

  const { client } = await new S3Connection({ profile: 'nightly' }).service();
  t.equal(await client.config.region(), 'eu-west-7', 'also without an endpoint');
  const missing = ask(new S3Connection({ endpoint, profile: 'none' }));
  await t.rejects(missing, { code: 'STORAGE', message: /--s3-profile/ });
});

t.test('how often a request is tried', async (t) => {
  const { endpoint, faults, requests } = await setUp(t);
  for (const maxAttempts of [1, 3]) {
    requests.length = 0;
    faults.push({ times: 3, kind: { status: 500, code: 'InternalError' } });
    const failed = ask(new S3Connection({ endpoint, maxAttempts }));
    await t.rejects(failed, { code: 'STORAGE', cause: { name: 'InternalError' } });
    t.equal(requests.length, maxAttempts);
    faults.length = 0;
  }
});

t.test('a server that does not answer in time', async (t) => {
  const { endpoint, faults } = await setUp(t);
  faults.push({ kind: 'stall' });
  const options = { endpoint, maxAttempts: 1, requestTimeout: 50 };
  const cause = { name: 'TimeoutError' };
  await t.rejects(ask(new S3Connection(options)), { code: 'STORAGE', cause });
});

t.test('checksums, and no waiting for "100 Continue"', async (t) => {
  const { endpoint, requests } = await setUp(t);
  for (const [checksum, header] of [
    [undefined, 'x-amz-checksum-crc32'],
    ['md5', undefined],
  ] as const) {
    requests.length = 0;
    const connection = new S3Connection(checksum ? { endpoint, checksum } : { endpoint });
    const { client } = await connection.service();
    await client.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: 'a', Body: Buffer.alloc(3 * MIB) }),
    );
    const [names = []] = requests.map(({ headers }) => Object.keys(headers));
    t.strictSame(
      names.filter((name) => name.startsWith('x-amz-checksum-')),
      header === undefined ? [] : [header],
    );
    t.notOk(names.includes('expect'));
  }
});

t.test('a proxy of the environment, only if it is wanted', async (t) => {
  for (const [variables, systemProxy, through] of [
    [['http_proxy'], true, true],
    [['HTTP_PROXY'], true, true],
    [['http_proxy', 'HTTP_PROXY'], true, true],
    [['http_proxy', 'no_proxy'], true, false],
    [['HTTP_PROXY', 'NO_PROXY'], true, false],
    [['https_proxy', 'HTTPS_PROXY'], true, false],
    [['http_proxy'], false, false],
    [['http_proxy'], undefined, false],
  ] as const) {
    await t.test(`${variables.join(', ')}, systemProxy ${systemProxy}`, async (t) => {
      const { url, requests } = await startProxy(t);
      const proxyOf = (name: string): string => (/no_/i.test(name) ? '127.0.0.1' : url);
      const proxies = Object.fromEntries(variables.map((name) => [name, proxyOf(name)]));
      const { endpoint } = await setUp(t, {}, proxies);
      const connection = new S3Connection({
        endpoint,
        ...(systemProxy === undefined ? {} : { systemProxy }),
      });
      const { client } = await connection.service();
      // Also what is large: the SDK has another way for it.
      const large = { Bucket: BUCKET, Key: 'large', Body: Buffer.alloc(3 * MIB) };
      await client.send(new PutObjectCommand(large));
      t.match(await findObject(connection, BUCKET, 'large'), { size: 3 * MIB });
      const expected = [`PUT ${endpoint}/${BUCKET}/large`, `HEAD ${endpoint}/${BUCKET}/large`];
      t.strictSame(
        requests.map((request) => request.replace(/\?.*/, '')),
        through ? expected : [],
      );
    });
  }
});

t.test('https goes through a proxy’s tunnel', async (t) => {
  const { port } = await setUp(t);
  const { url, requests } = await startProxy(t);
  process.env.https_proxy = url;
  const endpoint = `https://127.0.0.1:${port}`;
  const refused = ask(new S3Connection({ endpoint, systemProxy: true, maxAttempts: 1 }));
  await t.rejects(refused, { code: 'STORAGE', message: /proxy/ });
  t.strictSame(requests, [`CONNECT 127.0.0.1:${port}`]);
});

t.test('options that are wrong are told at once', async (t) => {
  await setUp(t, {}, { HTTPS_PROXY: 'proxy:3128' });
  const table: readonly (readonly [S3Options, string])[] = [
    [{ maxAttempts: 0 }, 'RANGE'],
    [{ endpoint: 'host:9000' }, 'USAGE'],
    [{ systemProxy: true }, 'USAGE'],
  ];
  for (const [options, code] of table) t.throws(() => new S3Connection(options), { code });
  t.doesNotThrow(() => new S3Connection({ systemProxy: false }), 'a proxy that is not used');
});

t.test('without a region, or without credentials', async (t) => {
  const { endpoint, requests } = await setUp(t);
  await t.rejects(ask(new S3Connection({})), { code: 'STORAGE', message: /--s3-region/ });
  for (const variables of [
    {},
    { AWS_ACCESS_KEY_ID: 'only-this' },
    { AWS_SECRET_ACCESS_KEY: 'only-this' },
    { AWS_PROFILE: 'none' },
  ]) {
    useEnvironment(t, { HOME: t.testdir({}), ...variables });
    const connection = new S3Connection({ endpoint });
    for (const asking of [ask, () => findObject(connection, BUCKET, 'a')]) {
      await t.rejects<unknown>(asking(connection), {
        code: 'STORAGE',
        message: /^(?=.*AWS_ACCESS_KEY_ID.*--s3-profile)(?!.*only-this)/,
        facts: { file: /^s3:/ },
      });
    }
  }
  t.equal(requests.length, 0);
});
