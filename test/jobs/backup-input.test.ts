import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addAbortSignal, finished, PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { Encryptor } from '../../lib/crypto/ctr.ts';
import { type InputOptions, openInput } from '../../lib/jobs/backup-input.ts';
import { GLOBALS, HEADER, manyRecords, NEXT_HEADER, RECORDS, TEXT } from '../helpers/asb-text.ts';
import { RAW_KEY } from '../helpers/keys.ts';
import { manifestTextOf } from '../helpers/manifests.ts';
import { inChunks } from '../helpers/streams.ts';

const NDJSON = readFileSync(new URL('../../fixtures/records.ndjson', import.meta.url));
const GLOBALS_THERE = GLOBALS.length;

/** Opens a backup, reads all of it, and tells what came. */
const read = async (options: InputOptions) => {
  const input = await openInput(options);
  const { namespace, compressed, ndjson, rereadable } = input;
  const kinds: string[] = [];
  const names: string[] = [];
  for await (const chunk of input.chunks()) {
    if (chunk.kind === 'records') for (const record of chunk) names.push(record.namespace);
    else kinds.push(`${chunk.kind} ${chunk.name}`);
  }
  const records = names.length;
  return { input, namespace, compressed, ndjson, rereadable, globals: kinds, names, records };
};

t.test('files are read as records, the globals of all first and once', async (t) => {
  const [one, two] = manyRecords(2);
  const root = t.testdir({
    plain: { 'a.asb': Buffer.concat([HEADER, one!]), 'b.asb': TEXT, 'c.asb': TEXT },
    packed: { 'a.asb': Buffer.concat([NEXT_HEADER, two!]), 'b.asb': zstdCompressSync(TEXT) },
  });
  const plain = await read({ paths: [join(root, 'plain')], s3: {} });
  t.match(plain, { namespace: 'test', compressed: false, ndjson: false, rereadable: true });
  t.equal(plain.records, 1 + 2 * RECORDS.length);
  t.equal(plain.globals.length, GLOBALS_THERE);
  const bytes = 2 * TEXT.length + HEADER.length + one!.length;
  t.match(plain.input, { bytesTotal: bytes, info: { records: plain.records, bytesRead: bytes } });
  t.strictSame(plain.input.unchecked, [join(root, 'plain')]);
  t.equal(plain.input.begun, undefined);

  const packed = await read({ paths: [join(root, 'packed'), join(root, 'plain', 'a.asb')] });
  t.match(packed, { compressed: true, records: 2 + RECORDS.length });
  t.strictSame(
    packed.input.files.map(({ name }) => name),
    ['a.asb', 'b.asb', 'a.asb'],
  );
});

t.test('files can be read twice', async (t) => {
  const root = t.testdir({ 'a.asb': TEXT });
  const input = await openInput({ paths: [join(root, 'a.asb')] });
  for (const _ of [1, 2]) {
    let records = 0;
    for await (const chunk of input.chunks()) if (chunk.kind === 'records') records += chunk.length;
    t.equal(records, RECORDS.length);
  }
});

t.test('a stream, however it comes', async (t) => {
  const rows: readonly [string, Buffer, boolean][] = [
    ['text', TEXT, false],
    ['frames', zstdCompressSync(TEXT), true],
  ];
  for (const [name, bytes, compressed] of rows) {
    for (const size of [1, 7, 65_536]) {
      const found = await read({ input: Readable.from(inChunks(bytes, size)) });
      t.match(found, { namespace: 'test', compressed, ndjson: false, rereadable: false }, name);
      t.equal(found.records, RECORDS.length);
      t.equal(found.globals.length, GLOBALS_THERE);
      t.match(found.input, { bytesTotal: undefined, unchecked: ['-'], begun: undefined });
      t.equal(found.input.info.bytesRead, bytes.length);
    }
  }
  const empty = await read({ input: Readable.from([HEADER]) });
  t.match(empty, { namespace: 'test', records: 0 });
});

t.test('encrypted, with a key', async (t) => {
  const encryption = { mode: 'aes128', key: RAW_KEY } as const;
  const encryptor = new Encryptor(encryption);
  const bytes = Buffer.concat([encryptor.push(TEXT), encryptor.end()]);
  const root = t.testdir({ 'a.asb': bytes });
  for (const options of [{ input: Readable.from([bytes]) }, { paths: [join(root, 'a.asb')] }]) {
    t.match(await read({ ...options, encryption }), { records: RECORDS.length });
  }
  await t.rejects(openInput({ paths: [join(root, 'a.asb')] }), { code: 'FORMAT' });
});

