import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { AsbError } from '../../../lib/errors.ts';
import { BufferPool, giveBack } from '../../../lib/memory/buffer-pool.ts';
import {
  ObjectReader,
  type ObjectReaderOptions,
  PIECE_SIZE,
} from '../../../lib/storage/s3/object-reader.ts';
import { RANGE_SIZE } from '../../../lib/storage/s3/options.ts';
import { type ByteRange, FIRST_RANGE_SIZE, rangesOf } from '../../../lib/storage/s3/ranges.ts';
import { inChunks } from '../../helpers/streams.ts';

/** Four ranges. */
const SIZE = FIRST_RANGE_SIZE + 2 * RANGE_SIZE + 17;
const CONTENT = Buffer.alloc(SIZE, 'no two ranges of these bytes are equal: 37');
const RANGES = [...rangesOf(SIZE)];

const bytesOf = ({ start, end }: ByteRange): Buffer => CONTENT.subarray(start, end);
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
};

const reader = (options: Partial<ObjectReaderOptions> = {}): ObjectReader =>
  new ObjectReader({
    size: SIZE,
    get: async (range) => Readable.from([bytesOf(range)]),
    checksum: async () => undefined,
    failure: (cause) => new AsbError('STORAGE', 'failed', { cause }),
    pool: new BufferPool(RANGE_SIZE, 3),
    rangesAtOnce: 3,
    timeout: 60_000,
    attempts: 2,
    ...options,
  });

/** Ranges that are answered by hand. */
const byHand = () => {
  const asked: { range: ByteRange; signal: AbortSignal; body: Readable }[] = [];
  const get = async (range: ByteRange, signal: AbortSignal): Promise<Readable> => {
    const body = new Readable({ read() {} });
    asked.push({ range, signal, body });
    return body;
  };
  const answer = (index: number): void => {
    const request = asked[index];
    request?.body.push(bytesOf(request.range));
    request?.body.push(null);
  };
  const starts = (): number[] => asked.map(({ range }) => range.start);
  return { asked, get, answer, starts };
};

t.test('any size, any number of ranges at once', async (t) => {
  const sizes = [0, 1, PIECE_SIZE, FIRST_RANGE_SIZE - 1, FIRST_RANGE_SIZE, FIRST_RANGE_SIZE + 1];
  sizes.push(FIRST_RANGE_SIZE + RANGE_SIZE - 1, FIRST_RANGE_SIZE + RANGE_SIZE, SIZE);
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.constantFrom(...sizes), fc.nat(SIZE)),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1000, max: 200_000 }),
      fc.boolean(),
      async (size, rangesAtOnce, chunkSize, isKept) => {
        const content = CONTENT.subarray(0, size);
        const pieces: Buffer[] = [];
        const stream = reader({
          size,
          rangesAtOnce,
          get: async (range) => Readable.from(inChunks(bytesOf(range), chunkSize)),
          checksum: async () => crc32(content),
        });
        for await (const piece of stream) {
          if (piece.length === 0 || piece.length > PIECE_SIZE)
            throw new Error(`${piece.length} bytes`);
          pieces.push(isKept ? piece : Buffer.from(piece));
          if (!isKept) giveBack(piece);
        }
        t.ok(Buffer.concat(pieces).equals(content));
      },
    ),
    { numRuns: 40, examples: sizes.map((size) => [size, 3, 65_536, true]) },
  );
});

t.test('an empty object is not asked for', async (t) => {
  const never = (): never => {
    throw new Error('nothing to ask for');
  };
  t.equal((await buffer(reader({ size: 0, get: never, checksum: never }))).length, 0);
});

t.test('the first range goes alone; behind it, as many begin as may', async (t) => {
  const { answer, get, starts } = byHand();
  const stream = reader({ get, rangesAtOnce: 2 });
  const begun = (count: number): void => {
    t.strictSame(
      starts(),
      RANGES.slice(0, count).map(({ start }) => start),
    );
  };
  await turns();
  begun(0);
  stream.read(0);
  await turns();
  begun(1);
  answer(0);
  await turns();
  begun(1);
  let length = 0;
  stream.on('data', (piece) => (length += piece.length));
  await turns();
  t.equal(length, FIRST_RANGE_SIZE);
  begun(3);
  answer(2);
  await turns();
  t.equal(length, FIRST_RANGE_SIZE, 'in order');
  answer(1);
  await turns();
  begun(4);
  answer(3);
  await once(stream, 'end');
  t.equal(length, SIZE);
});

