import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import t from 'tap';
import { Serializer } from '../../lib/asb/serializer.ts';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import { verify } from '../../lib/jobs/verify.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import { EPOCH_SECONDS } from '../../lib/record/layout.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { encrypt } from '../../lib/stages/encrypt.ts';
import { GLOBALS, HEADER, manyRecords, RECORDS, TEXT } from '../helpers/asb-text.ts';
import { until } from '../helpers/fake-node.ts';
import { frame } from '../helpers/frames.ts';
import { manifestTextOf } from '../helpers/manifests.ts';
import { clientOf } from '../helpers/s3/client.ts';
import { BUCKET, ownServer } from '../helpers/s3/connection.ts';
import { through } from '../helpers/streams.ts';

const MANY = Buffer.concat([HEADER, ...manyRecords(2000)]);
const ENCRYPTION = { mode: 'aes128', key: new EncryptionKey(Buffer.from('secret')) } as const;

/** Frames that end in the middle of records. */
const framesOf = (text: Buffer): Buffer =>
  Buffer.concat([frame(text.subarray(0, 5000)), frame(text.subarray(5000))]);

t.test('reads a directory and a file, plain and compressed', async (t) => {
  const path = t.testdir({
    out: { 'a_00000.asb': TEXT, 'a_00001.asb': framesOf(MANY), 'notes.txt': 'none of them' },
    'one.asb': MANY,
  });
  const job = verify({ paths: [join(path, 'out'), join(path, 'one.asb')] });
  t.match(job.progress, { records: 0, bytes: 0, totalBytes: 0 });
  const report = await job.done;
  t.strictSame(report.failures, []);
  t.match(report.files, [
    { file: join(path, 'out/a_00000.asb'), records: RECORDS.length, indexes: 6, udfs: 1 },
    { file: join(path, 'out/a_00001.asb'), records: 2000, bytes: framesOf(MANY).length },
    { file: join(path, 'one.asb'), records: 2000, version: '3.1', namespace: 'test' },
  ]);
  t.match(report, {
    versions: ['3.1'],
    records: RECORDS.length + 4000,
    indexes: GLOBALS.length - 1,
    udfs: 1,
    expired: 0,
    bytes: TEXT.length + framesOf(MANY).length + MANY.length,
    textBytes: TEXT.length + 2 * MANY.length,
  });
  const { bytes, records } = report;
  t.strictSame(job.progress, { bytes, records, totalBytes: bytes });
  t.equal(report.namespaces.length, 1);
  const { census, namespace } = report.namespaces[0]!;
  t.equal(namespace, 'test');
  t.equal(census.records, records);
  t.match(
    census.sets.map((set) => [set.name.toString(), set.records]),
    [
      ['', 1],
      ['a set\nof\\all', 1],
      ['people', 4005],
    ],
  );
  t.match(census.bins[0], { type: ParticleType.NULL, count: 1 });
});

t.test('what is wrong with one file keeps no other from being read', async (t) => {
  const flipped = Buffer.from(framesOf(MANY));
  flipped[flipped.length - 300]! ^= 0xff;
  const path = t.testdir({
    out: {
      'a.asb': Buffer.concat([MANY, Buffer.from('+ k I 1\noops and more')]),
      'b.asb': MANY.subarray(0, -1),
      'c.asb': flipped,
      'd.asb': 'hello',
      'e.asb': '',
      'f.asb': MANY,
    },
    none: {},
  });
  const missing = join(path, 'missing');
  const report = await verify({ paths: [missing, join(path, 'none'), join(path, 'out')] }).done;
  const file = (name: string): string => join(path, 'out', name);
  t.match(report.failures, [
    { code: 'NOT_FOUND', facts: { file: missing } },
    { code: 'EMPTY', facts: { file: join(path, 'none') } },
    {
      code: 'FORMAT',
      facts: { file: file('a.asb'), offset: MANY.length + 8, column: 1, line: 18005 },
    },
    { code: 'TRUNCATED', facts: { file: file('b.asb'), offset: MANY.length - 1 } },
    { code: 'FORMAT', facts: { file: file('c.asb') } },
    { code: 'FORMAT', facts: { file: file('d.asb'), offset: 0 } },
    { code: 'TRUNCATED', facts: { file: file('e.asb'), offset: 0 } },
  ]);
  t.strictSame(
    report.files.map(({ records, failure }) => [records, failure === undefined]),
    [
      [2000, false],
      [1999, false],
      [report.files[2]?.records, false],
      [0, false],
      [0, false],
      [2000, true],
    ],
  );
});

t.test('an input, whose size nobody knows', async (t) => {
  const input = new PassThrough();
  const job = verify({ input });
  input.write(TEXT);
  await until(() => job.progress.records > 0);
  t.match(job.progress, { bytes: TEXT.length, totalBytes: undefined });
  input.end();
  const report = await job.done;
  t.match(report.files, [{ file: '-', records: RECORDS.length, bytes: TEXT.length }]);
  t.equal(job.progress.totalBytes, undefined);
});

t.test('counts what is expired at a given time', async (t) => {
  const builder = new BatchBuilder('test');
  for (const voidTime of [0, 100, 200, 300]) builder.add({ key: voidTime, voidTime, bins: {} });
  const serializer = new Serializer({ namespace: 'test' });
  const text = [...serializer.push(builder.build()), ...serializer.end()];
  const now = new Date((EPOCH_SECONDS + 200) * 1000);
  const report = await verify({ input: Readable.from(text), now }).done;
  t.match(report, { records: 4, expired: 2, namespaces: [{ census: { neverExpire: 1 } }] });
});

