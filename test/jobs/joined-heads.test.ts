import t from 'tap';
import { JoinedHeads } from '../../lib/jobs/joined-heads.ts';
import type { SecondaryIndex, UdfModule } from '../../lib/record/globals.ts';

const index = (name: string, namespace = 'test', bin = 'b'): SecondaryIndex => ({
  kind: 'index',
  namespace,
  set: '',
  name,
  collection: 'default',
  type: 'numeric',
  bin,
});
const udf = (name: string, content = ''): UdfModule => ({
  kind: 'udf',
  name,
  language: 'LUA',
  content: Buffer.from(content),
});

t.test('each global once, that of the last file', async (t) => {
  const notices: string[] = [];
  const heads = new JoinedHeads({ onNotice: (notice) => notices.push(notice) });
  t.equal(heads.namespace, undefined);
  heads.add({ namespace: undefined, globals: [] }, 'none');
  heads.add({ namespace: 'test', globals: [index('a'), udf('a'), udf('b', '1')] }, 'one');
  heads.add({ namespace: 'test', globals: [index('a'), udf('b', '2'), index('c')] }, 'two');
  t.equal(heads.namespace, 'test');
  t.strictSame([...heads.globals], [index('a'), udf('a'), udf('b', '2'), index('c')]);
  t.match(notices, [/^two .*udf "b"/]);
  t.equal(notices.length, 1);
});

t.test('one namespace', async (t) => {
  const head = (namespace: string) => ({ namespace, globals: [] });
  const rows: readonly [string | undefined, readonly Parameters<JoinedHeads['add']>[]][] = [
    ['test', [[head('other'), 'x']]],
    [
      undefined,
      [
        [head('test'), 'y'],
        [head('other'), 'x'],
      ],
    ],
    [undefined, [[{ namespace: 'test', globals: [index('a', 'other')] }, 'x']]],
    [
      undefined,
      [
        [{ namespace: undefined, globals: [index('a', 'test')] }, 'y'],
        [head('other'), 'x'],
      ],
    ],
  ];
  for (const [source, files] of rows) {
    const add = () => {
      const heads = new JoinedHeads(source === undefined ? {} : { source });
      for (const [one, file] of files) heads.add(one, file);
    };
    const facts = { file: 'x', namespace: 'other', expected: 'test' };
    t.throws(add, { code: 'FORMAT', facts });
  }
});

t.test('without anybody to tell', async (t) => {
  const heads = new JoinedHeads({ source: 'test' });
  for (const content of ['1', '2'])
    heads.add({ namespace: 'test', globals: [udf('a', content)] }, 'x');
  t.strictSame([...heads.globals], [udf('a', '2')]);
});