t.test('NDJSON, by a path, a stream, or a pipe', async (t) => {
  const root = t.testdir({ records: NDJSON });
  const lines = NDJSON.toString()
    .split('\n')
    .filter((line) => line.includes('"digest"'));
  const path = join(root, 'records');
  for (const options of [{ paths: [path] }, { input: createReadStream(path) }]) {
    const found = await read({ ...options, namespace: 'test' });
    t.match(found, { namespace: 'test', records: lines.length, compressed: false, ndjson: true });
  }
  t.match(await read({ paths: [path] }), { namespace: undefined, records: lines.length });
  const fifo = join(root, 'fifo');
  t.equal(spawnSync('mkfifo', [fifo]).status, 0);
  const [found] = await Promise.all([
    read({ paths: [fifo, fifo].slice(0, 1) }),
    pipeline(createReadStream(path), createWriteStream(fifo)),
  ]);
  t.match(found, { rereadable: false, records: lines.length });
});

t.test('NDJSON between texts is of their namespace', async (t) => {
  const { length } = (await read({ input: Readable.from([NDJSON]), namespace: 'test' })).names;
  const root = t.testdir({ records: NDJSON, 'a.asb': Buffer.concat([HEADER, RECORDS[0]!]) });
  const [text, lines] = [join(root, 'a.asb'), join(root, 'records')];
  for (const paths of [
    [text, lines],
    [lines, text],
  ]) {
    const { names, namespace } = await read({ paths });
    t.equal(namespace, 'test');
    t.strictSame(names, Array(length + 1).fill('test'));
  }
});

t.test('a global behind a record is given where it stands', async (t) => {
  const [one] = manyRecords(1);
  const root = t.testdir({ 'a.asb': Buffer.concat([HEADER, one!, GLOBALS[0]!]) });
  t.match(await read({ paths: [join(root, 'a.asb')] }), { globals: ['index by age'], records: 1 });
});

t.test('what is wrong is told of the file', async (t) => {
  const broken = Buffer.concat([TEXT, Buffer.from('rubbish')]);
  const longer = Buffer.concat([TEXT, RECORDS[0]!]);
  const root = t.testdir({
    broken: { 'a.asb': TEXT, 'b.asb': broken },
    cut: { 'a.asb': TEXT.subarray(0, -1) },
    changed: { 'a.asb': TEXT, 'test.manifest.json': manifestTextOf({ 'a.asb': longer }) },
    other: {
      'a.asb': Buffer.concat([HEADER, RECORDS[6]!]),
      'test.manifest.json': manifestTextOf({ 'a.asb': Buffer.concat([HEADER, RECORDS[0]!]) }),
    },
    none: {},
    two: { 'a.asb': TEXT, 'b.asb': 'Version 3.1\n# namespace copy\n' },
  });
  const at = (path: string) => ({ paths: [join(root, path)] });
  await t.rejects(read(at('broken')), {
    code: 'FORMAT',
    facts: { file: join(root, 'broken/b.asb') },
  });
  await t.rejects(read(at('cut')), { code: 'TRUNCATED', facts: { file: join(root, 'cut/a.asb') } });
  await t.rejects(read(at('changed')), { code: 'TRUNCATED' }, 'by its size, before it is read');
  await t.resolves(read({ ...at('changed'), manifest: false }));
  await t.rejects(read(at('none')), { code: 'EMPTY' });
  await t.rejects(read(at('two')), { code: 'FORMAT', facts: { expected: 'test' } });
  await t.rejects(read({ input: Readable.from([TEXT.subarray(0, -1)]) }), { code: 'TRUNCATED' });
  await t.rejects(read({ input: Readable.from([]), paths: ['a'] }), { code: 'USAGE' });
  await t.rejects(read({}), { code: 'USAGE' });
});

