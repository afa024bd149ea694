import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { openInput } from '../../lib/jobs/backup-input.ts';
import { writeBackup } from '../../lib/jobs/backup-output.ts';
import { parseManifest } from '../../lib/jobs/manifest.ts';
import { verify } from '../../lib/jobs/verify.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import { GLOBALS, HEADER, manyRecords, RECORDS, TEXT } from '../helpers/asb-text.ts';
import { RAW_KEY } from '../helpers/keys.ts';
import { chunksOf, parse } from '../helpers/parsed.ts';

const chunks = (text = TEXT): Readable => Readable.from(chunksOf(text));
const namespace = 'test';

t.test('records become a backup with a manifest', async (t) => {
  const root = t.testdir();
  const many = Buffer.concat([HEADER, ...GLOBALS, ...manyRecords(20_000)]);
  const encryption = { mode: 'aes256', key: RAW_KEY } as const;
  const rows = [
    ['plain', {}],
    ['cut', { fileLimit: 1024 * 1024, prefix: 'part' }],
    ['packed', { compress: 'zstd', compressionLevel: 1, encryption, s3: {} }],
    ['preset', { compress: 'zstd' }],
  ] as const;
  for (const [name, options] of rows) {
    const directory = join(root, name);
    const { signal } = new AbortController();
    const written = await writeBackup(chunks(many), { namespace, directory, signal, ...options });
    t.match(written, { records: 20_000, indexes: 6, udfs: 1 }, name);
    const report = await verify({ paths: [directory], encryption }).done;
    t.strictSame(report.failures, []);
    t.equal(report.records, 20_000);
    t.equal(report.bytes, written.fileBytes);
    t.equal(report.files.length, written.files);
    t.match(report.places, [{ manifests: [{ complete: true, begun: new Date(0) }] }]);
  }
  t.ok(readdirSync(join(root, 'cut')).length > 2);
});

t.test('to a file, with the begin of what it was made of', async (t) => {
  const file = join(t.testdir(), 'a.asb');
  const begun = new Date('2026-11-23T07:00:00.000Z');
  const rows = [
    [{ begun, modifiedAfter: undefined, bins: undefined }, {}],
    [
      { begun, modifiedAfter: begun, bins: ['a'] },
      { bins: ['a'], modifiedAfter: /^2026-11-23T07:00:00/ },
    ],
    [{ begun, modifiedAfter: undefined, bins: [] }, { noBins: true }],
  ] as const;
  for (const [origin, options] of rows) {
    await writeBackup(chunks(), { namespace, outputFile: file, origin, removeFiles: true });
    const manifest = parseManifest(readFileSync(`${file}.manifest.json`, 'utf8'), 'm');
    t.match(manifest, { begun, complete: true, options, files: [{ records: RECORDS.length }] });
  }
});

t.test('to a stream, under another name', async (t) => {
  const output = new PassThrough();
  const [bytes] = await Promise.all([
    buffer(output),
    writeBackup(chunks(), { namespace: 'copy', source: 'test', output }),
  ]);
  const { info, error } = parse([bytes]);
  t.equal(error, undefined);
  t.match(info, { namespace: 'copy', records: RECORDS.length, indexes: 6 });
  t.notOk(bytes.includes('* i test '));
});

t.test('a source that fails leaves nothing', async (t) => {
  const root = t.testdir();
  const directory = join(root, 'out');
  async function* failing(): AsyncGenerator<RecordChunk> {
    for (let round = 0; round < 3; round++) {
      yield* chunksOf(Buffer.concat([HEADER, ...manyRecords(10_000)]));
    }
    throw new Error('the source broke');
  }
  const source = Readable.from(failing());
  const options = { namespace, directory, fileLimit: 1024 * 1024 };
  await t.rejects(writeBackup(source, options), /the source broke/);
  t.strictSame(readdirSync(directory), []);
  const outputFile = join(root, 'one.asb');
  const output = new PassThrough().resume();
  for (const place of [{ outputFile }, { outputFile, fileLimit: 1024 * 1024 }, { output }]) {
    await t.rejects(writeBackup(Readable.from(failing()), { namespace, ...place }), /broke/);
    t.strictSame(readdirSync(root), ['out']);
  }
});

t.test('a manifest that cannot be written leaves nothing', async (t) => {
  const root = t.testdir();
  const places = [
    [{ directory: join(root, 'out') }, join(root, 'out', 'test.manifest.json')],
    [{ outputFile: join(root, 'one.asb') }, join(root, 'one.asb.manifest.json')],
  ] as const;
  for (const [place, manifest] of places) {
    async function* source(): AsyncGenerator<RecordChunk> {
      yield* chunksOf(Buffer.concat([HEADER, ...manyRecords(10_000)]));
      while (!existsSync(manifest)) await setTimeout(1); // it was begun
      rmSync(manifest);
      mkdirSync(manifest);
    }
    const written = writeBackup(Readable.from(source()), { namespace, ...place });
    await t.rejects(written, { code: 'USAGE', facts: { file: manifest } });
  }
  t.strictSame(readdirSync(root, { recursive: true }).sort(), [
    'one.asb.manifest.json',
    'out',
    'out/test.manifest.json',
  ]);
});

t.test('a signal ends it', async (t) => {
  const stop = new AbortController();
  const reason = new Error('enough');
  stop.abort(reason);
  const directory = join(t.testdir(), 'out');
  const source = chunks();
  await t.rejects(writeBackup(source, { namespace, directory, signal: stop.signal }), reason);
  t.ok(source.destroyed);
});

t.test('what is there stays, unless it is to be removed', async (t) => {
  const root = t.testdir();
  const directory = join(root, 'out');
  mkdirSync(directory);
  writeFileSync(join(directory, 'old.asb'), TEXT);
  const options = { namespace, directory };
  await t.rejects(writeBackup(chunks(), options), { code: 'EXISTS' });
  const { files } = await openInput({ paths: [directory] });
  const removing = { ...options, removeFiles: true };
  await t.rejects(writeBackup(chunks(), { ...removing, files }), { code: 'USAGE' });
  t.strictSame(readdirSync(directory), ['old.asb']);
  await t.resolves(writeBackup(chunks(), { ...removing, directory: join(root, 'new'), files }));
  const output = new PassThrough();
  output.resume();
  await t.resolves(writeBackup(chunks(), { namespace, output, files, removeFiles: true }));
  await t.resolves(writeBackup(chunks(), removing));
  t.notOk(readdirSync(directory).includes('old.asb'));
});
