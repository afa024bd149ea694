import t from 'tap';
import { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import type { SecondaryIndex, UdfModule } from '../../lib/record/globals.ts';
import { type Sandbox, startSandbox } from '../../lib/sandbox/index.ts';
import { parseAddresses } from '../../lib/wire/address.ts';
import { Cluster } from '../../lib/wire/cluster.ts';
import { Loader, type LoaderOptions, MAX_HELD_GLOBALS } from '../../lib/wire/loader.ts';

const index = (changes: Partial<SecondaryIndex> = {}): SecondaryIndex => ({
  kind: 'index',
  namespace: 'test',
  set: 's1',
  name: 'i',
  collection: 'default',
  type: 'numeric',
  bin: 'b',
  ...changes,
});
const udf = (name: string, content = '-- 1\n'): UdfModule => ({
  kind: 'udf',
  name,
  language: 'LUA',
  content: Buffer.from(content),
});
/** Records with keys 0, 1 …, in sets s1 and s2 in turn. */
const batch = (count: number): RecordBatch => {
  const builder = new BatchBuilder('test');
  for (let key = 0; key < count; key++) {
    builder.add({ set: `s${1 + (key % 2)}`, key, bins: { b: key } });
  }
  return builder.build();
};

/** A loader, and what becomes of its sandbox. */
const withLoader = async (
  options: Partial<LoaderOptions>,
  act: (loader: Loader, sandbox: Sandbox) => Promise<void>,
): Promise<void> => {
  const sandbox = await startSandbox();
  const cluster = await Cluster.connect({ seeds: parseAddresses(sandbox.seeds.join()) });
  try {
    const loader = new Loader(cluster, { namespace: 'copy', ...options });
    await act(loader, sandbox).finally(() => loader.close());
  } finally {
    cluster.close();
    await sandbox.close();
  }
};

/** What a sandbox holds in namespace copy. */
const held = ({ cluster }: Sandbox) => ({
  records: cluster.namespaces.get('copy')!.count(),
  indexes: cluster.indexes.list('copy').map(({ name }) => name),
  udfs: cluster.udfs.list().map(({ name }) => name),
});

const CHUNKS: readonly RecordChunk[] = [
  index(),
  udf('u.lua'),
  batch(10),
  index({ name: 'late', bin: 'c', set: 's2' }),
  batch(20),
];

t.test('what is loaded, and what is left out', async (t) => {
  const all = { records: 20, indexes: ['i', 'late'], udfs: ['u.lua'] };
  const rows: readonly [Partial<LoaderOptions>, object, object][] = [
    [{}, all, { total: 30, inserted: 20, fresher: 10, skipped: 0, indexes: { created: 2 } }],
    [{ checkGeneration: false, wait: true, timeout: 5000 }, all, { inserted: 30 }],
    [{ indexesLast: true }, all, { indexes: { created: 2 } }],
    [{ noRecords: true }, { ...all, records: 0 }, { total: 0 }],
    [{ noIndexes: true }, { ...all, indexes: [] }, { indexes: { created: 0, skipped: 0 } }],
    [{ noUdfs: true }, { ...all, udfs: [] }, { udfs: { created: 0 } }],
    [
      { sets: ['s2', 'ü'] },
      { ...all, records: 10, indexes: ['late'] },
      { total: 30, skipped: 15, indexes: { created: 1, skipped: 1 } },
    ],
    [{ sets: [], source: 'test', onNotice: () => {} }, all, { total: 30 }],
  ];
  for (const [options, expected, info] of rows) {
    await withLoader(options, async (loader, sandbox) => {
      for (const chunk of CHUNKS) await loader.write(chunk);
      await loader.finish();
      t.strictSame(held(sandbox), expected, JSON.stringify(options));
      t.match(loader.info, info);
    });
  }
});

t.test('globals are there before the records behind them, modules first', (t) =>
  withLoader({}, async (loader, sandbox) => {
    await loader.write(index());
    await loader.write(udf('u.lua'));
    t.match(held(sandbox), { indexes: [], udfs: [] }, 'they wait for what else comes');
    await loader.write(batch(1));
    t.match(held(sandbox), { indexes: ['i'], udfs: ['u.lua'] });
    await loader.flush();
    t.match(held(sandbox), { records: 1 });
    await loader.write(index({ name: 'j', bin: 'j' }));
    await loader.flush();
    t.match(held(sandbox), { indexes: ['i', 'j'] });
  }),
);

t.test('a module that is refused keeps indexes away', (t) =>
  withLoader({}, async (loader, sandbox) => {
    await loader.write(index());
    await loader.write(udf('no extension'));
    await t.rejects(loader.flush(), { code: 'SERVER' });
    t.match(held(sandbox), { indexes: [] });
    await t.rejects(loader.write(batch(1)), { code: 'SERVER' }, 'a failure stays');
    await t.rejects(loader.finish(), { code: 'SERVER' });
  }),
);

t.test('with indexes last, they come after all records', (t) =>
  withLoader({ indexesLast: true }, async (loader, sandbox) => {
    for (const chunk of CHUNKS) await loader.write(chunk);
    await loader.flush();
    t.strictSame(held(sandbox), { records: 20, indexes: [], udfs: ['u.lua'] });
    await loader.finish();
    t.match(held(sandbox), { indexes: ['i', 'late'] });
  }),
);

t.test('batches are released, wanted or not', async (t) => {
  for (const options of [{}, { sets: ['x'] }, { noRecords: true }]) {
    await withLoader(options, async (loader) => {
      const { bytes, offsets } = batch(4);
      let released = 0;
      await loader.write(new RecordBatch(bytes, offsets, () => released++));
      t.equal(released, 1);
    });
  }
});

t.test('several may write at once', (t) =>
  withLoader({ batchSize: 3, maxAsyncBatches: 1 }, async (loader, sandbox) => {
    await Promise.all([batch(10), batch(30), batch(20)].map((chunk) => loader.write(chunk)));
    await loader.finish();
    t.equal(held(sandbox).records, 30);
  }),
);

t.test('what is refused', async (t) => {
  await withLoader({ source: 'other' }, async (loader) => {
    await t.rejects(loader.write(index()), { code: 'FORMAT', facts: { namespace: 'test' } });
  });
  await withLoader({}, async (loader) => {
    await t.rejects(loader.write(index({ name: 'a;b' })), { code: 'FORMAT' }, 'before it is sent');
  });
  await withLoader({ source: 'other' }, async (loader) => {
    await t.rejects(
      loader.write(batch(1)).then(() => loader.flush()),
      { code: 'FORMAT' },
    );
  });
  await withLoader({}, async (loader) => {
    loader.close();
    await t.rejects(loader.write(batch(1)), { code: 'ABORTED' });
  });
});

t.test('globals that wait have a limit', async (t) => {
  const large = (name: string): UdfModule => udf(name, ' '.repeat(MAX_HELD_GLOBALS / 2));
  await withLoader({}, async (loader, sandbox) => {
    for (const name of ['a.lua', 'b.lua']) await loader.write(large(name));
    t.match(held(sandbox), { udfs: ['a.lua', 'b.lua'] }, 'then they are made');
  });
  await withLoader({ indexesLast: true }, async (loader) => {
    const expression = 'A'.repeat(MAX_HELD_GLOBALS / 2);
    const write = (name: string) => loader.write(index({ name, bin: '', expression }));
    await write('a');
    await t.rejects(write('b'), { code: 'LIMIT' });
  });
});

t.test('a namespace that is not there', async (t) => {
  await t.rejects(
    withLoader({ namespace: 'nope' }, async () => {}),
    { code: 'NO_NAMESPACE' },
  );
});
