import t from 'tap';
import { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import { type FilterOptions, filter } from '../../lib/stages/filter.ts';
import { through } from '../helpers/streams.ts';
import { indexOf, udfOf } from '../helpers/text-of.ts';

let released = 0;
const batchOf = (...keys: number[]): RecordBatch => {
  const builder = new BatchBuilder('test');
  for (const key of keys) {
    builder.add({ set: key < 3 ? 'low' : 'high', key, bins: { age: key, name: 'x' } });
  }
  const { bytes, offsets } = builder.build();
  return new RecordBatch(bytes, offsets, () => released++);
};

const CHUNKS = (): RecordChunk[] => [
  indexOf('by low', { set: 'low' }),
  indexOf('by high', { set: 'high' }),
  indexOf('by ', { set: '' }),
  udfOf('a.lua'),
  batchOf(1, 2, 3),
  batchOf(4, 5),
];

/** What comes out, in words. */
const wordsOf = (chunks: readonly RecordChunk[]): string[] =>
  chunks.map((chunk) => {
    if (chunk.kind !== 'records') return chunk.name;
    return Array.from(chunk, ({ key, bins }) => `${key}:${[...bins.keys()].join('+')}`).join();
  });

const run = async (wanted: Parameters<typeof filter>[0]) => {
  const stage = filter(wanted);
  const chunks = await through<RecordChunk>(CHUNKS(), stage);
  return { words: wordsOf(chunks), info: stage.info };
};

t.test('records, bins and globals', async (t) => {
  const cases: readonly (readonly [FilterOptions, readonly string[], object])[] = [
    [
      { sets: ['low'] },
      ['by low', 'a.lua', '1:age+name,2:age+name'],
      { read: 5, kept: 2, indexesLeftOut: 2, udfsLeftOut: 0 },
    ],
    [
      { bins: ['age'], noIndexes: true, noUdfs: true },
      ['1:age,2:age,3:age', '4:age,5:age'],
      { read: 5, kept: 5, indexesLeftOut: 3, udfsLeftOut: 1 },
    ],
    [
      { noRecords: true },
      ['by low', 'by high', 'by ', 'a.lua'],
      { read: 5, kept: 0, indexesLeftOut: 0, udfsLeftOut: 0 },
    ],
  ];
  for (const [options, words, info] of cases) {
    t.same(await run(options), { words, info });
  }
});

t.test('a predicate', async (t) => {
  const { words } = await run(({ key }) => key === 5);
  t.same(words.slice(4), ['5:age+name']);
});

t.test('nothing said is nothing left out', async (t) => {
  const stage = filter();
  t.equal((await through(CHUNKS(), stage)).length, 6);
  t.match(stage.info, { read: 5, kept: 5 });
  t.same(stage.missingBins(), []);
});

t.test('batches that are not handed on are released', async (t) => {
  released = 0;
  await run({ sets: ['low'] });
  t.equal(released, 1);
});

t.test('what a predicate throws ends it', async (t) => {
  const failed = run(() => {
    throw new Error('words');
  });
  await t.rejects(failed, { message: 'words' });
});
