import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import t from 'tap';
import { giveBack } from '../../../lib/memory/buffer-pool.ts';
import type { S3Connection } from '../../../lib/storage/s3/connection.ts';
import { findObject, type S3Object } from '../../../lib/storage/s3/listing.ts';
import { RANGE_SIZE, type S3Options } from '../../../lib/storage/s3/options.ts';
import { FIRST_RANGE_SIZE } from '../../../lib/storage/s3/ranges.ts';
import { s3StoredFile } from '../../../lib/storage/s3/s3-stored-file.ts';
import type { StoredFile } from '../../../lib/storage/stored-file.ts';
import {
  BUCKET,
  cannedServer,
  connect,
  giveRange,
  ownServer,
} from '../../helpers/s3/connection.ts';
import type { FaultKind, S3Server } from '../../helpers/s3/server.ts';

/** Four ranges. */
const SIZE = FIRST_RANGE_SIZE + 2 * RANGE_SIZE + 17;
const CONTENT = Buffer.alloc(SIZE, 'no two ranges of these bytes are equal: 37');
const KEY = 'monday/test_00000.asb';

/** A file of a connection, as a listing gives it. */
const fileAt = async (connection: S3Connection, key = KEY): Promise<StoredFile> => {
  const object = await findObject(connection, BUCKET, key);
  if (object === undefined) throw new Error(`no ${key}`);
  return s3StoredFile(connection, BUCKET, object);
};

/** The same of a server that has `content`. */
const stored = async (server: S3Server, options?: S3Options, content = CONTENT) => {
  server.put(BUCKET, KEY, content);
  return fileAt(connect(server, options));
};

/** Puts an object with the CRC32 of all of it. */
const putWithCrc = async (connection: S3Connection, content = CONTENT): Promise<StoredFile> => {
  const { client, sdk } = await connection.service();
  const object = { Bucket: BUCKET, Key: KEY, Body: content };
  await client.send(new sdk.PutObjectCommand({ ...object, ChecksumAlgorithm: 'CRC32' }));
  return fileAt(connection);
};

t.test('an object is read from its beginning, as often as one likes', async (t) => {
  const server = await ownServer(t);
  const file = await stored(server);
  const facts = { name: 'test_00000.asb', location: `s3://${BUCKET}/${KEY}`, size: SIZE };
  t.match(file, facts);
  for (let times = 0; times < 2; times++) t.ok((await buffer(file.open())).equals(CONTENT));
  server.put(BUCKET, 'a.asb', 'x');
  t.match(await fileAt(connect(server), 'a.asb'), { name: 'a.asb', size: 1 });
});

t.test('any size, any number of ranges at once', async (t) => {
  const server = await ownServer(t);
  const second = FIRST_RANGE_SIZE + RANGE_SIZE;
  const sizes = [0, 1, FIRST_RANGE_SIZE - 1, FIRST_RANGE_SIZE, FIRST_RANGE_SIZE + 1];
  for (const size of [...sizes, second - 1, second, second + 1, SIZE]) {
    for (const maxAsyncDownloads of [1, 2, 32]) {
      const content = CONTENT.subarray(0, size);
      const file = await stored(server, { maxAsyncDownloads }, content);
      const [gets, heads] = [
        server.requests.count('GetObject'),
        server.requests.count('HeadObject'),
      ];
      t.ok((await buffer(file.open())).equals(content), `${size} bytes`);
      const ranges = Math.ceil((size - FIRST_RANGE_SIZE) / RANGE_SIZE);
      const expected = size === 0 ? 0 : 1 + Math.max(0, ranges);
      t.equal(server.requests.count('GetObject') - gets, expected);
      t.equal(server.requests.count('HeadObject') - heads, size === 0 ? 0 : 1);
    }
  }
});

