import t from 'tap';
import { binsOf, changesOf, type DiffRules } from '../../lib/jobs/diff-record.ts';
import { BatchBuilder, encodeParticle, type PlainRecord } from '../../lib/record/builder.ts';
import type { AsbRecord } from '../../lib/record/record.ts';
import { Double } from '../../lib/record/values.ts';

const DIGEST = Buffer.alloc(20, 3);
const recordOf = (record: Partial<PlainRecord>): AsbRecord =>
  new BatchBuilder('test')
    .add({ digest: DIGEST, bins: {}, ...record })
    .build()
    .at(0)!;

const BASE: Partial<PlainRecord> = {
  set: 'people',
  key: 1,
  generation: 3,
  voidTime: 100,
  bins: { a: 1, b: 'x' },
};

/** What changed, in words. */
const wordsOf = (changes: Partial<PlainRecord>, rules?: DiffRules): string[] => {
  const { fields, bins } = changesOf(recordOf(BASE), recordOf({ ...BASE, ...changes }), rules);
  return [
    ...fields,
    ...bins.map(({ name, before, after }) => `${name}: ${before?.value} ${after?.value}`),
  ];
};

t.test('each part that can differ', async (t) => {
  const rows: readonly (readonly [Partial<PlainRecord>, readonly string[]])[] = [
    [{}, []],
    [{ set: 'other' }, ['set']],
    [{ set: '' }, ['set']],
    [{ key: 2 }, ['key']],
    [{ key: new Double(1) }, ['key']],
    [{ key: undefined }, ['key']],
    [{ generation: 4 }, ['generation']],
    [{ voidTime: 101 }, ['voidTime']],
    [{ bins: { a: 2, b: 'x' } }, ['a: 1 2']],
    [{ bins: { b: 'x', a: 1 } }, []],
    [{ bins: { b: 'x' } }, ['a: 1 undefined']],
    [{ bins: { c: 9, a: 1, b: 'x' } }, ['c: undefined 9']],
    [{ bins: {}, generation: 1 }, ['generation', 'a: 1 undefined', 'b: x undefined']],
  ];
  for (const [changes, words] of rows) t.strictSame(wordsOf(changes), words);
  const keyless = recordOf({ ...BASE, key: undefined });
  t.strictSame(changesOf(keyless, keyless), { fields: [], bins: [] });
});

t.test('what is not to be looked at', async (t) => {
  const rows: readonly (readonly [Partial<PlainRecord>, DiffRules, readonly string[]])[] = [
    [{ generation: 4 }, { ignoreGeneration: true }, []],
    [{ voidTime: 105 }, { voidTimeTolerance: 5 }, []],
    [{ voidTime: 95 }, { voidTimeTolerance: 5 }, []],
    [{ voidTime: 106 }, { voidTimeTolerance: 5 }, ['voidTime']],
    [{ voidTime: 0 }, { voidTimeTolerance: 1000 }, ['voidTime']],
    [{ voidTime: 0 }, { voidTimeTolerance: Number.POSITIVE_INFINITY }, []],
    [{ bins: { a: 2, b: 'y' } }, { bins: new Set(['b']) }, ['b: x y']],
    [{ bins: {} }, { bins: new Set(['c']) }, []],
  ];
  for (const [changes, rules, words] of rows) t.strictSame(wordsOf(changes, rules), words);
  const never = recordOf({ ...BASE, voidTime: 0 });
  t.strictSame(changesOf(never, never).fields, []);
});

t.test('names are compared as bytes, and of a name twice the last one counts', async (t) => {
  const bin = (name: Buffer, value: number) => ({ name, particle: encodeParticle(value) });
  const recordWith = (...bins: readonly ReturnType<typeof bin>[]): AsbRecord => {
    const head = { set: Buffer.alloc(0), key: undefined, generation: 1, voidTime: 0 };
    return new BatchBuilder('test')
      .addParticles({ ...head, digest: DIGEST, bins })
      .build()
      .at(0)!;
  };
  const [one, other] = [Buffer.of(0xff), Buffer.of(0xfe)];
  const changes = changesOf(
    recordWith(bin(one, 1), bin(one, 2)),
    recordWith(bin(other, 3), bin(one, 2)),
  );
  t.match(changes.bins, [{ name: other, before: undefined, after: { value: 3 } }]);
});

t.test('the bins of one side', async (t) => {
  const record = recordOf(BASE);
  t.match(binsOf(record, undefined), [
    { name: Buffer.from('a'), before: { value: 1 }, after: undefined },
    { name: Buffer.from('b'), before: { value: 'x' }, after: undefined },
  ]);
  t.match(binsOf(undefined, record, { bins: new Set(['b']) }), [
    { name: Buffer.from('b'), before: undefined, after: { value: 'x' } },
  ]);
});
