import { readFileSync } from 'node:fs';
import t from 'tap';
import { AsbError } from '../../lib/errors.ts';
import { BatchBuilder, type PlainRecord } from '../../lib/record/builder.ts';
import { EPOCH_SECONDS } from '../../lib/record/layout.ts';
import { compileWhere, MAX_EXPRESSION_LENGTH, type WhereOptions } from '../../lib/select/where.ts';

const RECORDS: readonly PlainRecord[] = [
  { set: 'users', key: 1, bins: { age: 31, 'a b': 'x', tags: ['x', 'y'] } },
  { set: 'users', key: 2, voidTime: 1000, bins: { age: 30, place: new Map([['city', 'London']]) } },
  { key: 'three', generation: 7, bins: { big: 2n ** 60n } },
];

const builder = new BatchBuilder('test');
for (const record of RECORDS) builder.add(record);
const batch = builder.build();

/** Answers for each of the records. */
const ask = (expression: string, options?: WhereOptions) => {
  const { test, info } = compileWhere(expression, options);
  return { answers: Array.from(batch, test), info };
};

t.test('expressions', async (t) => {
  const now = new Date((EPOCH_SECONDS + 900) * 1000);
  const cases: readonly (readonly [string, readonly boolean[]])[] = [
    ['record.bins.age > 30', [true, false, false]],
    ['record.bins.age', [true, true, false]],
    ["record.bins['a b'] === 'x'", [true, false, false]],
    ["record.bins.tags?.includes('y')", [true, false, false]],
    ["record.bins.place?.city === 'London' // comment", [false, true, false]],
    ['record.ttl <= 100', [false, true, false]],
    ['record.expiresAt > new Date(0)', [false, true, false]],
    ['record.bins.big > 2 ** 59', [false, false, true]],
    ['record.bins.big === 2n ** 60n', [false, false, true]],
    ['record.bins.age !== 30', [true, false, true]],
    ["record.bins.tags?.toSorted().join() === 'x,y'", [true, false, false]],
    ["record.set === '' &&\n  record.generation === 7", [false, false, true]],
    ["typeof record.key === 'string'", [false, false, true]],
    ['true', [true, true, true]],
  ];
  for (const [expression, expected] of cases) {
    t.same(ask(expression, { now }).answers, expected, expression);
  }
});

t.test('those that docs/filter.md shows', async (t) => {
  const text = readFileSync(new URL('../../docs/filter.md', import.meta.url), 'utf8');
  const shown = Array.from(
    text.matchAll(/--where '([^']+)'/g),
    ([, expression = '']) => expression,
  );
  t.ok(shown.length >= 4);
  for (const expression of shown) t.doesNotThrow(() => ask(expression, { errors: 'skip' }));
});

t.test('what is no expression, with its place', async (t) => {
  const cases: readonly (readonly [string, object])[] = [
    ['a b', { line: 1, column: 3 }],
    ['record.x\n + }', { line: 2, column: 4 }],
    ['x = 5; y', { line: 1, column: 6 }],
    ['with (a) b', { line: 1, column: 1 }],
    ['record.bins.age >', { line: undefined }],
    ['', { line: undefined }],
  ];
  for (const [expression, facts] of cases) {
    t.throws(() => compileWhere(expression), { code: 'USAGE', facts }, expression);
  }
  const long = ' '.repeat(MAX_EXPRESSION_LENGTH + 1);
  t.throws(() => compileWhere(long), { code: 'LIMIT' });
});

t.test('values that say nothing of a record', async (t) => {
  for (const expression of [
    '(record) => record.bins.age > 30',
    'Promise.resolve(false)',
    'import("node:fs")',
  ]) {
    t.throws(() => ask(expression), { code: 'USAGE' }, expression);
  }
});

t.test('an exception is an error, with the digest of the record', async (t) => {
  const second = batch.at(1)!.digest.toString('hex');
  for (const expression of [
    'record.bins.tags.length > 0',
    'record.key === 2 ? record.bins.nothing.x : true',
    '(() => { if (record.key === 2) throw "words" })()',
    '(record.key === 2 && (record.bins.age = 30)) || true',
    '(record.key === 2 && (record.bins.place.city = "Rome")) || true',
  ]) {
    const error = t.throws(() => ask(expression), { code: 'FORMAT' }, expression);
    if (error instanceof AsbError) t.match(error.message, second);
  }
});

t.test('or the record is left out, and counted', async (t) => {
  const { answers, info } = ask('record.bins.tags.length > 0', { errors: 'skip' });
  t.same(answers, [true, 'skip', 'skip']);
  t.match(info, { skipped: 2, firstError: { code: 'FORMAT', facts: { cause: TypeError } } });
});
