import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import t from 'tap';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import { LoadCounts } from '../../lib/jobs/load-counts.ts';
import {
  type RestoreOrder,
  type RestoreReport,
  type RestoreThreadData,
  run,
} from '../../lib/jobs/restore-thread.ts';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { encrypt } from '../../lib/stages/encrypt.ts';
import { fileOf, indexLine, keysFrom } from '../helpers/backup-file.ts';
import { until } from '../helpers/fake-node.ts';
import { TestLink } from '../helpers/link.ts';
import { ownS3Target } from '../helpers/s3/target.ts';
import { through } from '../helpers/streams.ts';

const RECORDS = 50;
const TEXT = fileOf('test', keysFrom(0, RECORDS), indexLine('v'));

const sandbox = await startSandbox();
const seeds = sandbox.seeds.join();
const [node] = sandbox.nodes;
t.teardown(() => sandbox.close());

/** Starts a worker in this thread. */
const start = (more: Partial<RestoreThreadData> = {}) => {
  const link = new TestLink<RestoreOrder, RestoreReport>();
  const counts = new LoadCounts();
  const options = { seeds, namespace: 'copy', source: 'test', checkGeneration: false };
  const data = {
    options,
    encryption: undefined,
    s3: {},
    counts: counts.memory,
    metered: false,
    logsS3: false,
    ...more,
  };
  const load = (location: string, id = 0): void =>
    link.tell({ kind: 'load', id, file: { location, size: TEXT.length }, expected: undefined });
  const done = run(data, link);
  const posted = (kind: RestoreReport['kind'], count = 1): Promise<void> =>
    Promise.race([done, link.posted(kind, count)]);
  return { link, counts, load, posted, done };
};

const place = t.testdir({ 'a.asb': TEXT, 'b.asb': TEXT, 'cut.asb': TEXT.slice(0, 20) });
const [whole, other, cut] = ['a.asb', 'b.asb', 'cut.asb'].map((name) => join(place, name));

t.test('it loads what it is told to, and leaves out heads', async (t) => {
  const { link, counts, load, posted, done } = start();
  load(whole!, 7);
  load(other!, 8);
  await posted('loaded', 2);
  link.tell({ kind: 'flush' });
  await posted('flushed');
  t.match(counts.info, { total: 2 * RECORDS, inserted: 2 * RECORDS });
  link.tell({ kind: 'finish' });
  await done;
  const read = { namespace: 'test', bytes: TEXT.length, records: RECORDS };
  t.strictSame(
    link.posts.toSorted((one, two) => ('id' in one && 'id' in two ? one.id - two.id : 0)),
    [{ kind: 'loaded', id: 7, read }, { kind: 'loaded', id: 8, read }, { kind: 'flushed' }],
  );
  t.equal(counts.bytesRead, 2 * TEXT.length);
  t.match(counts.info, { indexes: { created: 0 }, udfs: { created: 0 } });
  t.strictSame(sandbox.cluster.indexes.list('copy'), []);
  await until(() => node!.connections === 0);
});

t.test('an encrypted file', async (t) => {
  const encryption = { mode: 'aes256', key: new EncryptionKey(Buffer.from('secret')) } as const;
  const file = join(t.testdir(), 'secret.asb');
  writeFileSync(file, Buffer.concat(await through([Buffer.from(TEXT)], encrypt(encryption))));
  const { link, load, posted, done } = start({
    encryption: { mode: 'aes256', key: encryption.key.forThread() },
  });
  load(file);
  await posted('loaded');
  link.tell({ kind: 'finish' });
  await done;
  t.match(link.posts, [{ kind: 'loaded', read: { records: RECORDS } }]);
});

t.test('an object of S3, and what is asked for it', async (t) => {
  const { endpoint, region, credentials, bucket, client } = await ownS3Target(t);
  const put = new PutObjectCommand({ Bucket: bucket, Key: 'a.asb', Body: TEXT });
  const { ETag: etag = '' } = await client.send(put);
  const { link, posted, done } = start({ s3: { endpoint, region, credentials }, logsS3: true });
  const file = { location: `s3://${bucket}/a.asb`, size: TEXT.length, etag };
  link.tell({ kind: 'load', id: 0, file, expected: undefined });
  await posted('loaded');
  link.tell({ kind: 'finish' });
  await done;
  const asked = link.posts.flatMap((post) => (post.kind === 's3' ? [post.line.told] : []));
  const get = asked.find(
    (told) => typeof told !== 'string' && told.commandName === 'GetObjectCommand',
  );
  t.match(get, { input: { Bucket: bucket, Key: 'a.asb' }, metadata: { httpStatusCode: 206 } });
});

t.test('what its stages do', async (t) => {
  const { link, load, posted, done } = start({ metered: true });
  load(whole!);
  await posted('loaded');
  link.tell({ kind: 'finish' });
  await done;
  const last = link.posts.findLast(({ kind }) => kind === 'figures');
  t.match(last, { figures: [{ name: 'read' }, { name: 'unpack' }, { name: 'parse' }] });
  t.match(last, { figures: [{ bytesOut: TEXT.length }] });
});

t.test('notices are told', async (t) => {
  node!.faults.answerRows({ resultCode: 14 });
  const { link, load, posted, done } = start();
  load(whole!);
  await posted('loaded');
  link.tell({ kind: 'finish' });
  await done;
  t.strictSame(link.posts.map(({ kind }) => kind).sort(), ['loaded', 'notice']);
});

t.test('the first failure ends all', async (t) => {
  // The other one waits for the cluster, which is asked for nothing more.
  const { promise: over, resolve: goOn } = Promise.withResolvers<void>();
  node!.faults.slowWrites(() => over);
  const { link, load, done } = start({
    options: { seeds, namespace: 'copy', batchSize: 1, maxAsyncBatches: 1 },
  });
  load(whole!, 1);
  await until(() => node!.connections > 1);
  load(cut!, 2);
  await t.rejects(done, { code: 'TRUNCATED', facts: { file: cut } });
  t.notOk(link.posts.some(({ kind }) => kind === 'loaded'));
  goOn();
  node!.faults.clear();
  await until(() => node!.connections === 0);
});

t.test('what the cluster refuses is of no file', async (t) => {
  node!.faults.answerRows({ resultCode: 22 });
  const { link, load, posted, done } = start();
  load(whole!);
  await posted('loaded').catch(() => {}); // or it has failed by then
  link.tell({ kind: 'flush' });
  await t.rejects(done, { code: 'SERVER', facts: { resultCode: 22, file: undefined } });
});

t.test('stopped: before it has begun, or later', async (t) => {
  const early = start();
  early.link.abort();
  await t.rejects(early.done, { code: 'ABORTED', message: 'enough' });
  const late = start();
  late.load(whole!);
  await late.posted('loaded');
  late.link.abort();
  await t.rejects(late.done, { code: 'ABORTED', message: 'enough' });
  await until(() => node!.connections === 0);
});

t.test('no cluster', async (t) => {
  const { done } = start({ options: { seeds: '127.0.0.1:1', namespace: 'copy' } });
  await t.rejects(done, { code: 'CONNECT' });
});
