import t from 'tap';
import { escapeName, unescapeName } from '../../lib/asb/escape.ts';

const rows: readonly [string, string][] = [
  ['', ''],
  ['plain', 'plain'],
  ['a b', 'a\\ b'],
  ['a\nb', 'a\\\nb'],
  ['a\\b', 'a\\\\b'],
  [' \n\\', '\\ \\\n\\\\'],
  ['\t\r\0"', '\t\r\0"'],
];
for (const [name, escaped] of rows) t.equal(escapeName(name), escaped, JSON.stringify(name));
t.strictSame(
  Buffer.from(escapeName('ü 日'), 'latin1'),
  Buffer.from('ü\\ 日'),
  'UTF-8, byte by byte',
);

for (const [name] of rows) t.equal(String(unescapeName(escapeName(name))), name);
t.equal(String(unescapeName('\\x\\')), 'x\\', 'whatever is behind it, but there must be something');
