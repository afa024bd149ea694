import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t, { type Test } from 'tap';
import { upload } from '../../lib/stages/upload.ts';
import { clientOf } from '../helpers/s3/client.ts';
import { BUCKET, ownServer } from '../helpers/s3/connection.ts';
import { inChunks } from '../helpers/streams.ts';

const MIB = 1024 * 1024;
const KEY = 'a/b.bin';
const BYTES = Buffer.alloc(12 * MIB, 'any bytes ');

const setUp = async (t: Test) => {
  const server = await ownServer(t);
  const place = { client: clientOf(t, server), bucket: BUCKET, key: KEY };
  return { server, place };
};

t.test('bytes of any kind and number become an object', async (t) => {
  const { server, place } = await setUp(t);
  for (const size of [0, 1, 100_000, BYTES.length]) {
    const bytes = BYTES.subarray(0, size);
    const stage = upload({ ...place, minPartSize: 5 * MIB, removeFiles: true });
    await pipeline(Readable.from(inChunks(bytes, 70_000)), stage);
    t.ok(server.object(BUCKET, KEY)?.bytes.equals(bytes), `${size}`);
    t.equal(stage.info.bytes, size);
  }
  t.equal(server.object(BUCKET, KEY)?.parts.length, 3);
  t.strictSame(server.uploads(BUCKET), []);
});

t.test('the size that is known beforehand makes the parts', async (t) => {
  const { server, place } = await setUp(t);
  const stage = upload({ ...place, largestFile: 10_000 * 7 * MIB });
  await pipeline(Readable.from([BYTES]), stage);
  const [first = 0] = server.object(BUCKET, KEY)?.parts ?? [];
  t.ok(first > 7 * MIB, `${first}`);
});

t.test('what is there already stays, unless it may go', async (t) => {
  const { server, place } = await setUp(t);
  server.put(BUCKET, KEY, 'older');
  await t.rejects(pipeline(Readable.from([BYTES]), upload(place)), { code: 'EXISTS' });
  t.equal(server.object(BUCKET, KEY)?.bytes.toString(), 'older');

  const failing = async function* () {
    yield BYTES;
    throw new Error('the source');
  };
  const over = upload({ ...place, minPartSize: 5 * MIB, removeFiles: true });
  await t.rejects(pipeline(failing(), over), { message: 'the source' });
  t.equal(server.object(BUCKET, KEY)?.bytes.toString(), 'older', 'also where it may, until whole');
  t.strictSame(server.uploads(BUCKET), []);

  await pipeline(Readable.from(['new']), upload({ ...place, removeFiles: true }));
  t.equal(server.object(BUCKET, KEY)?.bytes.toString(), 'new');
});

t.test('an unfinished upload is in the way, too', async (t) => {
  const { server, place } = await setUp(t);
  server.startUpload(BUCKET, KEY, [BYTES]);
  await t.rejects(pipeline(Readable.from(['x']), upload(place)), { code: 'EXISTS' });
  t.equal(server.uploads(BUCKET).length, 1);
  await pipeline(Readable.from(['x']), upload({ ...place, removeFiles: true }));
  t.strictSame(server.uploads(BUCKET), []);
});

t.test('destroyed at any time, it leaves nothing', async (t) => {
  const { server, place } = await setUp(t);
  const options = { ...place, minPartSize: 5 * MIB };
  const unused = upload(options).destroy();
  await once(unused, 'close');

  const opening = upload(options);
  opening.write('x');
  opening.destroy();
  await once(opening, 'close');

  const sending = upload(options);
  const seen = new Promise<void>((resolve) => {
    server.before = ({ operation }) => {
      if (operation === 'UploadPart') resolve();
    };
  });
  sending.write(BYTES);
  await seen;
  sending.destroy();
  await once(sending, 'close');
  t.strictSame([server.objects(BUCKET), server.uploads(BUCKET)], [[], []]);
});

t.test('what the service refuses', async (t) => {
  const { server, place } = await setUp(t);
  const send = (options = {}) =>
    pipeline(Readable.from([BYTES]), upload({ ...place, minPartSize: 5 * MIB, ...options }));
  await t.rejects(send({ bucket: 'none' }), { code: 'STORAGE' });
  t.throws(() => upload({ ...place, key: 'a/' }), { code: 'USAGE' });
  t.throws(() => upload({ ...place, minPartSize: 1 }), { code: 'RANGE' });
  for (const operation of ['CreateMultipartUpload', 'UploadPart'] as const) {
    server.faults.push({ operation, times: 1000, kind: { status: 403, code: 'AccessDenied' } });
    await t.rejects(send(), { code: 'STORAGE' }, operation);
    server.faults.length = 0;
  }
  t.strictSame([server.objects(BUCKET), server.uploads(BUCKET)], [[], []]);
});
