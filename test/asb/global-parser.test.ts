import t from 'tap';
import { Parser } from '../../lib/asb/parser.ts';
import { HEADER } from '../helpers/asb-text.ts';

const parse = (text: string | Buffer) => {
  const parser = new Parser();
  return [...parser.push(Buffer.concat([HEADER, Buffer.from(text)])), ...parser.end()];
};

for (const [line, global] of [
  [
    '* i n s i N 1 b N\n',
    { namespace: 'n', set: 's', name: 'i', collection: 'default', bin: 'b', type: 'numeric' },
  ],
  ['* i n  i L 1 b S\n', { set: '', collection: 'list', type: 'string' }],
  ['* i n s i K 1 b G khAA\n', { collection: 'mapkeys', type: 'geo2dsphere', context: 'khAA' }],
  ['* i n s i V 1 b B\n', { collection: 'mapvalues', type: 'blob' }],
  ['* i n s i S 1  E\n', { collection: 'set', type: 'none', bin: '' }],
  ['* e n s i N 1  N kxUB\n', { bin: '', expression: 'kxUB' }],
  ['* e n s i N 1 null N kxUB\n', { bin: '', expression: 'kxUB' }],
  ['* i n s i N 1 null N\n', { bin: 'null' }],
  ['* i a\\ b \\\\ \\\n N 1 ü N\n', { namespace: 'a b', set: '\\', name: '\n', bin: 'ü' }],
] as const) {
  t.test(`reads ${JSON.stringify(line)}`, async (t) => {
    t.match(parse(line), [{ kind: 'index', ...global }]);
  });
}

t.test('reads a module with any bytes in it', async (t) => {
  const content = Buffer.from([0, 10, 255, 43, 32, 107, 32]);
  const line = Buffer.concat([Buffer.from('* u L a\\ b.lua 7 '), content, Buffer.from('\n')]);
  t.strictSame(parse(line), [{ kind: 'udf', name: 'a b.lua', language: 'LUA', content }]);
});

for (const [line, column, expected] of [
  ['*i', 2, /" "/],
  ['* x ', 3, /i e u/],
  ['* in', 4, /" "/],
  ['* i  s', 5, /namespace/],
  [`* i ${'x'.repeat(32)} `, 5, /namespace/],
  ['* i n s  N', 9, /name/],
  ['* i n s i X', 11, /N L K V S/],
  ['* e n s i S', 11, /N L K V/],
  ['* i n s i N 2', 13, /"1"/],
  ['* i n s i N 1 b X', 17, /N S G B E/],
  ['* e n s i N 1  E', 16, /N S G B/],
  ['* i n s i N 1 b N \n', 19, /base64/],
  ['* i n s i N 1 b N kh-A', 21, /\\n/],
  ['* e n s i N 1  N\n', 17, /" "/],
  ['* u P x', 5, /"L"/],
  ['* u L  1', 7, /name/],
  ['* u L x y', 9, /size/],
  ['* u L x 9999999999999999 ', 9, /size/],
  ['* u L x 1 ab\n', 12, /\\n/],
  [Buffer.from('* i n \xff i N', 'latin1'), 7, /UTF-8/],
] as const) {
  t.test(`refuses ${JSON.stringify(String(line).slice(0, 40))}`, async (t) => {
    t.throws(() => parse(Buffer.concat([Buffer.from(line), Buffer.from(' ')])), {
      code: 'FORMAT',
      facts: { line: 4, column, expected },
    });
  });
}

t.test('an expression that does not end is too long', async (t) => {
  t.throws(() => parse(`* e n s i N 1  N ${'A'.repeat(1024 * 1024 + 1)}\n`), {
    code: 'FORMAT',
    facts: { column: 18, expected: 'base64' },
  });
});
