import t from 'tap';
import { globalText, headerText, versionFor } from '../../lib/asb/global-text.ts';
import { MAX_BASE64_LENGTH, MAX_NAME_LENGTH, MAX_PAYLOAD_SIZE } from '../../lib/asb/grammar.ts';
import type { Global, SecondaryIndex, UdfModule } from '../../lib/record/globals.ts';

const index = (facts: Partial<SecondaryIndex> = {}): SecondaryIndex => ({
  kind: 'index',
  namespace: 'shop',
  set: 'orders',
  name: 'ix',
  collection: 'default',
  type: 'numeric',
  bin: 'total',
  ...facts,
});
const udf = (name: string, text: string): UdfModule => ({
  kind: 'udf',
  name,
  language: 'LUA',
  content: Buffer.from(text),
});

const rows: readonly [Global, string, string][] = [
  [index(), '* i shop orders ix N 1 total N\n', '3.1'],
  [index({ set: '', type: 'string' }), '* i shop  ix N 1 total S\n', '3.1'],
  [index({ collection: 'list', type: 'string' }), '* i shop orders ix L 1 total S\n', '3.1'],
  [index({ collection: 'mapkeys', type: 'blob' }), '* i shop orders ix K 1 total B\n', '3.1'],
  [
    index({ collection: 'mapvalues', type: 'geo2dsphere' }),
    '* i shop orders ix V 1 total G\n',
    '3.1',
  ],
  [index({ context: 'khAA' }), '* i shop orders ix N 1 total N khAA\n', '3.1'],
  [index({ context: 'a+/=' }), '* i shop orders ix N 1 total N a+/=\n', '3.1'],
  [index({ bin: '', expression: 'kxUB' }), '* e shop orders ix N 1  N kxUB\n', '3.2'],
  [index({ set: '', bin: '', expression: 'kxUB' }), '* e shop  ix N 1  N kxUB\n', '3.2'],
  [index({ bin: '', collection: 'set', type: 'none' }), '* i shop orders ix S 1  E\n', '3.3'],
  [
    index({ namespace: 'n s', set: 's\nt', name: 'i\\x', bin: 'ü b' }),
    '* i n\\ s s\\\nt i\\\\x N 1 ü\\ b N\n',
    '3.1',
  ],
  [udf('a.lua', ''), '* u L a.lua 0 \n', '3.1'],
  [udf('my mod.lua', 'return "ü"\n'), '* u L my\\ mod.lua 12 return "ü"\n\n', '3.1'],
];
for (const [global, text, version] of rows) {
  t.equal(globalText(global).toString(), text);
  t.equal(versionFor(global), version);
}

t.equal(
  headerText('3.1', 'test', true).toString(),
  'Version 3.1\n# namespace test\n# first-file\n',
);
t.equal(headerText('3.2', 'a b', false).toString(), 'Version 3.2\n# namespace a\\ b\n');

const refused: readonly Partial<SecondaryIndex>[] = [
  { context: 'khAA', expression: 'kxUB' },
  { context: 'kh AA' },
  { context: '' },
  { expression: 'kxUB\n* i x' },
  { expression: 'k=B' },
  { expression: 'kxUB', collection: 'set' },
  { expression: 'kxUB', type: 'none' },
];
for (const facts of refused) t.throws(() => globalText(index(facts)), { code: 'FORMAT' });

const outOfRange: readonly Global[] = [
  index({ namespace: '' }),
  index({ namespace: 'n'.repeat(32) }),
  index({ set: 's'.repeat(64) }),
  index({ name: '' }),
  index({ name: 'n'.repeat(MAX_NAME_LENGTH + 1) }),
  index({ bin: 'ü'.repeat(8) }),
  index({ context: 'A'.repeat(MAX_BASE64_LENGTH + 1) }),
  index({ expression: 'A'.repeat(MAX_BASE64_LENGTH + 1) }),
  udf('', ''),
  udf('m'.repeat(MAX_NAME_LENGTH + 1), ''),
  { ...udf('m', ''), content: new Uint8Array(MAX_PAYLOAD_SIZE + 1) },
];
for (const global of outOfRange) t.throws(() => globalText(global), { code: 'RANGE' });
