import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { BufferPool, lend } from '../../../lib/memory/buffer-pool.ts';
import { S3Connection } from '../../../lib/storage/s3/connection.ts';
import { MAX_PARTS, type S3Options } from '../../../lib/storage/s3/options.ts';
import { createS3File } from '../../../lib/storage/s3/s3-file.ts';
import type { StorageFile } from '../../../lib/storage/storage.ts';
import { clientOf } from '../../helpers/s3/client.ts';
import type {
  FaultKind,
  OperationName,
  S3Server,
  S3ServerOptions,
} from '../../helpers/s3/server.ts';
import { startS3Server } from '../../helpers/s3/server.ts';

const MIB = 1024 * 1024;
const BUCKET = 'bucket';
const KEY = 'a/file.asb';
const PIECE = 300_000;

/** A server of the test's own, and files on it. */
const setUp = async (t: Test, options: S3Options = {}, serverOptions: S3ServerOptions = {}) => {
  const server = await startS3Server({ buckets: [BUCKET], ...serverOptions });
  t.teardown(() => server.close());
  const client = clientOf(t, server, {
    requestChecksumCalculation: options.checksum === 'md5' ? 'WHEN_REQUIRED' : 'WHEN_SUPPORTED',
  });
  const notices: string[] = [];
  const onNotice = (line: string) => notices.push(line);
  const connection = new S3Connection({ client, onNotice, minPartSize: 5 * MIB, ...options });
  const create = (largestFile?: number) =>
    createS3File(connection, { bucket: BUCKET, key: KEY, name: 'file.asb', largestFile });
  return { server, create, notices };
};

const writeAll = async (file: StorageFile, bytes: Uint8Array): Promise<void> => {
  for (let at = 0; at < bytes.length; at += PIECE) await file.write(bytes.subarray(at, at + PIECE));
};

/** Nothing is left: no object, no part. */
const isClear = (t: Test, server: S3Server): void => {
  t.strictSame(server.objects(BUCKET), []);
  t.strictSame(server.uploads(BUCKET), []);
};

t.test(
  'every size arrives, byte by byte, with each checksum, and on a server without',
  async (t) => {
    const sizes = [0, 1, 5 * MIB, 5 * MIB + 1, 10 * MIB, 23 * MIB];
    for (const checksum of ['crc32', 'sha256', 'md5'] as const) {
      for (const checksums of ['kept', 'ignored'] as const) {
        const { server, create, notices } = await setUp(t, { checksum }, { checksums });
        for (const size of sizes) {
          const bytes = randomBytes(size);
          const file = await create(1);
          t.equal(file.location, `s3://${BUCKET}/${KEY}`);
          t.equal(file.name, 'file.asb');
          await writeAll(file, bytes);
          await file.close();
          t.ok(
            server.object(BUCKET, KEY)?.bytes.equals(bytes),
            `${size}, ${checksum}, ${checksums}`,
          );
          await file.abort();
          t.ok(server.object(BUCKET, KEY), 'what is complete stays');
        }
        t.strictSame(server.uploads(BUCKET), []);
        t.strictSame(notices, []);
      }
    }
  },
);

t.test('chunks of any size make whole parts, whatever is in flight', async (t) => {
  const size = fc.oneof(fc.integer({ min: 0, max: 12 * MIB }), fc.constant(5 * MIB));
  const sizes = fc.array(size, { minLength: 1, maxLength: 6 });
  for (const checksum of ['crc32', 'md5'] as const) {
    const { server, create } = await setUp(t, { maxAsyncUploads: 2, checksum });
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const chunks = lengths.map((length) => randomBytes(length));
        const file = await create(1);
        for (const chunk of chunks) await file.write(chunk);
        await file.close();
        return server.object(BUCKET, KEY)?.bytes.equals(Buffer.concat(chunks)) === true;
      }),
      { numRuns: 10 },
    );
  }
});

