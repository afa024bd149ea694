import { zstdDecompressSync } from 'node:zlib';
import t from 'tap';
import { run } from '../../helpers/asb.ts';

const TEXT = `Version 3.1\n# namespace test\n# first-file\n* u L a.lua 90000 ${'-- '.repeat(30_000)}\n`;

t.test('text comes in, frames go out', async (t) => {
  const sizes: number[] = [];
  for (const args of [[], ['--level', '19'], ['-l', '-5']]) {
    const { code, stdout, stderr } = await run(['compress', ...args], { input: TEXT });
    t.equal(code, 0, stderr);
    t.equal(zstdDecompressSync(stdout).toString(), TEXT);
    sizes.push(stdout.length);
  }
  t.ok(sizes[2]! > sizes[0]!, 'the level counts');
});

t.test('what is wrong is said', async (t) => {
  const cases: [string[], string, number][] = [
    [['--level', '23'], TEXT, 2],
    [['--level', 'fast'], TEXT, 2],
    [[], '', 1],
    [[], '{"key":1}\n', 1],
    [[], TEXT.slice(0, -2), 1],
  ];
  for (const [args, input, code] of cases) {
    t.match(await run(['compress', ...args], { input }), { code, stderr: /^asb compress: / });
  }
});
