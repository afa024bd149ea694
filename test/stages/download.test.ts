import { once } from 'node:events';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t, { type Test } from 'tap';
import { giveBack } from '../../lib/memory/buffer-pool.ts';
import { download } from '../../lib/stages/download.ts';
import { clientOf } from '../helpers/s3/client.ts';
import { BUCKET, ownServer } from '../helpers/s3/connection.ts';

const MIB = 1024 * 1024;
const KEY = 'a/b.bin';
const BYTES = Buffer.from(Array.from({ length: 12 * MIB }, (_, index) => (index >> 8) ^ index));

const setUp = async (t: Test) => {
  const server = await ownServer(t);
  const place = { client: clientOf(t, server), bucket: BUCKET, key: KEY };
  return { server, place };
};

t.test('the bytes of an object, in order', async (t) => {
  const { server, place } = await setUp(t);
  for (const size of [0, 1, BYTES.length]) {
    server.put(BUCKET, KEY, BYTES.subarray(0, size));
    for (const maxAsyncDownloads of [1, 4]) {
      const chunks: Buffer[] = [];
      const sink = new Writable({
        objectMode: true,
        write(chunk: Buffer, _encoding, done) {
          chunks.push(Buffer.from(chunk));
          giveBack(chunk);
          setImmediate(done);
        },
      });
      await pipeline(download({ ...place, maxAsyncDownloads }), sink);
      t.ok(Buffer.concat(chunks).equals(BYTES.subarray(0, size)), `${size}`);
    }
  }
});

t.test('a reader who goes early', async (t) => {
  const { server, place } = await setUp(t);
  server.put(BUCKET, KEY, BYTES);
  const unused = download(place).destroy();
  await once(unused, 'close');
  const stage = download(place);
  for await (const chunk of stage) {
    t.ok(BYTES.subarray(0, chunk.length).equals(chunk));
    break;
  }
  t.ok(stage.destroyed);
});

t.test('what is wrong', async (t) => {
  const { server, place } = await setUp(t);
  server.put(BUCKET, KEY, BYTES);
  const read = async (options = {}) => {
    for await (const chunk of download({ ...place, ...options })) giveBack(chunk);
  };
  await t.rejects(read({ key: 'none' }), { code: 'NOT_FOUND' });
  await t.rejects(read({ bucket: 'none' }), { code: 'STORAGE' });
  t.throws(() => download({ ...place, key: 'a/' }), { code: 'USAGE' });
  t.throws(() => download({ ...place, maxAsyncDownloads: 0 }), { code: 'RANGE' });
  const kind = { status: 403, code: 'AccessDenied' };
  server.faults.push({ operation: 'GetObject', times: 1000, kind });
  await t.rejects(read(), { code: 'STORAGE' });
});