t.test('nothing is seen before close', async (t) => {
  const { server, create } = await setUp(t);
  const file = await create(1);
  await writeAll(file, randomBytes(12 * MIB));
  t.strictSame(server.objects(BUCKET), []);
  await file.close();
  t.strictSame(server.objects(BUCKET), [KEY]);
});

t.test('what the options say', async (t) => {
  const { server, create } = await setUp(t, {
    storageClass: 'STANDARD_IA',
    serverSideEncryption: 'aws:kms',
    kmsKeyId: 'key-1',
  });
  for (const size of [1, 6 * MIB]) {
    const file = await create(1);
    await writeAll(file, randomBytes(size));
    await file.close();
    t.match(server.object(BUCKET, KEY), {
      storageClass: 'STANDARD_IA',
      encryption: { 'x-amz-server-side-encryption': 'aws:kms' },
    });
  }
});

t.test('encryption that the server does not confirm', async (t) => {
  for (const size of [1, 6 * MIB]) {
    const options = { serverSideEncryption: 'AES256' } as const;
    const { server, create } = await setUp(t, options, { encryption: false });
    const file = await create(1);
    await writeAll(file, randomBytes(size));
    await t.rejects(file.close(), { code: 'STORAGE', facts: { expected: 'AES256' } });
    await file.abort();
    isClear(t, server);
  }
});

t.test('what goes wrong once is tried again', async (t) => {
  const operations = ['CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload'] as const;
  const kinds: FaultKind[] = [
    { status: 500, code: 'InternalError' },
    { status: 503, code: 'SlowDown' },
    'reset',
    'lostAnswer',
  ];
  for (const operation of [...operations, 'PutObject'] as const) {
    for (const kind of kinds) {
      const { server, create, notices } = await setUp(t);
      server.faults.push({ operation, kind });
      const bytes = randomBytes(operation === 'PutObject' ? 1000 : 12 * MIB);
      const file = await create(1);
      await writeAll(file, bytes);
      await file.close();
      t.ok(server.object(BUCKET, KEY)?.bytes.equals(bytes), `${operation} ${JSON.stringify(kind)}`);
      t.strictSame(server.uploads(BUCKET), [], 'nor is an upload left that nobody knows');
      t.strictSame(notices, []);
      t.equal(server.faults.length, 0, 'the fault has come');
    }
  }
});

t.test('what goes wrong for good leaves nothing', async (t) => {
  const kinds: FaultKind[] = [{ status: 500, code: 'InternalError' }, 'reset', 'lostAnswer'];
  for (const operation of ['CreateMultipartUpload', 'UploadPart', 'PutObject'] as const) {
    for (const kind of kinds) {
      const { server, create, notices } = await setUp(t);
      server.faults.push({ operation, kind, times: Infinity });
      const file = await create(1);
      const size = operation === 'PutObject' ? 1000 : 40 * MIB;
      const writing = writeAll(file, randomBytes(size)).then(() => file.close());
      await t.rejects(writing, { code: 'STORAGE', facts: { file: file.location } });
      await file.abort();
      if (operation !== 'PutObject' || kind !== 'lostAnswer')
        t.strictSame(server.objects(BUCKET), []);
      t.strictSame(server.uploads(BUCKET), [], `${operation} ${JSON.stringify(kind)}`);
      t.strictSame(notices, []);
      await t.rejects(file.write(Buffer.from('x')), { code: 'STORAGE' }, 'it stays failed');
    }
  }
});

t.test('a part that fails ends the others, however much is to come', async (t) => {
  const { server, create } = await setUp(t);
  server.faults.push({
    operation: 'UploadPart',
    partNumber: 1,
    kind: { status: 403, code: 'AccessDenied' },
  });
  const file = await create(1);
  const writing = (async () => {
    for (;;) await file.write(randomBytes(MIB));
  })();
  await t.rejects(writing, { code: 'STORAGE' });
  await file.abort();
  isClear(t, server);
});

