/** Backups that several processes make, each its share: together they are what one would have made. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { AsbError } from '../../lib/errors.ts';
import { type BackupOptions, type BackupSummary, backup } from '../../lib/jobs/backup.ts';
import { parseManifest } from '../../lib/jobs/manifest.ts';
import { restore } from '../../lib/jobs/restore.ts';
import { verify } from '../../lib/jobs/verify.ts';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { contentOf, differences } from '../helpers/backup-content.ts';
import { differences as differingFacts, scanFacts } from '../helpers/facts.ts';
import { until } from '../helpers/fake-node.ts';
import { clientOf } from '../helpers/s3/client.ts';
import { BUCKET, ownServer } from '../helpers/s3/connection.ts';
import { encryption, RECORDS, smallCluster } from '../helpers/small-cluster.ts';

const { sandbox, base } = await smallCluster(t);

const root = t.testdir({});
let places = 0;
/** A directory that nothing is in yet. */
const newPlace = (): string => join(root, `${++places}`);

/** Content of a backup that one process made. */
const whole = await (async () => {
  const directory = newPlace();
  await backup({ ...base, directory }).done;
  return contentOf(directory, {});
})();

/** All shards at the same time. */
const shards = (count: number, options: Partial<BackupOptions>): Promise<BackupSummary[]> =>
  Promise.all(
    Array.from({ length: count }, (_, at) => {
      const shard = { index: at + 1, count };
      return backup({ ...base, ...options, shard }).done;
    }),
  );

const sumOf = (summaries: readonly BackupSummary[], of: 'records' | 'indexes' | 'udfs'): number =>
  summaries.reduce((sum, summary) => sum + summary[of], 0);

t.test('all shards together are one backup', async (t) => {
  const rows: readonly (readonly [number, Partial<BackupOptions>])[] = [
    [4, { fileLimit: 30_000 }],
    [3, { compress: 'zstd', encryption, fileLimit: 20_000, prefix: 'p' }],
    [1, {}],
    [17, { parallel: 1 }],
  ];
  for (const [count, options] of rows) {
    const directory = newPlace();
    const summaries = await shards(count, { ...options, directory });
    t.equal(sumOf(summaries, 'records'), RECORDS);
    t.match(summaries[0], { indexes: 9, udfs: 2 });
    const others = summaries.slice(1);
    t.equal(sumOf(others, 'indexes') + sumOf(others, 'udfs'), 0, 'globals are in the first');
    const key = options.encryption === undefined ? {} : { encryption };
    t.strictSame(differences(await contentOf(directory, key), whole), [], `${count} shards`);
    const names = readdirSync(directory);
    t.notOk(names.find((name) => /state$|part$/.test(name)));
    t.equal(names.filter((name) => name.endsWith('.manifest.json')).length, count);
  }
});

t.test('names and headers: there is one first file', async (t) => {
  const directory = newPlace();
  await shards(2, { directory, fileLimit: 150_000 });
  const files = readdirSync(directory).filter((name) => name.endsWith('.asb'));
  const first = files.filter((name) =>
    readFileSync(join(directory, name), 'latin1').slice(0, 100).includes('# first-file'),
  );
  t.strictSame(first, ['test-1-of-2_00000.asb']);
  t.ok(files.includes('test-2-of-2_00000.asb'));
  t.ok(files.includes('test-2-of-2_00001.asb'));
  const file = join(directory, 'test-2-of-2.manifest.json');
  const manifest = parseManifest(readFileSync(file, 'utf8'), file);
  t.strictSame(manifest.shard, { index: 2, count: 2 });
  const partitions = manifest.files.flatMap((entry) => entry.partitions.split(','));
  t.ok(partitions.length > 400);
  t.ok(partitions.every((id) => Number(id) % 2 === 1));
});

