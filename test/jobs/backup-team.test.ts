/** Backups by several threads: the same as by one, wherever they go, and whoever goes on with them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { type BackupOptions, backup } from '../../lib/jobs/backup.ts';
import { Meter } from '../../lib/meter/meter.ts';
import { contentOf, differences } from '../helpers/backup-content.ts';
import { checkDirectory, filesIn } from '../helpers/numbered-files.ts';
import { clientOf } from '../helpers/s3/client.ts';
import { BUCKET, ownServer } from '../helpers/s3/connection.ts';
import { encryption, RECORDS, smallCluster, wholeContent } from '../helpers/small-cluster.ts';

const { sandbox, base } = await smallCluster(t);

/** Content of a backup by one thread. */
const whole = await wholeContent(t, base);

t.test('the same records and globals, whatever the place and the number of threads', async (t) => {
  const root = t.testdir();
  const rows: readonly (readonly [number, Partial<BackupOptions>])[] = [
    [1, { directory: join(root, 'one'), fileLimit: 30_000 }],
    [2, { directory: join(root, 'two'), compress: 'zstd', compressionLevel: 1, encryption }],
    [3, { directory: join(root, 'three'), fileLimit: 30_000, compact: true, parallel: 7 }],
    [1, { outputFile: join(root, 'text.asb') }],
    [2, { outputFile: join(root, 'packed.asb'), compress: 'zstd', encryption }],
  ];
  for (const [workers, options] of rows) {
    const job = backup({ ...base, ...options, workers });
    const summary = await job.done;
    const location = options.directory ?? options.outputFile ?? '';
    const key = options.encryption === undefined ? {} : { encryption };
    t.strictSame(differences(await contentOf(location, key), whole), [], location);
    t.match(summary, { records: RECORDS, indexes: 9, udfs: 2, version: '3.2', vectors: 2 });
    t.match(job.progress, { records: RECORDS, partitionsDone: 4096, bytes: summary.bytes });
    const { directory } = options;
    if (directory === undefined) {
      t.equal(readFileSync(location).length, summary.bytes);
      continue;
    }
    const names = filesIn(directory);
    t.equal(names.length, summary.files);
    t.ok(names.length >= workers);
    const bytes = names.map((name) => readFileSync(join(directory, name)).length);
    t.equal(
      bytes.reduce((sum, size) => sum + size),
      summary.bytes,
    );
    checkDirectory(t, directory, options.encryption === undefined);
  }
});

t.test('to a stream, with a meter, and told of what happens', async (t) => {
  for (const compress of [undefined, 'zstd'] as const) {
    const output = new PassThrough();
    const chunks: Buffer[] = [];
    output.on('data', (chunk: Buffer) => chunks.push(chunk));
    const meter = new Meter();
    const notices: string[] = [];
    sandbox.nodes[0]!.faults.cutScan({ afterRecords: 10, how: 'close' });
    const { retries, bytes } = await backup({
      ...base,
      ...(compress === undefined ? {} : { compress }),
      output,
      workers: 2,
      meter,
      onNotice: (notice) => notices.push(notice),
    }).done;
    const file = join(t.testdir(), 'stream.asb');
    writeFileSync(file, Buffer.concat(chunks));
    t.equal(Buffer.concat(chunks).length, bytes);
    t.strictSame(differences(await contentOf(file, {}), whole), []);
    t.ok(retries > 0);
    t.match(notices[0], /^worker [12]: .*asked for again/);
    const figures = meter.figures();
    const packed = compress === undefined ? [] : ['compress'];
    t.strictSame(
      figures.map(({ name }) => name),
      ['scan', 'serialize', ...packed, 'toMain', 'count', 'output'],
    );
    t.equal(figures[1]?.itemsIn, RECORDS);
  }
});

t.test('in S3', async (t) => {
  const server = await ownServer(t);
  const { endpoint, region, credentials } = server;
  const s3 = { endpoint, region, credentials, maxAttempts: 2 };
  const place = { ...base, s3, workers: 2, removeFiles: true };
  const directory = `s3://${BUCKET}/many`;
  const outputFile = `s3://${BUCKET}/one.asb`;
  const own = { s3: { client: clientOf(t, server) } };
  for (const [location, to] of [
    [directory, { directory, fileLimit: 30_000 }],
    // What a worker gives goes there in memory that is shared.
    [outputFile, { outputFile }],
    [outputFile, { outputFile, compress: 'zstd', encryption }],
  ] as const) {
    await backup({ ...place, ...to }).done;
    const key = 'encryption' in to ? { encryption } : {};
    t.strictSame(differences(await contentOf(location, { ...own, ...key }), whole), [], location);
  }
  t.strictSame(server.uploads(BUCKET), []);
  t.notOk(server.objects(BUCKET).find((key) => key.endsWith('state')));
});

t.test('nothing is found', async (t) => {
  const root = t.testdir({ old: { 'test_00000.asb': 'old' }, 'one.asb': 'old' });
  const [directory, outputFile] = [join(root, 'old'), join(root, 'one.asb')];
  const empty = { ...base, sets: ['none'], workers: 2, removeFiles: true };
  for (const place of [{ directory }, { outputFile }]) {
    await t.rejects(backup({ ...empty, ...place }).done, { code: 'EMPTY' });
    t.equal(readFileSync(outputFile, 'latin1'), 'old');
    t.strictSame(readdirSync(directory), ['test_00000.asb']);
  }
  for (const compress of [undefined, 'zstd'] as const) {
    const packed = compress === undefined ? {} : { compress };
    for (const [location, place] of [
      [directory, { directory }],
      [outputFile, { outputFile }],
    ] as const) {
      const summary = await backup({ ...empty, ...packed, ...place, allowEmpty: true }).done;
      t.match(summary, { records: 0, indexes: 9, udfs: 2, files: 1 });
      t.match(await contentOf(location, {}), { records: new Map(), indexes: 9, udfs: 2 });
    }
  }
});

t.test('a shard without a record and without globals', async (t) => {
  const directory = t.testdir();
  const shard = { index: 2, count: 2 };
  const empty = { ...base, directory, shard, sets: ['none'], workers: 1, allowEmpty: true };
  t.match(await backup(empty).done, { records: 0, indexes: 0, udfs: 0, files: 1 });
});

t.test('no more workers than partitions, and none where nothing is read', async (t) => {
  const directory = t.testdir();
  const few = { ...base, directory, removeFiles: true, workers: 3, allowEmpty: true };
  await backup({ ...few, partitions: [7] }).done;
  t.equal(filesIn(directory).length, 1);
  t.match(await backup({ ...few, noRecords: true }).done, { records: 0, udfs: 2, files: 1 });
});

t.test('what workers cannot do', async (t) => {
  const server = await ownServer(t);
  const directory = join(t.testdir(), 'none');
  for (const options of [
    { workers: 65 },
    { workers: 2, maxRecords: 10 },
    { workers: 2, s3: { client: clientOf(t, server) } },
  ]) {
    await t.rejects(backup({ ...base, directory, ...options }).done, { code: 'USAGE' });
  }
});

t.test('stopped before it begins', async (t) => {
  const directory = join(t.testdir(), 'none');
  const job = backup({ ...base, directory, workers: 2 });
  job.abort();
  await t.rejects(job.done, { code: 'ABORTED' });
  t.throws(() => readdirSync(directory), { code: 'ENOENT' });
});