t.test('CompleteMultipartUpload', async (t) => {
  const kinds: [FaultKind, number, boolean][] = [
    // All answers are lost: only a look at the object tells.
    ['lostAnswer', Infinity, true],
    [{ status: 500, code: 'InternalError' }, Infinity, false],
    ['reset', Infinity, false],
    ['errorInBody', Infinity, false],
    [{ status: 403, code: 'AccessDenied' }, 1, false],
  ];
  for (const checksums of ['kept', 'ignored'] as const) {
    for (const [kind, times, succeeds] of kinds) {
      const { server, create } = await setUp(t, {}, { checksums });
      server.faults.push({ operation: 'CompleteMultipartUpload', kind, times });
      const bytes = randomBytes(12 * MIB);
      const file = await create(1);
      await writeAll(file, bytes);
      const name = `${JSON.stringify(kind)}, ${checksums}`;
      if (succeeds) {
        await file.close();
        t.ok(server.object(BUCKET, KEY)?.bytes.equals(bytes), name);
      } else {
        await t.rejects(file.close(), { code: 'STORAGE' }, name);
        await file.abort();
        isClear(t, server);
      }
    }
  }
});

t.test('an older object stays when a new one does not get complete', async (t) => {
  const { server, create } = await setUp(t);
  server.put(BUCKET, KEY, 'older');
  server.faults.push({
    operation: 'CompleteMultipartUpload',
    kind: { status: 500, code: 'InternalError' },
    times: Infinity,
  });
  const file = await create(1);
  await writeAll(file, randomBytes(12 * MIB));
  await t.rejects(file.close(), { code: 'STORAGE' });
  await file.abort();
  t.equal(server.object(BUCKET, KEY)?.bytes.toString(), 'older');
  t.strictSame(server.uploads(BUCKET), []);
});

t.test('a lost answer whose object cannot be looked at is an error', async (t) => {
  const { server, create } = await setUp(t);
  server.faults.push({ operation: 'CompleteMultipartUpload', kind: 'lostAnswer', times: Infinity });
  server.faults.push({
    operation: 'HeadObject',
    kind: { status: 403, code: 'AccessDenied' },
    times: Infinity,
  });
  const file = await create(1);
  await writeAll(file, randomBytes(12 * MIB));
  await t.rejects(file.close(), { code: 'STORAGE' });
  await file.abort();
  t.strictSame(server.uploads(BUCKET), []);
});

t.test('a lost answer, and encryption that is not confirmed', async (t) => {
  const options = { serverSideEncryption: 'AES256' } as const;
  const { server, create } = await setUp(t, options, { encryption: false });
  server.faults.push({ operation: 'CompleteMultipartUpload', kind: 'lostAnswer', times: Infinity });
  const file = await create(1);
  await writeAll(file, randomBytes(12 * MIB));
  await t.rejects(file.close(), { code: 'STORAGE', facts: { expected: 'AES256' } });
  await file.abort();
  isClear(t, server);
});

t.test('bytes that arrive changed', async (t) => {
  const cases: [OperationName, FaultKind][] = [
    ['UploadPart', 'corrupt'],
    ['UploadPart', 'shortBody'],
    ['PutObject', 'corrupt'],
    ['PutObject', 'shortBody'],
  ];
  for (const checksum of ['crc32', 'md5'] as const) {
    for (const [operation, kind] of cases) {
      const { server, create } = await setUp(t, { checksum });
      server.faults.push({ operation, kind });
      const file = await create(1);
      const size = operation === 'PutObject' ? 1000 : 12 * MIB;
      const writing = writeAll(file, randomBytes(size)).then(() => file.close());
      await t.rejects(writing, { code: 'STORAGE' }, `${operation} ${kind} ${checksum}`);
      await file.abort();
      isClear(t, server);
    }
  }
});

t.test('an object that is another when it is complete', async (t) => {
  for (const size of [1000, 12 * MIB]) {
    const { server, create } = await setUp(t);
    const bytes = randomBytes(size);
    server.before = ({ operation }) => {
      if (operation === 'HeadObject') server.put(BUCKET, KEY, randomBytes(size));
    };
    const file = await create(1);
    await writeAll(file, bytes);
    await t.rejects(file.close(), { code: 'STORAGE' });
    await file.abort();
    isClear(t, server);
  }
});

