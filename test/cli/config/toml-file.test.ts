import t from 'tap';
import { notToml, readToml } from '../../../lib/cli/config/toml-file.ts';

t.test('sections and their keys', async (t) => {
  const { file, sections, lineOf } = await readToml(
    'a.conf',
    '\n[cluster]\nHost = "x"\nport = 1\n[b]\n',
  );
  t.equal(file, 'a.conf');
  t.strictSame(
    [...sections],
    [
      [
        'cluster',
        [
          { key: 'Host', value: 'x', line: 3 },
          { key: 'port', value: 1, line: 4 },
        ],
      ],
      ['b', []],
    ],
  );
  t.equal(lineOf('b'), 5);
  t.equal((await readToml('empty', '')).sections.size, 0);
});

t.test('what is no config file', async (t) => {
  const rows: readonly [string, string, object][] = [
    ['a syntax error', '[a]\npassword = hunter2\n', { line: 2, column: 12 }],
    ['not ended', '[a]\nb = "hunter2\n', { line: 2 }],
    ['a section twice', '[a]\n[a]\n', { line: 2 }],
    ['a key in no section', '\nhost = "hunter2"\n', { line: 2 }],
    ['a list of sections', '[[a]]\nb = 1\n', { line: 1 }],
    ['a date in no section', 'a = 2026-01-01\n', { line: 1 }],
    ['a number too large', '[a]\nb = 99999999999999999999\n', { line: 2 }],
  ];
  for (const [name, text, place] of rows) {
    const facts = { file: 'a.conf', ...place };
    const message = /^a\.conf(?!.*hunter2).*$/;
    await t.rejects(readToml('a.conf', text), { code: 'FORMAT', facts, message }, name);
  }
  const lost = await readToml('a.conf', '"\\u0061" = 1').catch((error: unknown) => error);
  t.match(
    lost,
    { code: 'FORMAT', facts: { file: 'a.conf', line: undefined } },
    'a key in disguise',
  );
});

t.test('errors of the parser, with a place and without', (t) => {
  const placed = Object.assign(new Error('bad\nhunter2'), { line: 3, column: 4 });
  t.match(notToml('a', placed), { facts: { line: 3, column: 4 }, message: /^a, line 3: bad$/ });
  const odd = Object.assign(new Error('bad'), { line: 'x', column: 4 });
  for (const error of [odd, new Error('bad'), 'bad']) {
    t.match(notToml('a', error), { code: 'FORMAT', message: /^a: bad$/ });
  }
  t.end();
});
