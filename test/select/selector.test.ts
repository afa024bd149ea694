import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import t from 'tap';
import { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder, encodeParticle } from '../../lib/record/builder.ts';
import type { SecondaryIndex } from '../../lib/record/globals.ts';
import { EPOCH_SECONDS } from '../../lib/record/layout.ts';
import type { AsbRecord } from '../../lib/record/record.ts';
import { type SelectionOptions, Selector } from '../../lib/select/selector.ts';

const batch = new BatchBuilder('test')
  .add({ set: 'users', key: 1, bins: { age: 1 } })
  .add({ set: 'users', key: 2, voidTime: 100, generation: 2, bins: {} })
  .add({ set: 'games', key: 2, voidTime: 200, bins: { age: 1 } })
  .add({ key: 4, generation: 3, bins: { name: 'x' } })
  .build();
const [first] = [...batch];

const keysOf = (options: SelectionOptions): unknown[] =>
  Array.from(new Selector(options).select(batch), ({ key, set }) => `${set}${key}`);

const ALL = ['users1', 'users2', 'games2', '4'];
const moment = (voidTime: number): Date => new Date((EPOCH_SECONDS + voidTime) * 1000);

t.test('each condition, and all others by inverting it', async (t) => {
  const cases: readonly (readonly [SelectionOptions, readonly string[]])[] = [
    [{}, ALL],
    [{ sets: ['users'] }, ['users1', 'users2']],
    [{ sets: [Buffer.from('games'), ''] }, ['games2', '4']],
    [{ keys: [encodeParticle(2)] }, ['users2', 'games2']],
    [{ digests: [first!.digest] }, ['users1']],
    [{ partitions: [first!.partition] }, ['users1']],
    [{ hasBins: ['age'] }, ['users1', 'games2']],
    [{ expiresBefore: moment(200) }, ['users2']],
    [{ expiresAfter: moment(200) }, ['users1', 'games2', '4']],
    [{ neverExpires: true }, ['users1', '4']],
    [{ generations: { lowest: 2, highest: 3 } }, ['users2', '4']],
    [{ where: ({ generation }) => generation > 2 }, ['4']],
    [{ sets: ['users'], neverExpires: true, hasBins: ['age'] }, ['users1']],
    [{ sets: ['users'], where: ({ key }) => key === 2 }, ['users2']],
    [{ sets: [] }, []],
  ];
  for (const [options, expected] of cases) {
    t.same(keysOf(options), expected);
    const others = ALL.filter((key) => !expected.includes(key));
    t.same(keysOf({ ...options, invert: true }), others);
    t.same(keysOf({ ...options, invert: false }), expected);
  }
});

t.test('the predicate is asked last, and may say that a record is left out', async (t) => {
  const asked: unknown[] = [];
  const where = ({ key }: AsbRecord) => {
    asked.push(key);
    return key === 1 ? ('skip' as const) : true;
  };
  t.same(keysOf({ sets: ['users'], where }), ['users2']);
  t.same(asked, [1, 2]);
  t.same(keysOf({ sets: ['users'], where, invert: true }), ['games2', '4']);
});

t.test('a predicate of a program without types', async (t) => {
  const giving = (code: string) => ({ where: (): boolean => runInThisContext(code) });
  for (const nothing of ['undefined', 'null']) {
    t.same(keysOf(giving(nothing)), []);
    t.same(keysOf({ ...giving(nothing), invert: true }), ALL);
  }
  t.throws(() => keysOf(giving('Promise.resolve(false)')), { code: 'USAGE' });
});

t.test('bytes are shared, and a batch that stays is the same', async (t) => {
  t.equal(new Selector({ sets: ['users'] }).select(batch).bytes, batch.bytes);
  t.equal(new Selector({}).select(batch), batch);
});

t.test('any two conditions together are what both take', async (t) => {
  const generation = fc.nat(4);
  const options = fc.record({ lowest: generation, highest: generation });
  fc.assert(
    fc.property(options, fc.subarray(['users', 'games', '']), (generations, sets) => {
      const both = keysOf({ generations, sets });
      const one = keysOf({ generations });
      return (
        both.join() ===
        keysOf({ sets })
          .filter((key) => one.includes(key))
          .join()
      );
    }),
  );
  t.pass();
});

t.test('the same records however they are cut into batches', async (t) => {
  const { bytes, offsets } = batch;
  const options = { sets: ['users', ''], keys: [1, 4].map((key) => encodeParticle(key)) };
  for (let at = 0; at <= offsets.length; at += 2) {
    const selector = new Selector(options);
    const parts = [offsets.slice(0, at), offsets.slice(at)].flatMap((part) => [
      ...selector.select(new RecordBatch(bytes, part)),
    ]);
    t.same(
      parts.map(({ key }) => key),
      [1, 4],
    );
  }
});

t.test('indexes of sets that are left out go with them', async (t) => {
  const keeps = (options: SelectionOptions, set: string): boolean => {
    const index: SecondaryIndex = {
      kind: 'index',
      namespace: 'test',
      set,
      name: 'i',
      collection: 'default',
      type: 'numeric',
      bin: 'age',
    };
    return new Selector(options).keepsIndex(index);
  };
  const key = [encodeParticle(2)];
  const cases: readonly (readonly [SelectionOptions, readonly [boolean, boolean, boolean]])[] = [
    [{}, [true, true, true]],
    [{ keys: key }, [true, true, true]],
    [{ keys: key, invert: true }, [true, true, true]],
    [{ sets: ['users'] }, [true, false, false]],
    [{ sets: ['users'], keys: key }, [true, false, false]],
    [{ sets: ['users'], invert: true }, [false, true, true]],
    [{ sets: ['users'], keys: key, invert: true }, [true, true, true]],
    [{ sets: ['users'], where: () => true, invert: true }, [true, true, true]],
  ];
  for (const [options, expected] of cases) {
    const kept = ['users', 'games', ''].map((set) => keeps(options, set));
    t.same(kept, expected, Object.keys(options).join());
  }
});
