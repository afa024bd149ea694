import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import t from 'tap';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { run, shell } from '../../helpers/asb.ts';
import { runHere } from '../../helpers/in-process.ts';
import { CLIENT, tlsPath, tlsText } from '../../helpers/tls.ts';

const RECORDS = 500;
const PASSWORD = 'open sesame!';
const sandbox = await startSandbox({
  nodes: 2,
  records: RECORDS,
  tls: { cert: tlsText('server.pem'), key: tlsText('server.key'), ca: tlsText('ca.pem') },
  users: [
    { name: 'ann', password: PASSWORD, roles: ['read-write', 'data-admin'] },
    { name: 'eve', password: PASSWORD, external: true, roles: ['read-write', 'data-admin'] },
    { name: 'reader', password: PASSWORD, roles: ['read'] },
    { name: 'writer', password: PASSWORD, roles: ['write', 'data-admin'] },
    { name: 'backup', roles: ['read-write', 'data-admin'] }, // the name in client.pem
  ],
});
t.teardown(() => sandbox.close());

const seed = sandbox.seeds[0]!;
const count = sandbox.cluster.namespaces.get('test')!.count();
const MUTUAL = ['--tls-enable', '--tls-cafile', CLIENT.cafile, '--tls-certfile', CLIENT.certfile];
const TLS = [...MUTUAL, '--tls-keyfile', CLIENT.keyfile];
process.env.ASB_TEST_SECRET = PASSWORD;

const SECRET = ['-P', 'env:ASB_TEST_SECRET'];
const as = (user: string): string[] => ['-h', seed, ...TLS, '-U', user, ...SECRET];
const copy = sandbox.cluster.namespaces.get('copy')!;
const empty = (): void => copy.truncate(undefined, Number.POSITIVE_INFINITY);

t.test('a backup and its restore, by every way in', async (t) => {
  const directory = t.testdir({ secret: `${PASSWORD}\n`, key: 'open-sesame' });
  const locked = ['--tls-keyfile', tlsPath('client-encrypted.key'), '--tls-keyfile-password'];
  const named = seed.replace(':', ':sandbox:');
  const rows: readonly [string, readonly string[]][] = [
    ['INTERNAL', as('ann')],
    ['a file', ['-h', named, ...TLS, '-Uann', `--password=file:${directory}/secret`]],
    ['EXTERNAL', [...as('eve'), '-A', 'EXTERNAL']],
    ['EXTERNAL_INSECURE', [...as('eve'), '--auth=external_insecure']],
    ['PKI', ['-h', seed, ...TLS, '-A', 'PKI']],
    [
      'PKI with a locked key, revocation lists and one version',
      [
        ...['-h', seed, '-A', 'PKI', ...MUTUAL, ...locked, `file:${directory}/key`],
        ...['--tls-capath', tlsPath('.'), '--tls-crl-check', '--tls-crl-checkall'],
        ...['--tls-name', 'sandbox', '--tls-protocols', '-all +TLSv1.2'],
        ...['--tls-cipher-suite', 'ECDHE-ECDSA-AES128-GCM-SHA256', '--prefer-racks', '1,2'],
      ],
    ],
  ];
  for (const [what, way] of rows) {
    const out = join(directory, what);
    const backup = await runHere(['backup', ...way, '-n', 'test', '-d', out]);
    t.equal(backup.error, undefined, what);
    t.match(backup.said.join('\n'), /^backed up 500 records/m);
    const texts = readdirSync(out).map((name) => readFileSync(join(out, name), 'latin1'));
    t.notOk(
      texts.some((text) => text.includes('sesame')),
      'no password is written',
    );
    empty();
    const ways = way.filter((word) => word !== '--prefer-racks' && word !== '1,2');
    const restore = await runHere(['restore', ...ways, '-n', 'test,copy', '-d', out]);
    t.equal(restore.error, undefined, what);
    t.equal(copy.count(), count, what);
  }
});

t.test('from scan to load, each logged in', async (t) => {
  empty();
  const words = (list: readonly string[]): string => list.map((word) => `'${word}'`).join(' ');
  const outcome = await shell(
    `asb scan ${words(as('reader'))} -n test -Iu | asb load ${words(as('ann'))} -n copy`,
  );
  t.match(outcome, { code: 0, stderr: /^loaded/ });
  t.equal(copy.count(), count);
});

t.test('who is not let in, and what a user may not do', async (t) => {
  const ask = ['-h', seed, ...TLS];
  const rows: readonly [readonly string[], string, RegExp][] = [
    [[...ask, '-U', 'ann', '-PMistyped1'], 'AUTH', /login as ann refused: result code 65/],
    [[...ask, '-U', 'nobody', ...SECRET], 'AUTH', /login as nobody refused: result code 60/],
    [ask, 'AUTH', /--user/],
    [['-h', seed], 'CONNECT', /--tls-enable/],
    [['-h', seed, '-U', 'ann', ...SECRET, '-A', 'EXTERNAL'], 'USAGE', /EXTERNAL_INSECURE/],
    [['-h', seed, '-U', 'ann', '-P', 'env:NOT_SET'], 'USAGE', /NOT_SET/],
    [['-h', seed, '--tls-name', 'sandbox'], 'USAGE', /--tls-enable/],
    [['-h', seed, '--tls-enable', '--tls-cafile', 'absent.pem'], 'KEY', /absent\.pem/],
    [[...ask, '--tls-protocols', 'SSLv3'], 'USAGE', /SSLv3 is too old/],
    [[...ask, '--tls-cert-blacklist', 'list'], 'USAGE', /--tls-crl-check/],
    [as('writer'), 'SERVER', /result code 81 \(not permitted/],
  ];
  for (const [args, code, message] of rows) {
    const { error } = await runHere(['scan', ...args, '-n', 'test']);
    t.match(error, { code, message }, args.join(' '));
    t.notMatch(inspect(error), /Mistyped1|sesame|\$2a/, 'no password, no hash');
  }
  const line = '{"digest":"AAAAAAAAAAAAAAAAAAAAAAAAAAA=","bins":{"a":1}}\n';
  const load = await runHere(['load', ...as('reader'), '-n', 'copy'], line);
  t.match(load.error, { code: 'SERVER', facts: { resultCode: 81 } });
  const told = await run(['scan', ...ask, '-n', 'test', '-v', '-U', 'ann', '-PMistyped1']);
  t.match(told, { code: 1, stderr: /AUTH \{.*"resultCode":65/ });
  t.notMatch(told.stderr + told.stdout, /Mistyped1|\$2a/);
});

t.test('what a session is made of', async (t) => {
  const { said } = await runHere(['scan', ...as('reader'), '-n', 'test', '--tls-log-session-info']);
  t.match(said, [/^note: 127\.0\.0\.1:\d+: TLSv1\.3, TLS_/]);
});
