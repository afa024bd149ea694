import fc from 'fast-check';
import t from 'tap';
import { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import { BinChoice, type BinChoiceOptions } from '../../lib/select/bin-choice.ts';
import { arbitraryBatch } from '../ndjson/arbitrary.ts';

const messages = ({ bytes, offsets }: RecordBatch): Buffer[] =>
  Array.from({ length: offsets.length / 2 }, (_, index) =>
    bytes.subarray(offsets[index * 2], offsets[index * 2 + 1]),
  );

/** The same record, made anew with some of its bins. */
const rebuilt = (batch: RecordBatch, keeps: (name: Uint8Array) => boolean): RecordBatch => {
  const builder = new BatchBuilder('test');
  for (const { setBytes, userKey, digest, generation, voidTime, ...record } of views(batch)) {
    builder.addParticles({
      set: setBytes,
      key: userKey,
      digest,
      generation,
      voidTime,
      bins: record.bins.filter(({ name }) => keeps(name)),
    });
  }
  return builder.build();
};

const views = (batch: RecordBatch) =>
  Array.from(batch, (record) => ({
    setBytes: record.setBytes,
    userKey: record.userKey,
    digest: record.digest,
    generation: record.generation,
    voidTime: record.voidTime,
    bins: Array.from(record.binList(), ({ nameBytes, type, bytes }) => ({
      name: nameBytes,
      particle: { type, bytes },
    })),
  }));

t.test('what stays is as it would be without the others', async (t) => {
  fc.assert(
    fc.property(arbitraryBatch, fc.array(fc.nat(8), { maxLength: 4 }), (batch, picks) => {
      const all = [...batch].flatMap((record) => [...record.binList()]);
      const named = picks.flatMap((pick) => all[pick]?.nameBytes ?? []);
      const isNamed = (name: Uint8Array): boolean =>
        named.some((one) => Buffer.from(one).equals(name));
      const cases = [
        [{ bins: named }, isNamed],
        [{ dropBins: named }, (name: Uint8Array) => !isNamed(name)],
        [{ noBins: true }, () => false],
        [{}, () => true],
      ] as const;
      return cases.every(([options, keeps]) => {
        const chosen = messages(new BinChoice(options).apply(batch));
        const expected = messages(rebuilt(batch, keeps));
        return Buffer.concat(chosen).equals(Buffer.concat(expected));
      });
    }),
    { numRuns: 60 },
  );
  t.pass();
});

t.test('only the records of the table are copied, and the batch is released', async (t) => {
  const { bytes, offsets } = new BatchBuilder('test')
    .add({ key: 1, bins: { a: 1, b: 2 } })
    .add({ key: 2, bins: { a: 3, b: 4 } })
    .build();
  let released = 0;
  const second = new RecordBatch(bytes, offsets.slice(2), () => released++);
  const chosen = new BinChoice({ bins: ['b'] }).apply(second);
  t.equal(released, 1);
  t.same(
    Array.from(chosen, ({ key, bins }) => [key, [...bins.keys()]]),
    [[2, ['b']]],
  );
  t.equal(new BinChoice({ dropBins: [] }).apply(second), second);
  t.equal(released, 1);
});

t.test('names that no record has are known, of bins that stay and of those that go', async (t) => {
  const batchOf = (bins: Record<string, number>) =>
    new BatchBuilder('test').add({ key: 1, bins }).build();
  const rows: readonly [BinChoiceOptions, string[], string[]][] = [
    [{ bins: ['a', 'b', 'c'] }, ['b', 'c'], ['c']],
    [{ dropBins: ['b', 'A'] }, ['b', 'A'], ['A']],
    [{ noBins: true }, [], []],
    [{}, [], []],
  ];
  for (const [options, first, second] of rows) {
    const choice = new BinChoice(options);
    const missing = () => choice.missing().map((name) => Buffer.from(name).toString());
    choice.apply(batchOf({ a: 1, x: 2 }));
    t.same(missing(), first);
    choice.apply(batchOf({ b: 1 }));
    t.same(missing(), second);
  }
});

t.test('memory is used again, if it may be', async (t) => {
  const batch = new BatchBuilder('test').add({ key: 1, bins: { a: 1 } }).build();
  for (const reuseMemory of [true, false]) {
    const choice = new BinChoice({ bins: [], reuseMemory });
    const first = choice.apply(batch);
    first.release();
    t.equal(choice.apply(batch).bytes === first.bytes, reuseMemory);
  }
});

t.test('one way to choose', async (t) => {
  for (const options of [
    { bins: ['a'], dropBins: ['b'] },
    { bins: [], noBins: true },
  ]) {
    t.throws(() => new BinChoice(options), { code: 'USAGE' });
  }
});
