import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { Extent, noteExtent } from '../../lib/record/extent.ts';
import { type FileReach, type OneFileOptions, oneFile } from '../../lib/stages/one-file.ts';
import type { StorageFile } from '../../lib/storage/storage.ts';
import { memoryStorage } from '../helpers/memory-storage.ts';

const CHUNKS = ['one', 'two', 'three'].map((word) => Buffer.from(word));

/** Each chunk is a record of the partition of its number. */
const noted = (): Buffer[] =>
  CHUNKS.map((bytes, index) => {
    const chunk = Buffer.from(bytes);
    const extent = new Extent();
    extent.record(Buffer.alloc(20, index), 0);
    extent.settle();
    noteExtent(chunk, extent);
    return chunk;
  });

/** A file that can be gone on with, as far as the stage sees. */
const withCheckpoints = (file: StorageFile, events: string[]): StorageFile => ({
  ...file,
  async checkpoint() {
    events.push('checkpoint');
  },
});

const write = (options: Partial<OneFileOptions>) => {
  const storage = memoryStorage();
  const stage = oneFile({
    open: async () => withCheckpoints(await storage.create('f'), storage.events),
    ...options,
  });
  return { stage, storage, done: pipeline(noted(), stage) };
};

t.test('a file that gets whole', async (t) => {
  const wholes: FileReach[] = [];
  const { stage, storage, done } = write({
    prepare: async () => {
      t.equal(storage.events.length, 0);
    },
    onWhole: async (reach) => void wholes.push(reach),
  });
  await done;
  t.equal(storage.files.get('f')?.toString(), 'onetwothree');
  t.equal(stage.info.bytes, 11);
  t.match(wholes, [{ bytes: 11, coverage: { records: 3 } }]);
});

t.test('checkpoints on the way', async (t) => {
  const reached: [number, number][] = [];
  const { storage, done } = write({
    begin: 100,
    checkpointEvery: 4,
    onCheckpoint: async ({ bytes, coverage }) => void reached.push([bytes, coverage.records]),
  });
  await done;
  t.strictSame(reached, [
    [106, 2],
    [111, 3],
    [111, 3],
  ]);
  // The last one is that of the whole file.
  const checkpoints = Array(3).fill('checkpoint');
  t.strictSame(storage.events, ['create f', ...checkpoints, 'close f', 'closed f']);
  const without = memoryStorage();
  const bare = write({ open: () => without.create('f'), checkpointEvery: 1 });
  await bare.done;
  t.strictSame(without.events, ['create f', 'close f', 'closed f'], 'where there are none');
});

t.test('an end that is none gets no name', async (t) => {
  const reached: number[] = [];
  const { storage, done } = write({
    isComplete: () => false,
    onCheckpoint: async ({ bytes }) => void reached.push(bytes),
  });
  await done;
  t.strictSame(reached, [11]);
  t.strictSame(storage.events, ['create f', 'checkpoint', 'abort f']);
});

t.test('what fails leaves nothing', async (t) => {
  const failure = new Error('no');
  const fails = async (): Promise<never> => {
    throw failure;
  };
  const rows: readonly [string, Partial<OneFileOptions>][] = [
    ['to prepare', { prepare: fails }],
    ['to open', { open: fails }],
    ['to open at once', { open: fails, openAtOnce: true }],
  ];
  for (const [what, options] of rows) await t.rejects(write(options).done, failure, what);
  for (const openAtOnce of [false, true]) {
    const storage = memoryStorage();
    const stage = oneFile({ open: () => storage.create('f'), openAtOnce });
    await new Promise((resolve) => stage.write(openAtOnce ? '' : 'x', resolve));
    const source = new PassThrough();
    const done = pipeline(source, stage);
    source.destroy(failure);
    await t.rejects(done, failure);
    t.strictSame(storage.events, ['create f', 'abort f']);
  }
  const unheard = write({ onWhole: fails });
  await t.rejects(unheard.done, failure);
  const events = ['create f', 'close f', 'closed f'];
  t.strictSame(unheard.storage.events, events, 'what is whole stays');
  // Nobody is told of checkpoints: none makes sure of a part that would be left behind.
  const broken = write({ open: async () => withCheckpoints(await failing(), storage.events) });
  const storage = memoryStorage();
  const failing = async () => ({ ...(await storage.create('f')), close: fails });
  await t.rejects(broken.done, failure);
  t.strictSame(storage.events, ['create f', 'abort f']);
});
