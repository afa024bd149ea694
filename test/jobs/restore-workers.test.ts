import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import t, { type Test } from 'tap';
import { s3Logger } from '../../lib/cli/s3-log.ts';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import { backup } from '../../lib/jobs/backup.ts';
import { type RestoreOptions, restore } from '../../lib/jobs/restore.ts';
import { RestoreWorkers } from '../../lib/jobs/restore-workers.ts';
import { Meter } from '../../lib/meter/meter.ts';
import { type Sandbox, startSandbox } from '../../lib/sandbox/index.ts';
import { compress } from '../../lib/stages/compress.ts';
import { encrypt } from '../../lib/stages/encrypt.ts';
import { moduleBeside } from '../../lib/threads/thread.ts';
import { sharedLimit } from '../../lib/wire/limiter.ts';
import { fileOf, indexLine, keysFrom } from '../helpers/backup-file.ts';
import { differences, scanFacts } from '../helpers/facts.ts';
import { until } from '../helpers/fake-node.ts';
import { ownS3Target } from '../helpers/s3/target.ts';
import { through } from '../helpers/streams.ts';
import { CLIENT, tlsText } from '../helpers/tls.ts';

const RECORDS = 600;
const full = await startSandbox({ nodes: 2, records: RECORDS });
const fullSeeds = full.seeds.join();
const BEFORE = await scanFacts(fullSeeds, 'test');
t.teardown(() => full.close());

/** Backs it up to several files. */
const backUp = async (directory: string): Promise<string[]> => {
  await backup({ seeds: fullSeeds, namespace: 'test', directory, fileLimit: 50_000 }).done;
  return readdirSync(directory);
};

/** An empty sandbox to restore to; afterwards nobody is connected to it. */
const withEmpty = async (
  act: (seeds: string, sandbox: Sandbox) => Promise<void>,
): Promise<void> => {
  const sandbox = await startSandbox({ nodes: 2 });
  try {
    await act(sandbox.seeds.join(), sandbox);
    await until(() => sandbox.nodes.every(({ connections }) => connections === 0));
  } finally {
    await sandbox.close();
  }
};
const inCopy = ({ cluster }: Sandbox): number => cluster.namespaces.get('copy')!.count();

t.test('every record, its metadata, and globals, whatever the number of threads', async (t) => {
  const encryption = { mode: 'aes128', key: new EncryptionKey(Buffer.alloc(32, 7)) } as const;
  const place = t.testdir({ plain: {}, packed: {} });
  const [plain, packed] = [join(place, 'plain'), join(place, 'packed')];
  const names = (await backUp(plain)).filter((name) => name.endsWith('.asb'));
  t.ok(names.length > 2, `${names.length} files`);
  for (const name of names) {
    const text = readFileSync(join(plain, name));
    const chunks = await through([text], compress(), encrypt(encryption));
    writeFileSync(join(packed, name), Buffer.concat(chunks));
  }
  const rows: readonly RestoreOptions[] = [
    { directory: plain, workers: 1 },
    { directory: packed, encryption, workers: 2, parallel: 5, indexesLast: true },
    { directory: packed, encryption, workers: 8, wait: true, maxAsyncBatches: 2 },
  ];
  for (const { directory = '', ...options } of rows) {
    await withEmpty(async (seeds, { cluster }) => {
      const meter = new Meter();
      const job = restore({ seeds, directory, namespace: 'copy', meter, ...options });
      const bytes = Buffer.concat(names.map((name) => readFileSync(join(directory, name)))).length;
      t.match(await job.done, {
        namespace: 'copy',
        total: RECORDS,
        inserted: RECORDS,
        files: names.length,
        bytesRead: bytes,
        indexes: { created: full.cluster.indexes.list('test').length, same: 0 },
        udfs: { created: full.cluster.udfs.list().length, same: 0 },
      });
      t.strictSame(job.progress, { records: RECORDS, bytesRead: bytes, bytesTotal: bytes });
      t.strictSame(differences(BEFORE, await scanFacts(seeds, 'copy')), []);
      t.strictSame(cluster.udfs.list(), full.cluster.udfs.list());
      const [read] = meter.figures();
      t.match(read, { name: 'read', bytesOut: bytes }, 'of all threads together');
    });
  }
});

