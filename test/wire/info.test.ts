import t from 'tap';
import {
  checkInfoValue,
  decodeInfoReply,
  encodeInfoRequest,
  parsePairs,
} from '../../lib/wire/info.ts';

const SETS_NODE = ['sets', 'node', 'empty'];

t.equal(
  encodeInfoRequest(['node', 'build']).toString('latin1'),
  '\x02\x01\0\0\0\0\0\x0bnode\nbuild\n',
);
t.strictSame(
  [...decodeInfoReply(Buffer.from('node\tA1\nempty\t\nbare\ntabs\ta\tb\n'))],
  [
    ['node', 'A1'],
    ['empty', ''],
    ['bare', ''],
    ['tabs', 'a\tb'],
  ],
);
t.strictSame(
  [...decodeInfoReply(Buffer.from('a:b=c\td\tok\na\t1\n'), ['a', 'a:b=c\td'])],
  [
    ['a:b=c\td', 'ok'],
    ['a', '1'],
  ],
  'a tab in a command',
);

t.strictSame(
  [...decodeInfoReply(Buffer.from('\nsets\tset=a\n\nb:objects=1\nnode\nempty\t\n'), SETS_NODE)],
  [
    ['sets', 'set=a\n\nb:objects=1'],
    ['node', ''],
    ['empty', ''],
  ],
  'a newline in a name of a value',
);
t.strictSame([...decodeInfoReply(Buffer.alloc(0), SETS_NODE)], []);

for (const value of ['', 'ok', 'errors;test', 'failover', 'ns=error', 'fail2']) {
  t.equal(checkInfoValue('c', value, 'n'), value, `"${value}" is an answer`);
}
const refusals: readonly [string, number | undefined][] = [
  ['ERROR', undefined],
  ['ERROR:4:unrecognized command', 4],
  ['ERROR::no such set', undefined],
  ['FAIL:201:no index', 201],
  ['fail', undefined],
  ['error=not_found', undefined],
];
for (const [value, resultCode] of refusals) {
  const facts = resultCode === undefined ? { node: 'n' } : { node: 'n', resultCode };
  t.throws(() => checkInfoValue('c', value, 'n'), { code: 'SERVER', facts }, `"${value}" is none`);
}

t.strictSame(
  [...parsePairs('a=1;b=x==;c;=d;e=', ';')],
  [
    ['a', '1'],
    ['b', 'x=='],
    ['e', ''],
  ],
);
