import { Readable } from 'node:stream';
import fc from 'fast-check';
import t from 'tap';
import { AsbError } from '../../../lib/errors.ts';
import { BufferPool, giveBack } from '../../../lib/memory/buffer-pool.ts';
import {
  type GetRange,
  RangeDownload,
  type RangeDownloadOptions,
} from '../../../lib/storage/s3/range-download.ts';
import { inChunks } from '../../helpers/streams.ts';

const CONTENT = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyz');
const RANGE = { start: 10, end: 36 };
const WANTED = CONTENT.subarray(RANGE.start, RANGE.end);

const failure = (cause: unknown): AsbError => new AsbError('STORAGE', 'broken', { cause });

const download = (get: GetRange, options: Partial<RangeDownloadOptions> = {}): RangeDownload =>
  new RangeDownload({
    get,
    range: RANGE,
    memory: new BufferPool(100, 1).take(),
    timeout: 60_000,
    attempts: 2,
    failure,
    signal: new AbortController().signal,
    ...options,
  });

/** All bytes of a range, as they come. */
const taken = async (range: RangeDownload, most = 100): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  while (!range.isTaken) pieces.push(await range.take(most));
  return Buffer.concat(pieces);
};

/** The bytes, then what is thrown. */
const breaking = (bytes: Uint8Array, error = new Error('reset')): Readable =>
  Readable.from(
    (async function* () {
      yield bytes;
      throw error;
    })(),
  );

t.test('bytes are there as they come, in pieces of any size', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
      async (size, most) => {
        const range = download(async () => Readable.from(inChunks(WANTED, size)));
        const [bytes] = await Promise.all([taken(range, most), range.run()]);
        t.ok(bytes.equals(WANTED));
      },
    ),
  );
});

t.test('a piece is handed on before the range is whole', async (t) => {
  const body = new Readable({ read() {} });
  const range = download(async () => body);
  const done = range.run();
  body.push(WANTED.subarray(0, 3));
  t.equal((await range.take(2)).toString(), 'ab');
  t.equal((await range.take(2)).toString(), 'c');
  const next = range.take(2);
  body.push(WANTED.subarray(3));
  t.equal((await next).toString(), 'de');
  t.equal(range.isTaken, false);
  body.push(null);
  await done;
  t.ok((await taken(range)).equals(WANTED.subarray(5)));
});

/** Answers with `answers`, one after the other, and then with all; notes where it was asked to begin. */
const answering = (
  ...answers: readonly ((rest: Buffer) => Readable)[]
): { readonly get: GetRange; readonly asked: number[] } => {
  const asked: number[] = [];
  const get: GetRange = async ({ start, end }) => {
    const rest = CONTENT.subarray(start, end);
    return (answers[asked.push(start) - 1] ?? ((all) => Readable.from([all])))(rest);
  };
  return { get, asked };
};

t.test('an empty chunk is no piece', async (t) => {
  const range = download(async () => Readable.from([Buffer.alloc(0), WANTED]));
  const piece = range.take(100);
  await range.run();
  t.ok((await piece).equals(WANTED));
});

t.test('what breaks off is gone on with where it broke', async (t) => {
  const cuts = Array.from({ length: WANTED.length + 1 }, (_, cut) => cut);
  const breaks = [breaking, (bytes: Uint8Array) => Readable.from([bytes])];
  await Promise.all(
    cuts.flatMap((cut) =>
      breaks.map(async (broken) => {
        const { get, asked } = answering((rest) => broken(rest.subarray(0, cut)));
        const range = download(get);
        const [bytes] = await Promise.all([taken(range, 7), range.run()]);
        t.ok(bytes.equals(WANTED), `cut at ${cut}`);
        const rest = RANGE.start + cut;
        t.strictSame(asked, cut === WANTED.length ? [RANGE.start] : [RANGE.start, rest]);
      }),
    ),
  );
});

t.test('an answer that stalls is asked for again', async (t) => {
  const { get, asked } = answering(() => new Readable({ read() {} }));
  const range = download(get, { timeout: 50, attempts: 10 });
  await range.run();
  t.ok((await taken(range)).equals(WANTED));
  t.ok(asked.length > 1);
});

t.test('it is given up when nothing comes, but not while something does', async (t) => {
  const reset = new Error('reset');
  const nothing = () => breaking(Buffer.alloc(0), reset);
  const one = (rest: Buffer) => breaking(rest.subarray(0, 1), reset);
  const vain = answering(nothing, nothing);
  await t.rejects(download(vain.get).run(), { code: 'STORAGE', cause: reset });
  t.equal(vain.asked.length, 2);
  const slow = answering(nothing, one, nothing, one, one);
  await download(slow.get).run();
  t.strictSame(slow.asked, [10, 10, 11, 11, 12, 13]);
});

t.test('refusals, and answers that are too long, are not asked for again', async (t) => {
  const refused = new AsbError('STORAGE', 'refused');
  const get = () => Promise.reject(refused);
  await t.rejects(download(get).run(), refused);
  const { get: long, asked } = answering((rest) => Readable.from([rest, Buffer.from('!')]));
  await t.rejects(download(long).run(), { code: 'STORAGE' });
  t.equal(asked.length, 1);
});

t.test('an abort ends it, whatever is under way', async (t) => {
  const abort = new AbortController();
  const { signal } = abort;
  const silent = new Readable({ read() {} });
  const bodies = download(async () => silent, { signal }).run();
  const waits = download(async () => breaking(Buffer.alloc(0)), { signal, attempts: 1000 }).run();
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  abort.abort();
  await t.rejects(bodies, { name: 'AbortError' });
  await t.rejects(waits, { name: 'AbortError' });
  t.equal(silent.destroyed, true);
});

t.test('memory goes back when it is released, and all pieces are given back', async (t) => {
  const pool = new BufferPool(100, 1);
  const memory = pool.take();
  const range = download(answering().get, { memory });
  await range.run();
  const piece = await range.take(100);
  range.release();
  t.not(pool.take().bytes, memory.bytes);
  giveBack(piece);
  t.equal(pool.take().bytes, memory.bytes);
});