t.test('from S3, over TLS, with a login', async (t) => {
  const { endpoint, region, credentials, bucket } = await ownS3Target(t);
  const s3 = { endpoint, region, credentials };
  const client = new S3Client({ ...s3, forcePathStyle: true });
  const directory = t.testdir();
  const names = await backUp(directory);
  const said: string[] = [];
  const logger = s3Logger('Info', (line) => said.push(line))!;
  for (const name of names) {
    const Body = readFileSync(join(directory, name));
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: `monday/${name}`, Body }));
  }
  client.destroy();
  const sandbox = await startSandbox({
    tls: { cert: tlsText('server.pem'), key: tlsText('server.key'), ca: tlsText('ca.pem') },
    users: [{ name: 'ann', password: 'open sesame!', roles: ['read-write', 'data-admin'] }],
  });
  t.teardown(() => sandbox.close());
  const { done } = restore({
    seeds: sandbox.seeds.join(),
    tls: { ...CLIENT, name: 'sandbox' },
    user: 'ann',
    password: 'open sesame!',
    directory: `s3://${bucket}/monday`,
    s3: { ...s3, logger, onNotice: () => {} },
    namespace: 'copy',
    workers: 2,
  });
  t.match(await done, { inserted: RECORDS });
  t.equal(inCopy(sandbox), RECORDS);
  const files = names.filter((name) => name.endsWith('.asb'));
  for (const name of files) {
    const asked = said.filter((line) =>
      line.startsWith(`s3: GetObject s3://${bucket}/monday/${name}`),
    );
    t.ok(asked.length > 1, `${name}: what the head was asked for, and what the worker asks`);
  }
});

/** Three backups one after another, of which a file of the second is damaged behind its head. */
const cutOff = (t: Test) => {
  const damaged = fileOf('test', { c: 2, d: 2 });
  const parentDirectory = t.testdir({
    old: { 'a.asb': fileOf('test', { a: 1, b: 1, c: 1 }, indexLine('v')) },
    mid: { 'a.asb': fileOf('test', { a: 2, b: 2 }), 'b.asb': damaged.slice(0, -1) },
    new: { 'a.asb': fileOf('test', { b: 3 }), 'b.asb': fileOf('test', { e: 3 }) },
  });
  return {
    state: join(parentDirectory, 'one.state'),
    mend: () => writeFileSync(join(parentDirectory, 'mid/b.asb'), damaged),
    source: { parentDirectory, directoryList: ['old', 'mid', 'new'], checkGeneration: false },
  };
};

t.test(
  'one that was cut off goes on with more threads, or fewer; the later backup wins',
  async (t) => {
    for (const [first, then] of [
      [2, 3],
      [3, 0],
      [0, 2],
    ] as const) {
      const { state, mend, source } = cutOff(t);
      await withEmpty(async (seeds, { cluster }) => {
        const job = { seeds, ...source };
        const { done } = restore({ ...job, workers: first, stateFile: state });
        const facts = { state, file: join(source.parentDirectory, 'mid/b.asb') };
        await t.rejects(done, { code: 'TRUNCATED', facts });
        const { files } = JSON.parse(readFileSync(state, 'utf8'));
        mend();
        const summary = await restore({ ...job, workers: then, continueFrom: state }).done;
        t.match(summary, { filesBefore: files.length, files: 5 - files.length });
        const values = [...cluster.namespaces.get('test')!].map(
          ({ key, bins }) => `${key?.subarray(1)}${bins[0]?.bytes[7]}`,
        );
        t.strictSame(values.sort(), ['a2', 'b3', 'c2', 'd2', 'e3']);
        t.notOk(existsSync(state), 'nobody has to go on');
      });
    }
  },
);

t.test('what fails, fails as in one thread: with its file and place', async (t) => {
  const good = fileOf('test', keysFrom(0, 300));
  const directory = t.testdir({
    'a.asb': fileOf('test', keysFrom(1000, 300)),
    'b.asb': good.replace('- I v 1\n', '- I v x\n'),
    'c.asb': fileOf('test', keysFrom(2000, 300)),
  });
  await withEmpty(async (seeds) => {
    const failureWith = (workers: number): Promise<unknown> =>
      restore({ seeds, directory, workers }).done.catch((thrown: unknown) => thrown);
    const [one, two] = [await failureWith(0), await failureWith(2)];
    const file = join(directory, 'b.asb');
    t.match(two, { name: 'AsbError', code: 'FORMAT', facts: { file, line: 10 } });
    t.ok(one instanceof Error && two instanceof Error);
    t.strictSame(JSON.stringify(two), JSON.stringify(one));
  });
});

