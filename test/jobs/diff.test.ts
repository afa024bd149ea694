import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import t from 'tap';
import { openInput } from '../../lib/jobs/backup-input.ts';
import { type Difference, type DiffOptions, diffBackups } from '../../lib/jobs/diff.ts';
import type { PlainRecord } from '../../lib/record/builder.ts';
import type { Global } from '../../lib/record/globals.ts';
import { indexOf, textOf, udfOf } from '../helpers/text-of.ts';

const open = (text: Buffer) => openInput({ input: Readable.from([text]) });

interface Side {
  readonly records?: readonly PlainRecord[];
  readonly globals?: readonly Global[];
  readonly namespace?: string;
}

const wordOf = ({ what, kind, before, after }: Difference): string => {
  if (what === 'record') return `${kind} ${(after ?? before)?.key}`;
  return `${kind} ${(after ?? before)?.kind} ${(after ?? before)?.name}`;
};

/** What differs, in words. */
const diff = async (one: Side, other: Side, options: Partial<DiffOptions> = {}) => {
  const words: string[] = [];
  const [before, after] = await Promise.all(
    [one, other].map(({ records = [], globals = [], namespace }) =>
      open(textOf(records, globals, namespace)),
    ),
  );
  const job = diffBackups({
    before: before!,
    after: after!,
    onDifference: (difference) => void words.push(wordOf(difference)),
    ...options,
  });
  return { job, report: await job.done, words };
};

const rec = (key: number, a: number, generation = 1): PlainRecord => ({
  set: 'people',
  key,
  generation,
  bins: { a, b: 'same' },
});

t.test('records on one side, and changed ones', async (t) => {
  const { report, words, job } = await diff(
    { records: [rec(1, 1), rec(2, 1), rec(3, 1), rec(4, 1), rec(4, 2)] },
    { records: [rec(5, 1), rec(4, 2), rec(3, 2), rec(1, 1, 2), rec(1, 1)] },
  );
  t.strictSame(words.sort(), ['added 5', 'changed 3', 'removed 2']);
  t.match(report, {
    isSame: false,
    records: { same: 2, removed: 1, added: 1, changed: 1 },
    globals: { same: 0, removed: 0, added: 0, changed: 0 },
    namespaces: { before: 'test', after: 'test' },
  });
  t.match(job.progress, { records: 10, share: undefined });
  t.ok(job.progress.bytes > 500);
});

t.test('how a record differs', async (t) => {
  const seen: unknown[] = [];
  const onDifference = (difference: Difference): void => {
    if (difference.what !== 'record') return;
    const { fields, bins, before, after } = difference;
    seen.push({
      fields,
      bins: bins.map(({ name }) => name.toString()),
      sides: [before?.generation, after?.generation],
    });
  };
  const options = { onDifference };
  await diff({ records: [rec(1, 1, 1)] }, { records: [rec(1, 2, 2)] }, options);
  await diff({ records: [rec(1, 1, 1)] }, {}, options);
  await diff({}, { records: [rec(1, 1, 2)] }, options);
  t.strictSame(seen, [
    { fields: ['generation'], bins: ['a'], sides: [1, 2] },
    { fields: [], bins: ['a', 'b'], sides: [1, undefined] },
    { fields: [], bins: ['a', 'b'], sides: [undefined, 2] },
  ]);
});

t.test('what is not to be looked at is the same', async (t) => {
  const [one, other] = [{ records: [rec(1, 1)] }, { records: [rec(1, 2, 2)] }];
  const rows: readonly (readonly [Partial<DiffOptions>, boolean])[] = [
    [{}, false],
    [{ bins: ['b'] }, false],
    [{ bins: ['b'], ignoreGeneration: true }, true],
    [{ bins: [], ignoreGeneration: true }, true],
  ];
  for (const [options, isSame] of rows) {
    const { report } = await diff(one, other, options);
    t.match(report, { isSame, records: { same: isSame ? 1 : 0, changed: isSame ? 0 : 1 } });
  }
});

t.test('bins to look at that no record has are named', async (t) => {
  const rows: readonly (readonly [readonly string[] | undefined, readonly string[]])[] = [
    [undefined, []],
    [['b'], []],
    [['c'], ['c']],
    [
      ['a', 'x', 'b', 'y'],
      ['x', 'y'],
    ],
  ];
  const same = { records: [rec(1, 1), rec(2, 1)] };
  for (const [bins, missingBins] of rows) {
    const options: Partial<DiffOptions> = bins === undefined ? {} : { bins };
    t.match((await diff(same, same, options)).report, { isSame: true, missingBins });
  }
  const one = { records: [{ key: 1, bins: { one: 1 } }] };
  const two = { records: [{ key: 2, bins: { two: 1 } }] };
  for (const [before, after] of [
    [one, two],
    [two, one],
  ] as const) {
    const { report } = await diff(before, after, { bins: ['one', 'two', 'three'] });
    t.match(report, { isSame: false, missingBins: ['three'] });
  }
});

