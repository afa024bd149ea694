import { readdirSync } from 'node:fs';
import t from 'tap';
import { run } from '../../helpers/asb.ts';
import { HEADER, manyRecords, TEXT } from '../../helpers/asb-text.ts';

t.test('by set, and into parts', async (t) => {
  const cwd = t.testdir({
    'test.asb': TEXT,
    'many.asb': Buffer.concat([HEADER, ...manyRecords(9)]),
  });
  const sets = await run(['split', 'test.asb', '--by-set', '-d', 'sets', '-z', 'zstd'], { cwd });
  t.match(sets, {
    code: 0,
    stderr: /^wrote \d+ records?, .*, to sets\/%none\n.*to sets\/people\n/s,
  });
  const parts = await run(['split', '--parts', '2', '-d', 'parts', 'many.asb'], { cwd });
  t.match(parts, { code: 0, stderr: /to parts\/part-1-of-2\nwrote .* to parts\/part-2-of-2\n$/ });
  const places = readdirSync(`${cwd}/sets`).map((name) => `sets/${name}`);
  const verified = await run(['verify', ...places, 'parts/part-1-of-2', 'parts/part-2-of-2'], {
    cwd,
  });
  t.match(verified, { code: 0, stderr: '' });
});

t.test('what has no meaning', async (t) => {
  const cwd = t.testdir({ 'test.asb': TEXT, 'none.asb': 'Version 3.1\n' });
  const rows: readonly [string, RegExp][] = [
    ['test.asb -d out', /--by-set or --parts is needed/],
    ['test.asb -d out --by-set --parts 2', /exclude each other/],
    ['test.asb --by-set', /--directory is needed/],
    ['test.asb --parts 0 -d out', /1 to 256 parts/],
    ['none.asb --parts 2 -d out', /which namespace/],
  ];
  for (const [line, stderr] of rows) {
    t.match(await run(['split', ...line.split(' ')], { cwd }), { code: 2, stderr }, line);
  }
});
