/** A worker of a backup that runs in this thread; what it does in one of its own, backup-team.test.ts knows. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import { BackupCounts } from '../../lib/jobs/backup-counts.ts';
import type {
  BackupAnswer,
  BackupOrder,
  BackupQuestion,
  BackupReport,
  TextBegin,
} from '../../lib/jobs/backup-messages.ts';
import { run } from '../../lib/jobs/backup-thread.ts';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { contentOf } from '../helpers/backup-content.ts';
import { until } from '../helpers/fake-node.ts';
import { TestLink } from '../helpers/link.ts';
import { BUCKET, ownServer } from '../helpers/s3/connection.ts';

const RECORDS = 300;
const sandbox = await startSandbox({ records: RECORDS, protoSize: 4000 });
const [node] = sandbox.nodes;
t.teardown(() => sandbox.close());

const NO_GLOBALS = { noIndexes: true, noUdfs: true };
const FIRST: TextBegin = { continues: undefined, globals: [] };
const failure = { message: 'enough', code: 'ABORTED' } as const;

/** Starts a worker, and answers it; a question that has no answer here waits. */
const start = (
  more: Partial<BackupOrder>,
  answers: Partial<Record<BackupQuestion['what'], TextBegin | 'refuse'>> = {},
) => {
  const counts = new BackupCounts();
  const link = new TestLink<BackupAnswer, BackupReport>();
  const answered = new Set<number>();
  const post = link.post.bind(link);
  link.post = (report) => {
    post(report);
    if (report.kind === 'piece') link.tell({ kind: 'taken', back: [report.piece.id] });
    if (report.kind !== 'question' || answered.has(report.id)) return;
    const answer = answers[report.question.what];
    if (answer === undefined) return;
    answered.add(report.id);
    const { id } = report;
    if (answer === 'refuse') link.tell({ kind: 'refusal', id, failure });
    else link.tell({ kind: 'answer', id, begin: answer });
  };
  const scan = { seeds: sandbox.seeds.join(), namespace: 'test', maxRetries: 1, ...NO_GLOBALS };
  const order: BackupOrder = {
    scan: { ...scan, sleepBetweenRetries: 1 },
    text: { namespace: 'test' },
    files: undefined,
    keeps: true,
    counts: counts.memory,
    metered: false,
    ...more,
  };
  return { counts, link, scan: order.scan, done: run(order, link) };
};

/** Files of a worker in a directory; the first name is nobody's but the first file's. */
const filesTo = (directory: string) => {
  const nextName = new SharedArrayBuffer(4);
  new Int32Array(nextName)[0] = 1;
  const names = { prefix: 'test', kept: [], nextName };
  return {
    text: { namespace: 'test', directory, fileLimit: 20_000 },
    files: { directory, s3: {}, logged: false, encryption: undefined, ...names },
  };
};
const kindsOf = ({ posts }: TestLink<BackupAnswer, BackupReport>) =>
  new Set(posts.map((report) => report.kind));

t.test('text in pieces, with counts, figures and who held the partitions', async (t) => {
  const { link, counts, done } = start({ metered: true });
  t.match(await done, { records: RECORDS, indexes: 0, version: '3.1' });
  t.strictSame([...kindsOf(link)].sort(), ['figures', 'holders', 'piece']);
  t.match(counts.scan, { records: RECORDS, partitionsSeen: 4096, retries: 0 });
  t.strictSame(counts.written, { bytes: 0, files: 0 });
  const last = link.posts.at(-1);
  t.ok(last?.kind === 'figures' && last.figures[1]?.itemsIn === RECORDS);
  await until(() => node!.connections === 0);
});

