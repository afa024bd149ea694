import t from 'tap';
import { MAX_HEAD_GLOBALS } from '../../lib/jobs/backup-head.ts';
import { globalKey, isSameGlobal, MergedGlobals } from '../../lib/jobs/merged-globals.ts';
import { indexOf, udfOf } from '../helpers/text-of.ts';

t.test('of one name the last one counts', async (t) => {
  const globals = new MergedGlobals();
  const rows = [
    indexOf('by-age'),
    udfOf('by-age'),
    indexOf('by-name'),
    indexOf('by-age', { bin: 'born' }),
    udfOf('by-age'),
    indexOf('by-name', { namespace: 'other' }),
  ];
  for (const global of rows) globals.add(global);
  t.strictSame(
    Array.from(globals.entries(), ([, global]) => global),
    [rows[3], rows[4], rows[5]],
  );
  t.equal(globals.get(globalKey(rows[0]!)), rows[3]);
  t.equal(globals.get('none'), undefined);
});

t.test('what is the same', async (t) => {
  t.ok(isSameGlobal(indexOf('a'), indexOf('a', { namespace: 'other' })));
  t.notOk(isSameGlobal(indexOf('a'), indexOf('a', { context: 'kAA=' })));
  t.ok(isSameGlobal(udfOf('a'), { ...udfOf('a'), content: Uint8Array.from(udfOf('a').content) }));
  t.notOk(isSameGlobal(udfOf('a'), udfOf('a', 'return 2')));
  t.notOk(isSameGlobal(udfOf('a'), indexOf('a')));
});

t.test('there is an end to their number', async (t) => {
  const globals = new MergedGlobals();
  for (let index = 0; index < MAX_HEAD_GLOBALS; index++) globals.add(udfOf(`${index}`));
  globals.add(udfOf('0'));
  t.throws(() => globals.add(udfOf('one more')), { code: 'LIMIT' });
});
