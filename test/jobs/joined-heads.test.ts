import t from 'tap';
import { MAX_HEAD_GLOBALS } from '../../lib/jobs/backup-head.ts';
import { JoinedHeads } from '../../lib/jobs/joined-heads.ts';
import { indexOf, udfOf } from '../helpers/text-of.ts';

t.test('each global once, that of the last file', async (t) => {
  const notices: string[] = [];
  const heads = new JoinedHeads({ onNotice: (notice) => notices.push(notice) });
  t.equal(heads.namespace, undefined);
  heads.add({ namespace: undefined, globals: [] }, 'none');
  heads.add({ namespace: 'test', globals: [indexOf('a'), udfOf('a'), udfOf('b', '1')] }, 'one');
  heads.add({ namespace: 'test', globals: [indexOf('a'), udfOf('b', '2'), indexOf('c')] }, 'two');
  t.equal(heads.namespace, 'test');
  t.strictSame([...heads.globals], [indexOf('a'), udfOf('a'), udfOf('b', '2'), indexOf('c')]);
  t.match(notices, [/^two .*UDF module "b"/]);
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
    [undefined, [[{ namespace: 'test', globals: [indexOf('a', { namespace: 'other' })] }, 'x']]],
    [
      undefined,
      [
        [{ namespace: undefined, globals: [indexOf('a')] }, 'y'],
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
    heads.add({ namespace: 'test', globals: [udfOf('a', content)] }, 'x');
  t.strictSame([...heads.globals], [udfOf('a', '2')]);
});

t.test('there is an end to the globals of all files together', async (t) => {
  const heads = new JoinedHeads({});
  const globals = Array.from({ length: MAX_HEAD_GLOBALS }, (_, number) => udfOf(`${number}`));
  heads.add({ namespace: 'test', globals }, 'one');
  heads.add({ namespace: 'test', globals: [udfOf('0')] }, 'again');
  const add = () => heads.add({ namespace: 'test', globals: [udfOf('one more')] }, 'two');
  t.throws(add, { code: 'LIMIT' });
});