t.test('namespaces of several files are told apart', async (t) => {
  const path = t.testdir();
  for (const [name, namespace] of Object.entries({ a: 'zebra', b: 'ant', c: 'bee' })) {
    const text = TEXT.toString('latin1').replaceAll(
      /(\+ n|namespace) test\n/g,
      `$1 ${namespace}\n`,
    );
    writeFileSync(join(path, `${name}.asb`), text, 'latin1');
  }
  writeFileSync(join(path, 'globals.asb'), 'Version 3.2\n');
  const report = await verify({ paths: [path] }).done;
  t.strictSame(report.failures, []);
  t.strictSame(
    report.namespaces.map(({ namespace, census }) => [namespace, census.records]),
    [
      ['ant', RECORDS.length],
      ['bee', RECORDS.length],
      ['zebra', RECORDS.length],
    ],
  );
  t.strictSame(report.versions, ['3.1', '3.2']);
  t.match(report.files[3], { namespace: undefined, version: '3.2', records: 0 });
});

t.test('encrypted files need the key; others beside them do not', async (t) => {
  const path = join(t.testdir(), 'mixed');
  mkdirSync(path);
  writeFileSync(join(path, 'a.asb'), Buffer.concat(await through([MANY], encrypt(ENCRYPTION))));
  writeFileSync(join(path, 'b.asb'), MANY);
  t.match(await verify({ paths: [path] }).done, {
    records: 2000,
    failures: [{ code: 'FORMAT', message: /encrypted/ }],
  });
  t.match(await verify({ paths: [path], encryption: ENCRYPTION, windowLog: 20 }).done, {
    records: 4000,
    failures: [],
  });
  t.ok(readFileSync(join(path, 'b.asb')).equals(MANY));
});

t.test('a window that is too large is told as damage', async (t) => {
  const options = { windowLog: 10, input: Readable.from([framesOf(MANY)]) };
  t.match(await verify(options).done, { failures: [{ code: 'LIMIT' }] });
});

t.test('nothing to verify is an error', async (t) => {
  await t.rejects(verify({}).done, { code: 'USAGE' });
});

t.test('stops when it is told to', async (t) => {
  const input = new PassThrough();
  const job = verify({ input });
  input.write(TEXT);
  input.once('resume', () => job.abort());
  await t.rejects(job.done, { code: 'ABORTED' });
  t.ok(input.destroyed);

  const path = t.testdir({ 'a.asb': TEXT });
  const early = verify({ paths: [path] });
  early.abort('by the test');
  await t.rejects(early.done, { code: 'ABORTED', message: /by the test/ });
});

t.test('in S3, beside local ones', async (t) => {
  const server = await ownServer(t);
  server.put(BUCKET, 'out/a_00000.asb', TEXT);
  server.put(BUCKET, 'out/a_00001.asb', framesOf(MANY));
  const local = join(t.testdir({ 'one.asb': MANY }), 'one.asb');
  const s3 = { client: clientOf(t, server) };
  const job = verify({ paths: [`s3://${BUCKET}/out`, local, `s3://${BUCKET}/nope`], s3 });
  const report = await job.done;
  t.match(report.files, [
    { file: `s3://${BUCKET}/out/a_00000.asb`, records: RECORDS.length },
    { file: `s3://${BUCKET}/out/a_00001.asb`, records: 2000 },
    { file: local, records: 2000 },
  ]);
  t.match(report.failures, [{ code: 'NOT_FOUND' }]);
  t.equal(job.progress.totalBytes, report.bytes);
});

t.test('against the manifests of each place', async (t) => {
  const files = { 'a_00000.asb': TEXT, 'a_00001.asb': MANY };
  const manifest = manifestTextOf(files);
  const cut = MANY.subarray(0, -manyRecords(2000)[1999]!.length);
  const swapped = Buffer.from(MANY);
  swapped[MANY.length - 3]! ^= 1; // another digit
  const path = t.testdir({
    good: { ...files, 'a.manifest.json': manifest },
    bare: files,
    cut: { ...files, 'a_00001.asb': cut, 'a.manifest.json': manifest },
    changed: { ...files, 'a_00001.asb': swapped, 'a.manifest.json': manifest },
    missing: { 'a_00001.asb': MANY, 'a.manifest.json': manifest },
    running: { ...files, 'a.manifest.json': manifestTextOf(files, { complete: false }) },
  });
  const rows: readonly [string, number, readonly object[]][] = [
    ['good', 1, []],
    ['bare', 0, []],
    ['cut', 1, [{ code: 'TRUNCATED', facts: { file: 'cut/a_00001.asb' } }]],
    ['changed', 1, [{ code: 'FORMAT', facts: { file: 'changed/a_00001.asb' } }]],
    ['missing', 1, [{ code: 'NOT_FOUND', facts: { file: 'missing/a_00000.asb' } }]],
    ['running', 1, [{ code: 'TRUNCATED', facts: { file: 'running/a.manifest.json' } }]],
  ];
  const cwd = process.cwd();
  process.chdir(path);
  t.teardown(() => process.chdir(cwd));
  for (const [name, manifests, failures] of rows) {
    const report = await verify({ paths: [name] }).done;
    t.equal(report.failures.length, failures.length, name);
    t.match(report.failures, failures, name);
    t.match(report.places, [{ location: name }]);
    t.equal(report.places[0]?.manifests.length, manifests, name);
    const ignored = await verify({ paths: [name], manifest: false }).done;
    t.match(ignored, { failures: [], places: [{ location: name, manifests: [] }] });
  }
  const all = await verify({ paths: rows.map(([name]) => name) }).done;
  t.equal(all.failures.length, 4, 'one place keeps no other from being read');
  t.equal(all.files.length, 11);
  t.match((await verify({ input: Readable.from([TEXT]) }).done).places, [
    { location: '-', manifests: [] },
  ]);
});