t.test('abort at any moment', async (t) => {
  const operations = ['CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload'] as const;
  for (const operation of operations) {
    const { server, create } = await setUp(t);
    const reached = new Promise<void>((resolve) => {
      server.before = async (request) => {
        if (request.operation === operation) resolve();
      };
    });
    const file = await create(1);
    const writing = writeAll(file, randomBytes(12 * MIB)).then(() => file.close());
    const failed = writing.then(
      () => false,
      () => true,
    );
    await reached;
    await file.abort();
    t.strictSame(server.uploads(BUCKET), [], operation);
    // A completion under way is waited for: then the object is whole.
    t.equal(server.objects(BUCKET).length === 0, await failed, operation);
  }
});

t.test('abort before anything was written', async (t) => {
  const { server, create } = await setUp(t);
  const file = await create();
  await file.abort();
  isClear(t, server);
});

t.test('what cannot be cleared up is told', async (t) => {
  const { server, create, notices } = await setUp(t);
  const denied = { kind: { status: 403, code: 'AccessDenied' }, times: Infinity } as const;
  server.faults.push({ operation: 'UploadPart', ...denied });
  server.faults.push({ operation: 'AbortMultipartUpload', ...denied });
  const file = await create(1);
  const writing = writeAll(file, randomBytes(12 * MIB)).then(() => file.close());
  await t.rejects(writing, { code: 'STORAGE' });
  await file.abort();
  t.equal(server.uploads(BUCKET).length, 1);
  t.equal(notices.length, 1);
});

t.test('more than 10,000 parts hold', async (t) => {
  const { server, create } = await setUp(t, { minPartSize: 5 * MIB });
  const file = await create(1);
  // Its bytes are never looked at: it is refused before.
  const huge = new Proxy(new Uint8Array(1), {
    get: (target, key) => (key === 'length' ? 5 * MIB * MAX_PARTS + 1 : Reflect.get(target, key)),
  });
  await t.rejects(file.write(huge), { code: 'LIMIT' });
  await file.abort();
  isClear(t, server);
});

t.test('memory that was lent comes back, of chunks of any size', async (t) => {
  const { server, create } = await setUp(t);
  const pool = new BufferPool(6 * MIB, 100);
  const memory = new Set<Buffer>();
  const file = await create(1);
  const written: Buffer[] = [];
  for (const size of [MIB, 6 * MIB, 100, 5 * MIB, 3 * MIB, 3 * MIB, 3 * MIB, 1]) {
    const buffer = pool.take();
    memory.add(buffer.bytes);
    randomBytes(size).copy(buffer.bytes);
    written.push(Buffer.from(buffer.bytes.subarray(0, size)));
    await file.write(lend(buffer, 0, size));
    buffer.release();
  }
  await file.close();
  t.ok(server.object(BUCKET, KEY)?.bytes.equals(Buffer.concat(written)));
  const back = Array.from(memory, () => pool.take().bytes);
  t.ok(
    back.every((bytes) => memory.has(bytes)),
    'all of it',
  );
});

t.test('a server that stops answering holds the writer, and no memory', async (t) => {
  const { server, create } = await setUp(t, { maxAsyncUploads: 2 });
  server.faults.push({ operation: 'UploadPart', kind: 'stall', times: Infinity });
  const stalled = new Promise<void>((resolve) => {
    server.before = () => {
      if (server.requests.count('UploadPart') === 2) resolve();
    };
  });
  const file = await create(1);
  let written = 0;
  const writing = (async () => {
    for (;;) {
      await file.write(randomBytes(MIB));
      written += MIB;
    }
  })();
  writing.catch(() => {});
  await stalled;
  await file.abort();
  await t.rejects(writing, { code: 'STORAGE' });
  t.ok(written <= 22 * MIB, `${written} bytes`);
  isClear(t, server);
});