t.test('who reads only the beginning asks for little', async (t) => {
  const server = await ownServer(t);
  const connection = connect(server);
  server.put(BUCKET, KEY, CONTENT);
  const file = s3StoredFile(connection, BUCKET, {
    key: KEY,
    size: SIZE,
    etag: server.object(BUCKET, KEY)?.etag ?? '',
  });
  let length = 0;
  for await (const piece of file.open()) if ((length += piece.length) > 100_000) break;
  t.strictSame(
    server.requests.map(({ operation, headers }) => [operation, headers.range]),
    [['GetObject', `bytes=0-${FIRST_RANGE_SIZE - 1}`]],
  );
});

t.test('memory is used again, also for the next file of a connection', async (t) => {
  const server = await ownServer(t);
  const connection = connect(server, { maxAsyncDownloads: 2 });
  server.put(BUCKET, KEY, CONTENT);
  const file = await fileAt(connection);
  // Between two readers it might be collected.
  const holder = file.open();
  const memory = new Set<ArrayBufferLike>();
  for (let times = 0; times < 5; times++) {
    for await (const piece of file.open()) {
      memory.add(piece.buffer);
      giveBack(piece);
    }
  }
  t.ok(memory.size <= 3, `${memory.size} ranges`);
  holder.destroy();
});

t.test('failures that pass are nobody’s concern', async (t) => {
  const server = await ownServer(t);
  const passing: readonly FaultKind[] = [
    { status: 500, code: 'InternalError' },
    { status: 503, code: 'SlowDown' },
    'reset',
    'lostAnswer',
    { resetBody: 0 },
    { resetBody: 1 },
    { resetBody: 1_000_000 },
    'shortBody',
  ];
  await Promise.all(
    passing.map(async (kind, index) => {
      const key = `${index}`;
      server.put(BUCKET, key, CONTENT);
      const file = await fileAt(connect(server, { maxAsyncDownloads: 2, maxAttempts: 5 }), key);
      server.faults.push({ operation: 'GetObject', key: new RegExp(`^${key}$`), times: 1, kind });
      t.ok((await buffer(file.open())).equals(CONTENT), JSON.stringify(kind));
    }),
  );
  t.equal(server.faults.length, 0);
});

t.test('other failures say what they are about', async (t) => {
  const server = await ownServer(t);
  const file = await stored(server);
  const refused = async (cause: object): Promise<void> => {
    await t.rejects(buffer(file.open()), {
      code: 'STORAGE',
      facts: { file: file.location },
      cause,
    });
  };
  for (const operation of ['GetObject', 'HeadObject'] as const) {
    server.faults.push({ operation, times: 2, kind: { status: 500, code: 'InternalError' } });
    await refused({ $metadata: { httpStatusCode: 500, attempts: 2 } });
    server.faults.push({ operation, times: 2, kind: 'reset' });
    await refused({ code: 'ECONNRESET' });
    server.faults.push({ operation, kind: { status: 403, code: 'AccessDenied' } });
    await refused({ $metadata: { httpStatusCode: 403 } });
  }
  server.faults.push({ operation: 'GetObject', times: 2, kind: { resetBody: 0 } });
  await refused({ code: 'ECONNRESET' });
  server.faults.push({ operation: 'GetObject', times: 2, kind: 'shortBody' });
  const one = await stored(server, {}, Buffer.from('1'));
  await t.rejects(buffer(one.open()), { code: 'STORAGE' }, 'an answer without a byte, twice');

  const connection = connect(server);
  process.env.AWS_SECRET_ACCESS_KEY = 'wrong';
  const unread = s3StoredFile(connection, BUCKET, { key: KEY, size: 1, etag: '"e"' });
  await t.rejects(buffer(unread.open()), { cause: { name: 'SignatureDoesNotMatch' } });
  const nowhere = s3StoredFile(connect(server), 'none', { key: KEY, size: 1, etag: '"e"' });
  await t.rejects(buffer(nowhere.open()), { cause: { name: 'NoSuchBucket' } });
});

