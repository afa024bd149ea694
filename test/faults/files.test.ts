/** What happens to a place while a command writes files there: an error, and nothing that looks whole. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { outcomeOf } from '../helpers/asb.ts';
import { largeText, ONE_LINE, withEach } from './filters.ts';
import { filesIn, namesIn, partIn, startPlain, startStopping } from './processes.ts';

const text = largeText();
const { nodes, stop } = await startStopping(t);

/** Commands that write files to a place; `start` resolves in the middle. */
const COMMANDS = [
  {
    name: 'rotate',
    async start(place: string, limit: number | string) {
      const child = startPlain(['rotate', '-d', place], { limit });
      child.stdin.write(text.subarray(0, text.length >> 1));
      const part = await partIn(place);
      return { child, part, goOn: () => void child.stdin.end(text.subarray(text.length >> 1)) };
    },
  },
  {
    name: 'backup to a directory',
    async start(place: string, limit: number | string) {
      const { release } = stop();
      const child = startPlain(['backup', ...nodes, '-d', place], { limit });
      return { child, part: await partIn(place), goOn: release };
    },
  },
  {
    name: 'backup to a file',
    async start(place: string, limit: number | string) {
      const { release } = stop();
      const child = startPlain(['backup', ...nodes, '-o', join(place, 'all.asb')], { limit });
      return { child, part: await partIn(place), goOn: release };
    },
  },
] as const;

/** What somebody does, and whether something that is not ours is left under a hidden name. */
const MEDDLING: readonly [string, (place: string, part: string) => void, readonly string[]][] = [
  ['the place is removed', (place) => rmSync(place, { recursive: true }), []],
  [
    'a file takes its place',
    (place) => {
      rmSync(place, { recursive: true });
      writeFileSync(place, 'text');
    },
    [],
  ],
  [
    'another directory takes its place',
    (place) => {
      renameSync(place, `${place}.elsewhere`);
      mkdirSync(place);
    },
    [],
  ],
  ['the part is removed', (place, part) => rmSync(join(place, part)), []],
  [
    'the part is replaced',
    (place, part) => {
      rmSync(join(place, part));
      writeFileSync(join(place, part), 'Version 3.1\n# namespace test\n# first-file\n');
    },
    ['part'],
  ],
];

for (const [index, [what, meddle, left]] of MEDDLING.entries()) {
  t.test(`${what} in the middle`, async (t) => {
    const above = t.testdir();
    // Of the two that stop a scan, one at a time.
    await withEach([COMMANDS[0], COMMANDS[1 + (index % 2)]!], async (command) => {
      const place = join(above, command.name.replaceAll(' ', '-'));
      mkdirSync(place);
      const { child, part, goOn } = await command.start(place, 'unlimited');
      const outcome = outcomeOf(child);
      meddle(place, part);
      goOn();
      const { code, stderr } = await outcome;
      t.equal(code, 1, command.name);
      t.match(stderr, ONE_LINE, command.name);
      t.ok(stderr.includes(place), `${command.name}: ${stderr}`);
      t.same(filesIn(place), [], command.name);
      const hidden = namesIn(place).filter((name) => name.endsWith('.asb.part'));
      t.same(hidden, left.length === 0 ? [] : [part], command.name);
    });
  });
}

t.test('the disk gets full in the middle', async (t) => {
  // 2 MB: more than they write until they are met in the middle, and less than all.
  const limit = 4000;
  const above = t.testdir();
  await withEach(COMMANDS.slice(0, 2), async (command) => {
    const place = join(above, command.name.replaceAll(' ', '-'));
    mkdirSync(place);
    const { child, goOn } = await command.start(place, limit);
    const outcome = outcomeOf(child);
    goOn();
    const { code, stderr } = await outcome;
    t.equal(code, 1, command.name);
    t.match(stderr, ONE_LINE, command.name);
    t.match(stderr, /EFBIG/, command.name);
    t.same(filesIn(place), [], command.name);
    t.same(
      namesIn(place).filter((name) => name.endsWith('.asb.part')),
      [],
      command.name,
    );
  });
});
