import t from 'tap';
import { Given } from '../../../lib/cli/given.ts';
import { securityOf } from '../../../lib/cli/options/security.ts';

type Values = Readonly<Record<string, string>>;

const read = (values: Values, asked: string[] = []) =>
  securityOf(new Given(new Map(Object.entries(values))), async (question) => {
    asked.push(question);
    return 'typed';
  });

const TLS = { 'tls-enable': '' };
const PAIR = { ...TLS, 'tls-certfile': 'c.pem', 'tls-keyfile': 'k.pem' };

t.test('what is said, and what is asked', async (t) => {
  process.env.ASB_TEST_SECRET = 'secret';
  const rows: readonly [Values, object, string[]?][] = [
    [{}, {}],
    [
      { user: 'ann', password: 'x' },
      { user: 'ann', password: 'x' },
    ],
    [
      { user: 'ann', password: 'env:ASB_TEST_SECRET' },
      { user: 'ann', password: 'secret' },
    ],
    [{ user: 'ann', password: '' }, { user: 'ann', password: 'typed' }, ['password of ann']],
    [{ user: 'ann' }, { user: 'ann', password: 'typed' }, ['password of ann']],
    [
      { user: 'ann', password: 'x', auth: 'external', ...TLS },
      { user: 'ann', password: 'x', auth: 'EXTERNAL', tls: { crlCheck: false } },
    ],
    [
      { auth: 'PKI', ...PAIR },
      { auth: 'PKI', tls: { certfile: 'c.pem', keyfile: 'k.pem' } },
    ],
    [
      { ...PAIR, 'tls-keyfile-password': '' },
      { tls: { keyfilePassword: 'typed' } },
      ['password of k.pem'],
    ],
    [
      { ...PAIR, user: 'ann', 'tls-keyfile-password': 'env:ASB_TEST_SECRET' },
      { user: 'ann', tls: { keyfilePassword: 'secret' } },
      ['password of ann'],
    ],
    [
      {
        ...TLS,
        'tls-name': 'n',
        'tls-cafile': 'a',
        'tls-capath': 'p',
        'tls-protocols': '-all +TLSv1.2',
        'tls-cipher-suite': 'X',
        'tls-crl-check': '',
        'tls-crl-checkall': '',
        'tls-log-session-info': '',
      },
      {
        tls: {
          name: 'n',
          cafile: 'a',
          capath: 'p',
          protocols: '-all +TLSv1.2',
          cipherSuite: 'X',
          crlCheck: true,
          crlCheckAll: true,
          logSessionInfo: true,
        },
      },
    ],
  ];
  for (const [values, expected, questions = []] of rows) {
    const asked: string[] = [];
    t.match(await read(values, asked), expected, JSON.stringify(values));
    t.strictSame(asked, questions);
  }
  t.notOk('tls' in (await read({})));
});

t.test('what does not go together is told before anything is asked', async (t) => {
  const rows: readonly Values[] = [
    { password: '' },
    { password: 'x' },
    { auth: 'EXTERNAL' },
    { auth: 'EXTERNAL', user: 'ann' },
    { auth: 'PKI' },
    { auth: 'PKI', ...TLS },
    { auth: 'PKI', user: 'ann', ...PAIR },
    { auth: 'PKI', password: '', ...PAIR },
    { auth: 'LDAP', user: 'ann' },
    { 'tls-cafile': 'a' },
    { 'tls-crl-check': '' },
    { ...TLS, 'tls-certfile': 'c' },
    { ...TLS, 'tls-keyfile': 'k' },
    { ...TLS, 'tls-keyfile-password': '' },
    { ...TLS, 'tls-cert-blacklist': 'b' },
    { user: 'x'.repeat(64) },
  ];
  for (const values of rows) {
    const asked: string[] = [];
    await t.rejects(read(values, asked), { code: 'USAGE' }, JSON.stringify(values));
    t.strictSame(asked, []);
  }
});

t.test('secrets are what they are, and are not named', async (t) => {
  const secret = { secret: 'secrets:x' };
  const values = {
    ...PAIR,
    user: 'ann',
    password: 'env:ASB_TEST_SECRET',
    'tls-keyfile': '-----BEGIN hunter2',
  };
  const given = (more: Values, ...names: readonly string[]) =>
    new Given(
      new Map(Object.entries({ ...values, ...more })),
      [],
      new Map(names.map((name) => [name, secret])),
    );
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return 'typed';
  };
  t.match(await securityOf(given({}, 'password'), ask), { password: 'env:ASB_TEST_SECRET' });
  const locked = given({ 'tls-keyfile-password': '' }, 'password', 'tls-keyfile');
  t.match(await securityOf(locked, ask), { tls: { keyfilePassword: 'typed' } });
  t.strictSame(asked, ['password of the private key']);
  const file = given({ 'tls-keyfile-password': 'file:x' }, 'password', 'tls-keyfile-password');
  t.match(await securityOf(file, ask), { tls: { keyfilePassword: 'file:x' } });
});