t.test('a file of the right size that was changed is known at its end', async (t) => {
  const [one] = manyRecords(1);
  const two = Buffer.from(one!.toString().replace('+ k I 0', '+ k I 1'));
  const root = t.testdir({
    'a.asb': Buffer.concat([HEADER, one!]),
    'test.manifest.json': manifestTextOf({ 'a.asb': Buffer.concat([HEADER, two]) }),
  });
  const input = await openInput({ paths: [root] });
  t.match(input, { unchecked: [], begun: new Date('2026-11-23T07:00:00.000Z') });
  t.equal(input.modifiedAfter, undefined);
  t.equal(input.bins, undefined);
  let records = 0;
  const all = async () => {
    for await (const chunk of input.chunks()) if (chunk.kind === 'records') records += chunk.length;
  };
  await t.rejects(all(), { code: 'FORMAT', facts: { file: join(root, 'a.asb') } });
  t.equal(records, 1);
});

t.test(
  'of a backup made of one that does not say when it was begun, nobody knows it',
  async (t) => {
    const files = { 'a.asb': Buffer.concat([HEADER, ...manyRecords(1)]) };
    const manifest = manifestTextOf(files, { begun: new Date(0), options: { bins: ['a'] } });
    const root = t.testdir({ ...files, 'test.manifest.json': manifest });
    t.match(await openInput({ paths: [root] }), { begun: undefined, bins: ['a'] });
  },
);

t.test('since when several backups have what was written', async (t) => {
  const file = Buffer.concat([HEADER, ...manyRecords(1)]);
  const since = (modifiedAfter?: string) => ({
    'a.asb': file,
    'test.manifest.json': manifestTextOf(
      { 'a.asb': file },
      { options: modifiedAfter === undefined ? {} : { modifiedAfter } },
    ),
  });
  const [first, second] = ['2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z'];
  const root = t.testdir({ full: since(), one: since(first), two: since(second) });
  const rows: readonly (readonly [readonly string[], Date | undefined])[] = [
    [['full'], undefined],
    [['two'], new Date(second)],
    [['two', 'one'], new Date(first)],
    [['full', 'two'], undefined],
  ];
  for (const [places, modifiedAfter] of rows) {
    const input = await openInput({ paths: places.map((place) => join(root, place)) });
    t.strictSame(input.modifiedAfter, modifiedAfter, places.join());
  }
});

t.test('what was written up to some time is all until then', async (t) => {
  const files = { 'a.asb': Buffer.concat([HEADER, ...manyRecords(1)]) };
  const begun = new Date('2026-11-23T07:00:00.000Z');
  const earlier = new Date('2026-11-22T07:00:00.000Z');
  const later = new Date('2026-11-24T07:00:00.000Z');
  for (const [modifiedBefore, expected] of [
    [earlier, earlier],
    [later, begun],
  ] as const) {
    const options = { modifiedBefore: modifiedBefore.toISOString() };
    const manifest = manifestTextOf(files, { begun, options });
    const root = t.testdir({ ...files, 'test.manifest.json': manifest });
    t.same((await openInput({ paths: [root] })).begun, expected);
  }
});

t.test('a signal ends it, and leaving early closes the file', async (t) => {
  const text = Buffer.concat([HEADER, ...manyRecords(20_000)]);
  const root = t.testdir({ 'a.asb': text });
  const stop = new AbortController();
  const input = await openInput({ paths: [join(root, 'a.asb')], signal: stop.signal });
  const reason = new Error('enough');
  const all = async () => {
    for await (const _ of input.chunks()) stop.abort(reason);
  };
  await t.rejects(all(), /enough|abort/);
  const again = await openInput({ paths: [join(root, 'a.asb')] });
  for await (const _ of again.chunks()) break;
  t.ok(again.info.bytesRead < text.length);
  const stream = Readable.from(inChunks(text, 1024));
  const closed = new Promise((resolve) => finished(stream, resolve));
  const streamed = await openInput({ input: stream });
  for await (const _ of streamed.chunks()) break;
  await closed;
});

t.test('a stream that is silent can be left', async (t) => {
  const text = Buffer.concat([HEADER, ...manyRecords(20_000)]);
  const silent = async () => {
    const stream = new PassThrough();
    stream.write(text.subarray(0, -1));
    return { stream, input: await openInput({ input: stream }) };
  };
  const early = await silent();
  for await (const _ of early.input.chunks()) break;
  t.ok(early.stream.destroyed);
  const { stream, input } = await silent();
  const stop = new AbortController();
  const all = async () => {
    const chunks = addAbortSignal(stop.signal, input.chunks());
    for await (const _ of chunks) setImmediate(() => stop.abort());
  };
  await t.rejects(all(), { name: 'AbortError' });
  t.ok(stream.destroyed);
});
