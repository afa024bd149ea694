import t from 'tap';
import { parseProtocols } from '../../../lib/wire/security/tls-protocols.ts';

t.test('versions that are allowed', async (t) => {
  const both = ['TLSv1.2', 'TLSv1.3'];
  const rows: readonly [string | undefined, readonly string[]][] = [
    [undefined, both],
    ['all', both],
    ['ALL', both],
    ['TLSv1.2', ['TLSv1.2']],
    ['tlsv1.3', ['TLSv1.3']],
    ['-all +TLSv1.2', ['TLSv1.2']],
    [' -all\t+TLSv1.2,+TLSv1.3 ', both],
    ['all -TLSv1.2', ['TLSv1.3']],
    ['all -SSLv2 -SSLv3 -TLSv1 -TLSv1.1', both],
    ['+TLSv1.2 +TLSv1.2', ['TLSv1.2']],
  ];
  for (const [words, versions] of rows) {
    const expected = { minVersion: versions[0], maxVersion: versions.at(-1) };
    t.strictSame(parseProtocols(words), expected, String(words));
  }
});

t.test('words that are none, or leave nothing', async (t) => {
  const rows = [
    '',
    '-all',
    'all -TLSv1.2 -TLSv1.3',
    '-all TLSv1.2',
    'TLSv1.2 TLSv1.3',
    'TLSv1.4',
    '+',
    '+-TLSv1.2',
    'TLSv1',
    '+TLSv1.1',
    'all +SSLv3',
  ];
  for (const words of rows) {
    t.throws(() => parseProtocols(words), { code: 'USAGE', facts: { expected: String } }, words);
  }
});
