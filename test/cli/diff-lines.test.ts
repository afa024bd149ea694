import t from 'tap';
import { DiffLines, MAX_VALUE } from '../../lib/cli/diff-lines.ts';
import type { Difference } from '../../lib/jobs/diff.ts';
import { differenceOf } from '../helpers/differences.ts';
import { indexOf, udfOf } from '../helpers/text-of.ts';

const lines = new DiffLines();

t.test('records on one side are a line', async (t) => {
  const record = { set: 'people', key: 'ada', bins: { a: 1, b: 2 } };
  const [removed, added] = [
    differenceOf(record, undefined),
    differenceOf(undefined, { key: 1, bins: { a: 1 } }),
  ];
  t.match(lines.of(removed), [/^- set people, key "ada", digest [\w+/]{27}=, 2 bins$/]);
  t.match(lines.of(added), [/^\+ key 1, digest [\w+/]{27}=, 1 bin$/]);
});

t.test('what has changed in a record, below it', async (t) => {
  const digest = Buffer.alloc(20);
  const changed = differenceOf(
    { digest, set: 'people', key: 1, generation: 1, voidTime: 0, bins: { a: 1, b: 'x\n', c: 2 } },
    { digest, generation: 2, voidTime: 86_400, bins: { a: 1.5, c: 2, d: true } },
  );
  t.strictSame(lines.of(changed), [
    '~ digest AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    '    set: people → none',
    '    key: 1 → not stored',
    '    generation: 1 → 2',
    '    expires: never → 2010-01-02T00:00:00.000Z',
    '    bin a: 1 → 1.5',
    '  - bin b: "x\\n"',
    '  + bin d: true',
  ]);
});

t.test('what is long is shortened, and what a terminal would obey is escaped', async (t) => {
  const digest = Buffer.alloc(20);
  const [, line] = lines.of(
    differenceOf(
      { digest, bins: { a: 'x'.repeat(MAX_VALUE - 2) } },
      { digest, bins: { a: 'y'.repeat(1000) } },
    ),
  );
  t.equal(
    line,
    `    bin a: "${'x'.repeat(MAX_VALUE - 2)}" → "${'y'.repeat(MAX_VALUE - 1)}… (1,002 characters)`,
  );
  const [odd] = lines.of(differenceOf({ digest, set: 'a\x1b[31m', bins: {} }, undefined));
  t.match(odd, /^- set a\\x1b\[31m, digest/);
});

t.test('indexes and UDF modules', async (t) => {
  const rows: readonly (readonly [
    Omit<Extract<Difference, { what: 'global' }>, 'what'>,
    readonly string[],
  ])[] = [
    [{ kind: 'removed', before: indexOf('i'), after: undefined }, ['- secondary index i']],
    [{ kind: 'added', before: undefined, after: udfOf('m.lua') }, ['+ UDF module m.lua']],
    [
      {
        kind: 'changed',
        before: indexOf('i', { namespace: 'a' }),
        after: indexOf('i', { namespace: 'b', set: '', bin: 'born', context: 'kAA=' }),
      },
      [
        '~ secondary index i',
        '    set: people → none',
        '    bin: age → born',
        '    context: none → kAA=',
      ],
    ],
    [
      { kind: 'changed', before: udfOf('m'), after: udfOf('m', 'return 2\n') },
      ['~ UDF module m', '    content: return 1 → return 2 '],
    ],
  ];
  for (const [global, wanted] of rows)
    t.strictSame(lines.of({ what: 'global', ...global }), wanted);
});