t.test('indexes and UDF modules', async (t) => {
  const { report, words } = await diff(
    { globals: [indexOf('same'), indexOf('gone'), indexOf('other'), udfOf('module')] },
    {
      globals: [
        udfOf('new'),
        indexOf('other', { namespace: 'copy', bin: 'born' }),
        indexOf('same', { namespace: 'copy' }),
        udfOf('module', 'return 2'),
      ],
      namespace: 'copy',
    },
  );
  t.strictSame(words, [
    'removed index gone',
    'changed index other',
    'changed udf module',
    'added udf new',
  ]);
  t.match(report, {
    isSame: false,
    globals: { same: 1, removed: 1, added: 1, changed: 2 },
    namespaces: { before: 'test', after: 'copy' },
  });
});

t.test('namespaces by other names do not differ', async (t) => {
  const records = [rec(1, 1), rec(2, 2)];
  const { report } = await diff({ records }, { records, namespace: 'copy' });
  t.match(report, { isSame: true, records: { same: 2 } });
  const empty = await diff({}, {});
  t.match(empty.report, { isSame: true });
  const [before, after] = [await open(textOf(records)), await open(textOf([]))];
  const { isSame } = await diffBackups({ before, after }).done;
  t.notOk(isSame, 'nobody wants to know each');
});

t.test('any two backups, with little memory', async (t) => {
  const tempDirectory = t.testdir();
  const side = fc.dictionary(fc.constantFrom(...'abcdefghijklmnopqrst'), fc.nat(2));
  await fc.assert(
    fc.asyncProperty(side, side, async (one, other) => {
      const recordsOf = (values: Readonly<Record<string, number>>): PlainRecord[] =>
        Object.entries(values).map(([key, a]) => ({ key, bins: { a, blob: Buffer.alloc(50) } }));
      const { report } = await diff(
        { records: recordsOf(one) },
        { records: recordsOf(other) },
        { memory: 1024, tempDirectory },
      );
      const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
      const count = (isOne: (key: string) => boolean): number => keys.filter(isOne).length;
      const both = (key: string): boolean => key in one && key in other;
      const wanted = {
        same: count((key) => both(key) && one[key] === other[key]),
        removed: count((key) => !(key in other)),
        added: count((key) => !(key in one)),
        changed: count((key) => both(key) && one[key] !== other[key]),
      };
      return JSON.stringify(report.records) === JSON.stringify(wanted);
    }),
    { numRuns: 40 },
  );
  t.strictSame(readdirSync(tempDirectory), []);
});

t.test('a backup that is cut, a place that fails, a callback that throws', async (t) => {
  const tempDirectory = t.testdir();
  const records = Array.from({ length: 100 }, (_, key) => rec(key, 1));
  const text = textOf(records);
  const options = { memory: 1024, tempDirectory };
  const cut = { before: await open(text), after: await open(text.subarray(0, -3)), ...options };
  await t.rejects(diffBackups(cut).done, { code: 'TRUNCATED' });
  const none = join(tempDirectory, 'none');
  await t.rejects(diff({ records }, {}, { ...options, tempDirectory: none }), { code: 'STORAGE' });
  const onDifference = (): never => {
    throw new RangeError('mine');
  };
  await t.rejects(diff({ records }, {}, { ...options, onDifference }), RangeError);
  await t.rejects(diff({}, {}, { memory: 1 }), { code: 'RANGE' });
  t.strictSame(readdirSync(tempDirectory), []);
});

t.test('it can be stopped', async (t) => {
  const root = t.testdir({ temp: {}, 'a.asb': textOf([rec(1, 1), rec(2, 2)]) });
  const tempDirectory = join(root, 'temp');
  const input = () => openInput({ paths: [join(root, 'a.asb')] });
  const early = diffBackups({ before: await input(), after: await input(), tempDirectory });
  t.match(early.progress, { records: 0, share: 0 });
  early.abort();
  await t.rejects(early.done, { code: 'ABORTED' });

  const records = Array.from({ length: 8 }, (_, key) => ({
    key,
    bins: { blob: Buffer.alloc(300_000) },
  }));
  const options = { before: await open(textOf(records)), after: await input(), tempDirectory };
  const late = diffBackups({ ...options, onDifference: () => late.abort() });
  await t.rejects(late.done, { code: 'ABORTED' });
});
