import t from 'tap';
import { Given } from '../../../lib/cli/given.ts';
import { connectionOf, preferRacks } from '../../../lib/cli/options/connection.ts';

const given = (values: Readonly<Record<string, string>>): Given =>
  new Given(new Map(Object.entries(values)));
const shell = { signal: AbortSignal.abort(new Error('stopped')) };

t.test('where the cluster is', async (t) => {
  const rows: readonly [Readonly<Record<string, string>>, object][] = [
    [{}, { seeds: [{ host: '127.0.0.1', port: 3000 }], servicesAlternate: false }],
    [
      { host: 'a,b:tls,c:tls:7', port: '9', 'services-alternate': '' },
      {
        seeds: [
          { host: 'a', port: 9 },
          { host: 'b', port: 9, tlsName: 'tls' },
          { host: 'c', port: 7, tlsName: 'tls' },
        ],
        servicesAlternate: true,
      },
    ],
  ];
  for (const [values, expected] of rows) {
    t.match(await connectionOf(given(values), shell), expected, JSON.stringify(values));
  }
  await t.rejects(connectionOf(given({ host: 'a:b:c:d' }), shell), { code: 'USAGE' });
});

t.test('who is asked', async (t) => {
  const values = given({ user: 'ann' });
  t.match(await connectionOf(values, shell, async (question) => `<${question}>`), {
    user: 'ann',
    password: '<password of ann>',
  });
  await t.rejects(connectionOf(values, shell), { message: 'stopped' }, 'else the terminal');
});

t.test('racks', async (t) => {
  t.strictSame(given({}).value(preferRacks), []);
  t.strictSame(given({ 'prefer-racks': '2,0,1000000' }).value(preferRacks), [2, 0, 1_000_000]);
  for (const racks of ['', '1,', '-1', '1000001', '1,1', 'x']) {
    t.throws(() => given({ 'prefer-racks': racks }).value(preferRacks), { code: 'USAGE' }, racks);
  }
});