t.test('an object that is changed or removed while it is read', async (t) => {
  const server = await ownServer(t);
  const changed = Buffer.from(CONTENT).fill('x', 0, 1);
  for (const [count, operation] of [
    [1, 'GetObject'],
    [3, 'GetObject'],
    [1, 'HeadObject'],
  ] as const) {
    const file = await stored(server, { maxAsyncDownloads: 1 });
    const before = server.requests.count(operation);
    server.before = (request) => {
      const isIt = server.requests.count(operation) === before + count;
      if (request.operation === operation && isIt) server.put(BUCKET, KEY, changed);
    };
    await t.rejects(buffer(file.open()), {
      code: 'STORAGE',
      facts: { file: file.location },
      cause: { $metadata: { httpStatusCode: 412 } },
    });
  }
  server.before = undefined;
  const file = await stored(server);
  const { client, sdk } = await connect(server).service();
  await client.send(new sdk.DeleteObjectCommand({ Bucket: BUCKET, Key: KEY }));
  await t.rejects(buffer(file.open()), { code: 'STORAGE', cause: { name: 'NoSuchKey' } });
});

t.test('bytes that are not what was uploaded', async (t) => {
  const server = await ownServer(t);
  const connection = connect(server, { maxAsyncDownloads: 1 });
  const file = await putWithCrc(connection);
  t.ok((await buffer(file.open())).equals(CONTENT));
  for (let good = 0; good < 4; good++) {
    server.requests.length = 0;
    const spoil = (): void => {
      server.faults.push({ operation: 'GetObject', kind: 'corrupt' });
    };
    server.before = ({ operation }) => {
      if (operation === 'GetObject' && server.requests.count(operation) === good) spoil();
    };
    if (good === 0) spoil();
    let length = 0;
    const stream = file.open();
    stream.on('data', (piece) => (length += piece.length));
    stream.on('end', () => t.fail('it looks whole'));
    t.match(await once(stream, 'error'), [{ code: 'STORAGE', facts: { file: file.location } }]);
    t.ok(length < SIZE);
    server.before = undefined;
  }
  t.ok((await buffer(file.open())).equals(CONTENT), 'it is there as it was');
});

const OBJECT: S3Object = { key: KEY, size: SIZE, etag: '"e"' };

t.test('a server that stalls in mid-body is asked again for the rest', async (t) => {
  const asked: string[] = [];
  const connection = await cannedServer(
    t,
    (request, response) => {
      const { range = '' } = request.headers;
      asked.push(range);
      if (!range.startsWith('bytes=0-')) return giveRange(CONTENT, request, response);
      response.writeHead(206, {
        etag: '"e"',
        'content-range': `bytes 0-${FIRST_RANGE_SIZE - 1}/${SIZE}`,
        'content-length': FIRST_RANGE_SIZE,
      });
      response.write(CONTENT.subarray(0, 1000));
    },
    { requestTimeout: 200, maxAttempts: 10, maxAsyncDownloads: 1 },
  );
  const stream = s3StoredFile(connection, BUCKET, OBJECT).open();
  t.ok((await buffer(stream)).equals(CONTENT));
  t.ok(asked.includes(`bytes=1000-${FIRST_RANGE_SIZE - 1}`));
});

t.test('a stream that is destroyed leaves no request', async (t) => {
  const ranged = { etag: '"e"', 'content-range': `bytes 0-9/10`, 'content-length': 10 };
  const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
    'before there is an answer': () => {},
    'in the middle of one': (response) => response.writeHead(206, ranged).write('01234'),
    'while it waits to try again': (response) => response.writeHead(500).end(),
  };
  for (const [name, answer] of Object.entries(answers)) {
    const arrived = Promise.withResolvers<void>();
    const closed: Promise<unknown>[] = [];
    const connection = await cannedServer(
      t,
      (_request, response) => {
        closed.push(once(response, 'close'));
        answer(response);
        arrived.resolve();
      },
      { maxAttempts: 1000 },
    );
    const stream = s3StoredFile(connection, BUCKET, { ...OBJECT, size: 10 }).open();
    stream.read(0);
    await arrived.promise;
    if (name.startsWith('in')) await once(stream, 'readable');
    stream.destroy();
    await once(stream, 'close');
    await Promise.all(closed);
    t.equal(stream.errored, null, name);
  }
});