t.test('in S3, beside what others left', async (t) => {
  const server = await ownServer(t);
  const s3 = { client: clientOf(t, server) };
  const directory = `s3://${BUCKET}/out`;
  const foreign = `out/test-1-of-2_00077.asb`;
  server.startUpload(BUCKET, foreign);
  await backup({ ...base, directory, s3, shard: { index: 2, count: 2 } }).done;
  await backup({ ...base, directory, s3, shard: { index: 2, count: 2 }, removeFiles: true }).done;
  t.match(server.uploads(BUCKET), [{ key: foreign }], 'which may be at work');
  await t.rejects(verifyOne(directory, { s3 }), { code: 'NOT_FOUND' });
  const first = { ...base, directory, s3, shard: { index: 1, count: 2 } };
  await t.rejects(backup(first).done, { code: 'EXISTS' });
  await backup({ ...first, removeFiles: true }).done;
  t.strictSame(server.uploads(BUCKET), []);
  t.strictSame(differences(await contentOf(directory, { s3 }), whole), []);
});

/** Rejects with the first thing that is wrong. */
const verifyOne = async (directory: string, options: object = {}): Promise<void> => {
  const [failure] = (await verify({ paths: [directory], ...options }).done).failures;
  if (failure !== undefined) throw failure;
};

/** Ends a backup in mid-run, when it has begun a file. */
const cut = async (directory: string, options: BackupOptions): Promise<string> => {
  let protos = 0;
  const isBegun = () => existsSync(directory) && readdirSync(directory).some(isFile);
  for (const { faults } of sandbox.nodes) {
    faults.cutScan({ afterRecords: 150, how: 'nonsense' });
    faults.slow(async () => {
      if (++protos > 6) await until(isBegun);
    });
  }
  const thrown = await backup({ ...options, directory }).done.catch((error: unknown) => error);
  for (const { faults } of sandbox.nodes) faults.clear();
  return (thrown instanceof AsbError ? thrown.facts.state : undefined) ?? 'none';
};

/** Whole or not. */
const isFile = (name: string): boolean => /\.asb(?:\.part)?$/.test(name);

t.test('one goes on, and the others are not touched', async (t) => {
  for (const place of ['state', 'directory']) {
    const directory = newPlace();
    const options = { ...base, directory, fileLimit: 10_000 };
    const shard = { index: 2, count: 3 };
    const state = await cut(directory, { ...options, shard });
    t.equal(state, join(directory, 'test-2-of-3.asb.state'));
    await backup({ ...options, shard: { index: 3, count: 3 } }).done;
    // Of one that still runs, and of one that was killed.
    const left = { '.test-1-of-3_00004.asb.part': 'x', 'test-1-of-3.asb.state': 'x' };
    for (const [name, text] of Object.entries(left)) writeFileSync(join(directory, name), text);
    await t.rejects(verifyOne(directory), { code: 'TRUNCATED' });

    const again = { ...options, continueFrom: place === 'state' ? state : directory };
    const wrong = { ...again, continueFrom: state };
    await t.rejects(backup(wrong).done, { code: 'USAGE' }, 'without the shard');
    const third = backup({ ...wrong, shard: { index: 3, count: 3 } });
    await t.rejects(third.done, { code: 'USAGE', facts: { expected: 'shard "2/3"' } });
    const summary = await backup({ ...again, shard }).done;
    t.ok(summary.recordsBefore > 0 && summary.recordsBefore < summary.records);
    for (const [name, text] of Object.entries(left)) {
      t.equal(readFileSync(join(directory, name), 'utf8'), text, name);
    }
    await t.rejects(verifyOne(directory), { code: 'NOT_FOUND' });
    const first = { ...options, shard: { index: 1, count: 3 } };
    await t.rejects(backup(first).done, { code: 'EXISTS' }, 'its own state is in the way');
    await backup({ ...first, removeFiles: true }).done;
    t.strictSame(differences(await contentOf(directory, {}), whole), []);
  }
});

