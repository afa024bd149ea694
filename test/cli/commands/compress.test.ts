import { zstdDecompressSync } from 'node:zlib';
import t from 'tap';
import { FrameWalker } from '../../../lib/zstd/frame-walker.ts';
import { run } from '../../helpers/asb.ts';
import { walkAll } from '../../helpers/frames.ts';

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

t.test('the size of frames, and how many are made at a time', async (t) => {
  // A module of 1.2 MiB each: a frame ends behind the one that fills it.
  const module = (name: string): string => `* u L ${name}.lua 1200000 ${'-- '.repeat(400_000)}\n`;
  const input = `Version 3.1\n# namespace test\n# first-file\n${['a', 'b', 'c', 'd'].map(module).join('')}`;
  const rows: [string, number][] = [
    ['--frame-size 1 --concurrency 1', 4],
    ['--frame-size 1 --concurrency 4', 4],
    ['--frame-size 256', 1],
  ];
  for (const [args, frames] of rows) {
    const { code, stdout, stderr } = await run(['compress', ...args.split(' ')], { input });
    t.equal(code, 0, stderr);
    t.equal(walkAll(new FrameWalker(), [stdout]), frames, args);
    const { stdout: text } = await run(['decompress'], { input: stdout });
    t.equal(text.toString(), input);
  }
});

t.test('what is wrong is said', async (t) => {
  const cases: [string[], string, number][] = [
    [['--level', '23'], TEXT, 2],
    [['--level', 'fast'], TEXT, 2],
    [['--frame-size', '0'], TEXT, 2],
    [['--concurrency', '65'], TEXT, 2],
    [[], '', 1],
    [[], '{"key":1}\n', 1],
    [[], TEXT.slice(0, -2), 1],
  ];
  for (const [args, input, code] of cases) {
    t.match(await run(['compress', ...args], { input }), { code, stderr: /^asb compress: / });
  }
});