t.test('while the reader stalls nothing begins', async (t) => {
  const { answer, get, starts } = byHand();
  const stream = reader({ get, rangesAtOnce: 2 });
  const iterator = stream[Symbol.asyncIterator]();
  const first = iterator.next();
  await turns();
  answer(0);
  await first;
  await turns();
  t.equal(starts().length, 1);
  for (let at = PIECE_SIZE; at < FIRST_RANGE_SIZE; at += PIECE_SIZE) await iterator.next();
  await turns();
  t.equal(starts().length, 3);
  stream.destroy();
});

t.test('memory that is given back is used again', async (t) => {
  const memory = new Set<ArrayBufferLike>();
  const size = FIRST_RANGE_SIZE + 8 * RANGE_SIZE;
  const get = async ({ start, end }: ByteRange) => Readable.from([Buffer.alloc(end - start)]);
  for await (const piece of reader({ size, get, rangesAtOnce: 2 })) {
    memory.add(piece.buffer);
    giveBack(piece);
  }
  t.ok(memory.size <= 3, `${memory.size} for two ranges, and pieces that wait`);
});

t.test('bytes that are not what was uploaded are not given out to the end', async (t) => {
  const right = crc32(CONTENT);
  for (const checksum of [right ^ 1, 0]) {
    let length = 0;
    const stream = reader({ checksum: async () => checksum });
    stream.on('data', (piece) => (length += piece.length));
    stream.on('end', () => t.fail('it looks whole'));
    const [error] = await once(stream, 'error');
    t.match(error, { code: 'STORAGE' });
    t.ok(length < SIZE);
  }
});

t.test('the checksum is asked for with the last range, once, and waited for', async (t) => {
  const { answer, get } = byHand();
  const checksum = Promise.withResolvers<number>();
  let times = 0;
  const stream = reader({
    get,
    rangesAtOnce: 2,
    checksum: () => {
      times++;
      return checksum.promise;
    },
  });
  let length = 0;
  stream.on('data', (piece) => (length += piece.length));
  for (const index of RANGES.keys()) {
    await turns();
    t.equal(times, index < 2 ? 0 : 1);
    answer(index);
  }
  await turns();
  t.equal(length, SIZE - 17);
  checksum.resolve(crc32(CONTENT));
  await once(stream, 'end');
  t.equal(length, SIZE);
});

t.test('what fails ends the stream at once', async (t) => {
  const refused = new AsbError('STORAGE', 'refused');
  const fail = async (): Promise<never> => {
    throw refused;
  };
  await t.rejects(buffer(reader({ get: fail })), refused);
  await t.rejects(buffer(reader({ checksum: fail })), refused);

  const { answer, asked, get } = byHand();
  const stream = reader({
    get: (range, signal) => (asked.length < 2 ? get(range, signal) : fail()),
  });
  stream.resume();
  await turns();
  answer(0);
  t.strictSame(await once(stream, 'error'), [refused], 'also of a range that was not to come yet');
  t.ok(asked.every(({ body }) => body.destroyed));
});

t.test('a stream that is destroyed leaves nothing', async (t) => {
  const pool = new BufferPool(RANGE_SIZE, 3);
  const { answer, asked, get } = byHand();
  const stream = reader({ get, pool, rangesAtOnce: 2 });
  stream.resume();
  await turns();
  answer(0);
  await turns();
  t.equal(asked.length, 3);
  asked[1]?.body.push(Buffer.from('x'));
  stream.destroy();
  await once(stream, 'close');
  t.ok(asked.every(({ body, signal }) => body.destroyed && signal.aborted));
  t.equal(stream.errored, null);

  const unread = reader({ get: () => Promise.reject(new Error('nobody reads')) });
  unread.destroy();
  await once(unread, 'close');
});

t.test('it is closed only when its requests are', async (t) => {
  const request = Promise.withResolvers<Readable>();
  const stream = reader({ get: () => request.promise });
  stream.read(0);
  stream.destroy();
  let isClosed = false;
  stream.once('close', () => (isClosed = true));
  await turns();
  t.equal(isClosed, false);
  request.reject(new Error('aborted'));
  await once(stream, 'close');
  t.equal(stream.errored, null);
});

t.test('nothing comes after it was destroyed', async (t) => {
  const checksum = Promise.withResolvers<undefined>();
  // One piece, which is ready but for the checksum.
  const stream = reader({ size: PIECE_SIZE, checksum: () => checksum.promise });
  stream.on('data', () => t.fail('it was destroyed'));
  await turns();
  checksum.resolve(undefined);
  stream.destroy();
  await once(stream, 'close');
  await turns();
  t.equal(stream.errored, null);
});
