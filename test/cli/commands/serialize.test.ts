import t from 'tap';
import { run } from '../../helpers/asb.ts';

const LINE =
  '{"set":"users","key":"ada","generation":2,"bins":{"born":1815,"note":{"$blob":"AAE="}}}\n';

t.test('NDJSON comes in, .asb text goes out', async (t) => {
  const cases: [string[], string][] = [
    [[], '- B note 4 AAE='],
    [['-C'], '- B! note 2 \u0000\u0001'],
  ];
  for (const [args, blob] of cases) {
    const { code, stdout, stderr } = await run(['serialize', '-n', 'shop', ...args], {
      input: LINE,
    });
    t.equal(code, 0, stderr);
    const lines = stdout.toString('latin1').split('\n');
    const digest = lines.find((line) => line.startsWith('+ d '));
    t.match(digest, /^\+ d [A-Za-z0-9+/]{27}=$/);
    t.same(
      lines.filter((line) => line !== digest),
      [
        'Version 3.1',
        '# namespace shop',
        '# first-file',
        '+ k S 3 ada',
        '+ n shop',
        '+ s users',
        '+ g 2',
        '+ t 0',
        '+ b 2',
        '- I born 1815',
        blob,
        '',
      ],
    );
  }
});

t.test('nothing at all is a backup without records', async (t) => {
  const { code, stdout } = await run(['serialize', '-nshop']);
  t.equal(code, 0);
  t.match(stdout.toString(), /^Version 3\.1\n# namespace shop\n/);
});

t.test('what is wrong is said', async (t) => {
  const cases: [string[], string, number, RegExp][] = [
    [[], LINE, 2, /--namespace/],
    [['-n', 'shop'], `${LINE}{"key":1}\n`, 1, /line 2/],
    [['-n', 'n'.repeat(32)], LINE, 1, /nnn/],
  ];
  for (const [args, input, code, words] of cases) {
    t.match(await run(['serialize', ...args], { input }), { code, stderr: words }, `${words}`);
  }
});