t.test('what is there already', async (t) => {
  const directory = newPlace();
  const options = { ...base, directory };
  const shard = { index: 2, count: 2 };
  await backup({ ...options, shard }).done;
  const before = readdirSync(directory);
  const rows: Readonly<Record<string, Partial<BackupOptions>>> = {
    'its own': { shard },
    'a whole backup beside shards': {},
    'another number of shards': { shard: { index: 1, count: 3 } },
    'another number of shards, anew': { shard: { index: 1, count: 3 }, removeFiles: true },
    'another prefix': { shard: { index: 1, count: 2 }, prefix: 'p' },
    'another prefix, anew': { shard: { index: 1, count: 2 }, prefix: 'p', removeFiles: true },
  };
  for (const [name, changes] of Object.entries(rows)) {
    await t.rejects(backup({ ...options, ...changes }).done, { code: 'EXISTS' }, name);
    t.strictSame(readdirSync(directory), before, name);
  }
  await backup({ ...options, shard, removeFiles: true }).done;
  t.strictSame(readdirSync(directory), before);

  const plain = { ...base, directory: newPlace() };
  await backup(plain).done;
  await t.rejects(backup({ ...plain, shard }).done, { code: 'EXISTS' }, 'beside a whole backup');
  await t.rejects(backup({ ...plain, shard, removeFiles: true }).done, { code: 'EXISTS' });
  await contentOf(plain.directory, {});
});

t.test('what has no meaning', async (t) => {
  const directory = newPlace();
  const shard = { index: 1, count: 2 };
  const rows: readonly (readonly [string, Partial<BackupOptions>, string])[] = [
    ['one file', { outputFile: join(directory, 'a.asb'), shard }, 'USAGE'],
    ['a stream', { output: new PassThrough(), shard }, 'USAGE'],
    ['so many records', { directory, maxRecords: 7, shard }, 'USAGE'],
    ['no such shard', { directory, shard: { index: 3, count: 2 } }, 'RANGE'],
    ['none', { directory, shard: { index: 0, count: 0 } }, 'RANGE'],
  ];
  for (const [name, options, code] of rows) {
    await t.rejects(backup({ ...base, ...options }).done, { code }, name);
  }
  t.throws(() => readdirSync(directory), { code: 'ENOENT' });
});

t.test('a shard without a record is none to worry about, unless all are', async (t) => {
  const directory = newPlace();
  const sets = ['types'];
  const summaries = await shards(60, { directory, sets, parallel: 1 });
  t.ok(summaries.some(({ records }) => records === 0));
  await verifyOne(directory);

  const none = { directory: newPlace(), sets: ['no such set'] };
  await t.rejects(shards(2, none), { code: 'EMPTY' });
  await shards(2, { ...none, directory: newPlace(), allowEmpty: true });
  await shards(2, { ...none, directory: newPlace(), noRecords: true });
});

t.test('only some partitions', async (t) => {
  const directory = newPlace();
  const partitions = Array.from({ length: 100 }, (_, at) => 1000 + at);
  const jobs = [1, 2, 3].map((index) =>
    backup({ ...base, directory, partitions, shard: { index, count: 3 } }),
  );
  const summaries = await Promise.all(jobs.map(({ done }) => done));
  t.strictSame(jobs.map(({ progress }) => progress.partitions).sort(), [33, 33, 34]);
  t.ok(jobs.every(({ progress: { partitions, partitionsDone } }) => partitions === partitionsDone));
  const one = { ...base, directory: newPlace(), partitions };
  t.equal((await backup(one).done).records, sumOf(summaries, 'records'));
  t.strictSame(differences(await contentOf(directory, {}), await contentOf(one.directory, {})), []);
});

t.test('a restore wants all of them', async (t) => {
  const directory = newPlace();
  await shards(4, { directory });
  const target = await startSandbox({ nodes: 2 });
  t.teardown(() => target.close());
  const seeds = target.seeds.join();
  const all = await restore({ seeds, directory, namespace: 'test' }).done;
  t.match(all, { total: RECORDS, unchecked: [] });
  const [before, after] = [
    await scanFacts(sandbox.seeds.join(), 'test'),
    await scanFacts(seeds, 'test'),
  ];
  t.strictSame(differingFacts(before, after), []);

  const rest = newPlace();
  const isThere = (name: string): boolean => !name.includes('3-of-4');
  cpSync(directory, rest, { recursive: true, filter: isThere });
  const part = { seeds, directory: rest, namespace: 'copy' };
  const missing = join(rest, 'test-3-of-4.manifest.json');
  await t.rejects(restore(part).done, { code: 'NOT_FOUND', facts: { file: missing } });
  t.equal(target.cluster.namespaces.get('copy')!.count(), 0);
  const { total } = await restore({ ...part, manifest: false }).done;
  t.ok(total > RECORDS / 2 && total < RECORDS);
});