t.test('counts add up, whatever becomes of records; a limit is one for all threads', async (t) => {
  const directory = t.testdir({
    'a.asb': fileOf('test', keysFrom(0, 300)),
    'b.asb': fileOf('test', keysFrom(300, 300)),
    'c.asb': fileOf('test', keysFrom(600, 300)),
  });
  const early = t.testdirName;
  writeFileSync(join(early, 'early'), fileOf('test', keysFrom(0, 400)));
  await withEmpty(async (seeds, { nodes, cluster }) => {
    await restore({ seeds, inputFile: join(early, 'early') }).done;
    const notices: string[] = [];
    for (const { faults } of nodes) {
      faults.answerRows({ resultCode: 14 }, 30);
      faults.answerRows({ resultCode: 13 }, 5);
    }
    const limitMemory = sharedLimit();
    const begin = process.hrtime.bigint();
    const { done } = restore({
      seeds,
      directory,
      workers: 2,
      recordsPerSecond: 4500,
      limitMemory,
      exists: 'create',
      ignoreRecordErrors: true,
      retryScale: 1,
      batchSize: 64,
      onNotice: (notice) => notices.push(notice),
    });
    const summary = await done;
    const { total, inserted, existed, ignored, inDoubt, retried } = summary;
    t.equal(total, 900);
    t.equal(inserted + existed + ignored + inDoubt, 900);
    t.equal(ignored, 10);
    t.equal(retried, 60);
    t.equal(cluster.namespaces.get('test')!.count(), 400 + inserted);
    t.ok(notices.some((notice) => /^worker [12]: .*sent again/.test(notice)));
    const [fullAt = 0n] = new BigInt64Array(limitMemory);
    t.ok(fullAt - begin >= 200_000_000n, 'all 900 were taken from it');
  });
});

t.test('stopped while the cluster does not answer', async (t) => {
  const directory = t.testdir({
    'a.asb': fileOf('test', { a: 1 }),
    'b.asb': fileOf('test', { b: 1 }),
  });
  await withEmpty(async (seeds, { nodes }) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let held = 0;
    for (const { faults } of nodes) {
      faults.slowWrites(() => {
        held++;
        return promise;
      });
    }
    const job = restore({ seeds, directory, workers: 2 });
    await until(() => held === 2);
    job.abort('by hand');
    await t.rejects(job.done, { code: 'ABORTED', message: /by hand/ });
    resolve();
  });
});

t.test('a stream has no use for workers, and is told so', async (t) => {
  const notices: string[] = [];
  await withEmpty(async (seeds, sandbox) => {
    const input = Readable.from([Buffer.from(fileOf('test', { a: 1 }))]);
    const onNotice = (notice: string): void => void notices.push(notice);
    await restore({ seeds, input, namespace: 'copy', workers: 2, onNotice }).done;
    t.equal(inCopy(sandbox), 1);
  });
  t.equal(notices.length, 1);
});

t.test('what cannot be', async (t) => {
  const directory = t.testdir({ 'a.asb': fileOf('test', { a: 1 }) });
  const client = new S3Client({ region: 'x' });
  const rows: readonly Partial<RestoreOptions>[] = [
    { workers: -1 },
    { workers: 65 },
    { parallel: 0 },
    { parallel: 4097 },
    { parallel: 1.5 },
    { workers: 2, s3: { client } },
    { workers: 2, time: { now: () => 0, sleep: async () => {} } },
  ];
  for (const options of rows) {
    const { done } = restore({ seeds: '127.0.0.1:1', directory, ...options });
    await t.rejects(done, { code: 'USAGE' }, Object.keys(options).join());
  }
});

t.test('a thread that dies', async (t) => {
  const module = moduleBeside('./restore-workers-fixture', import.meta.url);
  const options = { parallel: 5 };
  const workers = new RestoreWorkers({ options, count: 2, module });
  t.equal(workers.lanes.length, 5);
  t.match(workers.info, { total: 0 });
  t.equal(workers.bytesRead, 0);
  const file = { name: 'a.asb', location: 'a.asb', size: 1, open: () => new Readable() };
  const flush = workers.flush();
  const [first, second] = workers.lanes;
  const waits = second!(file, undefined);
  const answers: readonly Promise<unknown>[] = [flush, first!(file, undefined), waits];
  for (const result of await Promise.allSettled(answers)) {
    t.match(result, { status: 'rejected', reason: { message: 'crashed' } });
  }
  await t.rejects(workers.flush(), { message: 'crashed' });
  await t.rejects(first!(file, undefined), { message: 'crashed' });
  await t.rejects(workers.finish(), { message: 'crashed' });
  await workers.stop(new Error('over'));
});
