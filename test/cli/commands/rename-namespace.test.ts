import t from 'tap';
import { run } from '../../helpers/asb.ts';
import { TEXT } from '../../helpers/asb-text.ts';

t.test('records and indexes get another namespace, and it back', async (t) => {
  const renamed = await run(['rename-namespace', '-n', 'test,copy'], { input: TEXT });
  t.match(renamed, { code: 0, stderr: '' });
  const text = renamed.stdout.toString('latin1');
  t.notMatch(text, / test[ \n]/);
  t.equal(text.split('+ n copy\n').length, TEXT.toString('latin1').split('+ n test\n').length);
  const back = await run(['rename-namespace', '-n', 'copy,test'], { input: renamed.stdout });
  const same = await run(['rename-namespace', '-n', 'test,test'], { input: TEXT });
  t.same(back.stdout, same.stdout);
});

t.test('the namespace is checked', async (t) => {
  const rows: readonly [string[], string | Buffer, number, RegExp][] = [
    [['-n', 'other,copy'], TEXT, 1, /namespace "test", and not of "other"/],
    [['-n', 'test,copy'], 'Version 3.1\n', 1, /namespace "none"/],
    [['-n', 'copy'], TEXT, 2, /two namespaces/],
    [[], TEXT, 2, /--namespace is needed/],
  ];
  for (const [args, input, code, stderr] of rows) {
    t.match(await run(['rename-namespace', ...args], { input }), { code, stderr }, args.join(' '));
  }
});

t.test('records of NDJSON have the namespace that is said', async (t) => {
  const input = '{"set":"a","key":1,"generation":1,"voidTime":0,"bins":{"n":1}}\n';
  const renamed = await run(['rename-namespace', '-n', 'test,copy'], { input });
  t.match(renamed, { code: 0, stderr: '' });
  t.match(
    renamed.stdout.toString(),
    /^Version 3\.1\n# namespace copy\n# first-file\n\+ k I 1\n\+ n copy/,
  );
});
