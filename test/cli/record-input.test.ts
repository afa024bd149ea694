import { join } from 'node:path';
import { Readable } from 'node:stream';
import t from 'tap';
import { Given } from '../../lib/cli/given.ts';
import { recordInputOf, recordInputsOf } from '../../lib/cli/record-input.ts';
import { HEADER, manyRecords } from '../helpers/asb-text.ts';

const TEXT = Buffer.concat([HEADER, ...manyRecords(10)]);

const shell = {
  signal: new AbortController().signal,
  verbose: false,
  columns: undefined,
  input: () => Readable.from([TEXT]),
  output: () => {
    throw new Error('nothing is written');
  },
  say: () => {},
  draw: () => {},
  answer: () => {},
};

const givenOf = (paths: readonly string[]): Given => new Given(new Map(), paths);

t.test('one backup: paths, or standard input', async (t) => {
  const directory = t.testdir({ 'a.asb': TEXT, 'b.asb': TEXT });
  const [a, b] = [join(directory, 'a.asb'), join(directory, 'b.asb')];
  const rows: readonly (readonly [string[], number, boolean])[] = [
    [[], 1, false],
    [['-'], 1, false],
    [[a], 1, true],
    [[a, b], 2, true],
    [[directory], 2, true],
  ];
  for (const [paths, files, rereadable] of rows) {
    const { input } = await recordInputOf(givenOf(paths), shell);
    t.match(input, { files: { length: files }, rereadable }, paths.join(' '));
  }
  const elsewhere = await recordInputOf(givenOf(['-']), shell, { paths: [b] });
  t.equal(elsewhere.input.files[0]?.location, b);
  await t.rejects(recordInputOf(givenOf(['-', a]), shell), { code: 'USAGE' });
  await t.rejects(recordInputOf(givenOf(['-', '-']), shell), { code: 'USAGE' });
});

t.test('several backups, each by itself', async (t) => {
  const directory = t.testdir({ 'a.asb': TEXT });
  const a = join(directory, 'a.asb');
  const { inputs } = await recordInputsOf(givenOf([a, '-', a]), shell);
  t.same(
    inputs.map(({ rereadable }) => rereadable),
    [true, false, true],
  );
  await t.rejects(recordInputsOf(givenOf(['-', a, '-']), shell), { code: 'USAGE' });
});