t.test('files of its own, of which it tells', async (t) => {
  const directory = t.testdir();
  const key = new EncryptionKey(Buffer.from('secret'));
  const { files, text } = filesTo(directory);
  const encrypted = { mode: 'aes128', key: key.forThread() } as const;
  const order = { text, files: { ...files, encryption: encrypted } };
  const { link, counts, done } = start(order, { text: FIRST, place: FIRST, file: FIRST });
  t.match(await done, { records: RECORDS });
  const told = link.posts.flatMap((report) =>
    report.kind === 'question' && report.question.what === 'file' ? report.question.file.name : [],
  );
  t.strictSame(told, readdirSync(directory).sort());
  t.ok(told.length > 2);
  t.equal(counts.written.files, told.length);
  const content = await contentOf(directory, { encryption: { mode: 'aes128', key } });
  t.equal(content.records.size, RECORDS);
});

t.test('nothing is found: nothing is written', async (t) => {
  const directory = join(t.testdir(), 'none');
  const { scan } = start({});
  const { link, done } = start({ ...filesTo(directory), scan: { ...scan, sets: ['none'] } });
  t.equal(await done, undefined);
  t.strictSame([...kindsOf(link)], ['holders']);
});

t.test('what is refused ends it', async (t) => {
  for (const refused of ['text', 'place', 'file'] as const) {
    const answers = { text: FIRST, place: FIRST, file: FIRST, [refused]: 'refuse' } as const;
    const { done } = start(filesTo(t.testdir()), answers);
    await t.rejects(done, { code: 'ABORTED' }, refused);
  }
  await until(() => node!.connections === 0);
});

t.test('cut while it waits, leaving nothing', async (t) => {
  for (const answers of [{}, { text: FIRST }, { text: FIRST, place: FIRST }] as const) {
    const directory = t.testdir();
    const { link, done } = start(filesTo(directory), answers);
    await link.posted('question', Object.keys(answers).length + 1);
    link.tell({ kind: 'cut', failure });
    await t.rejects(done);
    t.strictSame(
      readdirSync(directory).filter((name) => name.endsWith('part')),
      [],
    );
  }
  await until(() => node!.connections === 0);
});

t.test('cut before a record comes', async (t) => {
  const calm = node!.faults.silence();
  const { link, done } = start({});
  link.tell({ kind: 'cut', failure });
  calm();
  await t.rejects(done);
  node!.faults.slow(() => new Promise(() => {}));
  const { link: other, done: silent } = start({});
  await other.posted('holders');
  other.tell({ kind: 'cut', failure });
  await t.rejects(silent);
  node!.faults.clear();
});

t.test('stopped, it brings what it has read where it belongs, if that is worth it', async (t) => {
  for (const keeps of [true, false]) {
    let protos = 0;
    node!.faults.slow(async () => {
      if (++protos > 10) await new Promise(() => {});
    });
    const { link, counts, done } = start({ keeps });
    await until(() => counts.scan.records > 0);
    link.abort();
    await t.rejects(done);
    t.equal(kindsOf(link).has('piece'), true);
    node!.faults.clear();
  }
});

t.test('notices are told, and failures', async (t) => {
  node!.faults.cutScan({ afterRecords: 10, how: 'close' });
  const { link, done } = start({});
  await done;
  t.ok(kindsOf(link).has('notice'));
  const { scan } = start({});
  const { done: nowhere } = start({ scan: { ...scan, namespace: 'none' } });
  await t.rejects(nowhere, { code: 'NO_NAMESPACE' });
});

t.test('what it asks S3 is told', async (t) => {
  const server = await ownServer(t);
  const { endpoint, region, credentials } = server;
  const { files, text } = filesTo(`s3://${BUCKET}/monday`);
  const order = { text, files: { ...files, s3: { endpoint, region, credentials }, logged: true } };
  const { link, done } = start(order, { text: FIRST, place: FIRST, file: FIRST });
  await done;
  const entries = link.posts.flatMap((report) => (report.kind === 'log' ? report.line.told : []));
  t.ok(entries.some((entry) => JSON.stringify(entry).includes('PutObjectCommand')));
});
