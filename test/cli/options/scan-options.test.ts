import t from 'tap';
import { Given } from '../../../lib/cli/given.ts';
import { scanOptionsOf } from '../../../lib/cli/options/scan-options.ts';

const NOTHING = Object.freeze({});
const said: string[] = [];
const shell = {
  say: (line: string) => void said.push(line),
  verbose: false,
  signal: new AbortController().signal,
};
const optionsOf = (values: Readonly<Record<string, string>>) =>
  scanOptionsOf(new Given(new Map(Object.entries({ namespace: 'test', ...values }))), shell);

/** A digest of partition 300. */
const DIGEST = 'LAEHBwcHBwcHBwcHBwcHBwcHBwc=';

t.test('what is left out', async (t) => {
  const options = await optionsOf(NOTHING);
  t.match(options, {
    namespace: 'test',
    sets: [],
    noTtlOnly: false,
    nodes: [],
    onlyRacks: [],
    preferRacks: [],
    infoTimeout: 10_000,
  });
  for (const name of ['partitions', 'positions', 'modifiedAfter', 'modifiedBefore']) {
    t.notOk(name in options, name);
  }
  options.onNotice('heard');
  t.strictSame(said, ['note: heard']);
  await t.rejects(scanOptionsOf(new Given(new Map()), shell), { code: 'USAGE' });
});

t.test('what is given', async (t) => {
  const rows: readonly [Readonly<Record<string, string>>, object][] = [
    [{ 'modified-after': '1970-01-01T00:00:01Z' }, { modifiedAfter: 1_000_000_000n }],
    [{ 'modified-before': '1970-01-01T00:00:00.5Z' }, { modifiedBefore: 500_000_000n }],
    [{ 'no-ttl-only': '' }, { noTtlOnly: true }],
    [{ 'filter-exp': 'kQA=' }, { filterExpression: Buffer.of(0x91, 0) }],
    [{ 'partition-list': '7-2,3' }, { partitions: [3, 7, 8] }],
    [{ 'partition-list': DIGEST }, { partitions: [300], positions: new Map([[300, Buffer]]) }],
    [
      { 'after-digest': DIGEST },
      { partitions: { 0: 300, length: 3796 }, positions: new Map([[300, Buffer]]) },
    ],
    [
      { 'node-list': 'A1,10.0.0.1:7,[::1]:8,10.0.0.1,b:tls:5,db.local', port: '9' },
      {
        nodes: [
          'A1',
          { host: '10.0.0.1', port: 7 },
          { host: '::1', port: 8 },
          { host: '10.0.0.1', port: 9 },
          { host: 'b', port: 5, tlsName: 'tls' },
          { host: 'db.local', port: 9 },
        ],
      },
    ],
    [
      { 'rack-list': '1,2', 'prefer-racks': '2' },
      { onlyRacks: [1, 2], preferRacks: [2] },
    ],
    [{ 'info-timeout': '5' }, { infoTimeout: 5 }],
    [
      { set: 'a,b', 'filter-exp': 'kQA=', 'modified-after': '2026-01-01', 'no-ttl-only': '' },
      { sets: ['a', 'b'], noTtlOnly: true, modifiedAfter: BigInt, filterExpression: Buffer },
    ],
  ];
  for (const [values, expected] of rows) {
    t.match(await optionsOf(values), expected, JSON.stringify(values));
  }
});

t.test('what cannot be', async (t) => {
  for (const values of [
    { 'no-bins': '', 'bin-list': 'a' },
    { 'partition-list': '1', 'after-digest': DIGEST },
    { 'partition-list': '1', 'node-list': 'A1' },
    { 'after-digest': DIGEST, 'node-list': 'A1' },
    { 'partition-list': '4096' },
    { 'after-digest': '5' },
    { 'modified-after': '2026-02-30' },
    { 'modified-before': 'x' },
    { 'node-list': 'A1,,' },
    { 'node-list': 'a:0' },
    { 'rack-list': 'x' },
  ] satisfies Readonly<Record<string, string>>[]) {
    await t.rejects(optionsOf(values), { code: 'USAGE' }, JSON.stringify(values));
  }
});
