import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { BatchBuilder } from '../../lib/record/builder.ts';
import { partitionOf } from '../../lib/record/layout.ts';
import { alignedFrames } from '../../lib/stages/aligned-frames.ts';
import { compress } from '../../lib/stages/compress.ts';
import { decompress } from '../../lib/stages/decompress.ts';
import {
  DEFAULT_FILE_LIMIT,
  numberedName,
  rotate,
  type WholeFile,
} from '../../lib/stages/rotate.ts';
import { serialize } from '../../lib/stages/serialize.ts';
import { Uncut } from '../../lib/stages/uncut.ts';
import { units } from '../../lib/stages/units.ts';
import { directory } from '../../lib/storage/directory.ts';
import { HEADER, manyRecords, RECORDS, TEXT } from '../helpers/asb-text.ts';
import { frame } from '../helpers/frames.ts';
import { memoryStorage } from '../helpers/memory-storage.ts';
import { through } from '../helpers/streams.ts';

const UDF = { kind: 'udf', name: 'm', language: 'LUA', content: Buffer.from('x\n') } as const;

const from = (chunks: Iterable<unknown>) => Readable.from(chunks);

t.test('lays text down in a directory, durable when it finishes', async (t) => {
  const path = join(t.testdir({}), 'backup');
  const storage = directory(path);
  const files = rotate({ storage, name: 'test', fileLimit: 500 });
  await pipeline(from([TEXT]), units(), files);
  const names = files.info.files.map((file) => file.name);
  t.ok(names.length > 2);
  t.same(readdirSync(path).sort(), names);
  t.equal(names[1], 'test_00001.asb');
});

t.test("has asbackup's limit and names, of any width", async (t) => {
  t.equal(DEFAULT_FILE_LIMIT, 250 * 1024 * 1024);
  t.equal(numberedName('test', 0), 'test_00000.asb');
  t.equal(numberedName('a b', 100_000), 'a b_100000.asb');
});

t.test('takes names from a function', async (t) => {
  const storage = memoryStorage();
  const files = rotate({ storage, name: (index) => `part-${index}` });
  await pipeline(from([HEADER, RECORDS[0]!]), files);
  t.same([...storage.files.keys()], ['part-0']);
  t.same(files.info.files, [{ name: 'part-0', bytes: HEADER.length + RECORDS[0]!.length }]);
  t.equal(files.info.bytes, HEADER.length + RECORDS[0]!.length);
});

t.test('takes frames from compress and from alignedFrames', async (t) => {
  const records = manyRecords(2000);
  for (const stages of [[], [alignedFrames()]]) {
    const storage = memoryStorage();
    const files = rotate({ storage, name: 'test', fileLimit: 5000 });
    await pipeline([from([HEADER, ...records]), compress({ frameSize: 10_000 }), ...stages, files]);
    t.ok(files.info.files.length > 2);
    for (const { bytes } of files.info.files) t.ok(bytes <= 5000);
  }
});

t.test('no cut where none is allowed', async (t) => {
  const storage = memoryStorage();
  const files = rotate({ storage, name: 'test', fileLimit: 1 });
  const frames = [HEADER, ...RECORDS].map((unit) => frame(unit));
  await pipeline(
    from([new Uncut(frames[0]!), new Uncut(frames[1]!), ...frames.slice(2, 4)]),
    files,
  );
  t.same(storage.files.get('test_00000.asb'), Buffer.concat(frames.slice(0, 3)));
  t.equal(storage.files.size, 2);
});

for (const fileLimit of [0, -1, Number.NaN]) {
  t.test(`refuses a limit of ${fileLimit}`, async (t) => {
    t.throws(() => rotate({ storage: memoryStorage(), name: 'x', fileLimit }), { code: 'RANGE' });
  });
}

for (const [what, chunks, code] of [
  ['no input', [], 'TRUNCATED'],
  ['what is no bytes', ['Version 3.1\n'], 'USAGE'],
  ['what is neither text nor frames', [Buffer.from('hello')], 'FORMAT'],
] as const) {
  t.test(`refuses ${what}, and leaves nothing`, async (t) => {
    const storage = memoryStorage();
    await t.rejects(pipeline(from(chunks), rotate({ storage, name: 'x' })), { code });
    t.equal(storage.files.size, 0);
  });
}

t.test('a source that fails costs the open file and no other', async (t) => {
  const path = t.testdir({});
  const source = function* () {
    yield HEADER;
    for (const record of manyRecords(20)) yield record;
    throw new Error('the source failed');
  };
  const files = rotate({ storage: directory(path), name: 'test', fileLimit: 1000 });
  await t.rejects(pipeline(from(source()), files), { message: 'the source failed' });
  if (!files.closed) await once(files, 'close');
  const names = files.info.files.map((file) => file.name);
  t.ok(names.length > 2);
  t.same(readdirSync(path).sort(), names.slice(0, -1));
});

t.test('an older backup is refused, or removed when the first file is begun', async (t) => {
  const place = t.testdir({ 'old.asb': 'old', 'note.txt': 'x' });
  const options = { storage: directory(place), name: 'new' };
  await t.rejects(pipeline(from([TEXT]), rotate(options)), { code: 'EXISTS' });
  await t.rejects(pipeline(from([]), rotate({ ...options, removeFiles: true })), {
    code: 'TRUNCATED',
  });
  t.strictSame(readdirSync(place).sort(), ['note.txt', 'old.asb']);
  await pipeline(from([TEXT]), rotate({ ...options, removeFiles: true }));
  t.strictSame(readdirSync(place).sort(), ['new_00000.asb', 'note.txt']);
});

t.test('tells of each whole file what it holds, as far as the chunks have notes', async (t) => {
  const builder = new BatchBuilder('test');
  for (let key = 0; key < 400; key++) builder.add({ key, bins: { a: key } });
  const chunks = [UDF, builder.build(), ...Array.from({ length: 3 }, () => builder.build())];
  for (const packed of [false, true]) {
    const storage = memoryStorage();
    const whole: WholeFile[] = [];
    const files = rotate({
      storage,
      name: 'test',
      fileLimit: packed ? 2000 : 5000,
      onFile: async (file) => {
        t.ok(storage.events.includes(`closed ${file.name}`));
        whole.push({ ...file });
      },
    });
    const text = serialize({ namespace: 'test', noteExtents: true, pieceSize: 1500 });
    const stages = packed ? [compress({ frameSize: 1000 })] : [];
    await pipeline([Readable.from(chunks), text, ...stages, files]);
    t.ok(whole.length > 3);
    t.strictSame(
      whole.map(({ name, bytes }) => ({ name, bytes })),
      files.info.files,
    );
    for (const { name, coverage } of whole) {
      const stored = storage.files.get(name)!;
      const bytes = packed ? Buffer.concat(await through([stored], decompress())) : stored;
      const digests = [...bytes.toString('latin1').matchAll(/^\+ d (.*)$/gm)].map(([, word]) =>
        Buffer.from(word!, 'base64'),
      );
      t.equal(coverage.records, digests.length);
      const last = new Map(digests.map((digest) => [partitionOf(digest, 0), digest]));
      t.equal(coverage.positions().size, last.size);
      for (const [id, digest] of coverage.positions()) t.ok(last.get(id)?.equals(digest));
    }
    t.equal(whole[0]?.coverage.udfs, 1);
  }
});

t.test('who is told and fails, fails it', async (t) => {
  const failure = new Error('no');
  const onFile = async () => {
    throw failure;
  };
  const files = rotate({ storage: memoryStorage(), name: 'test', onFile });
  await t.rejects(pipeline(Readable.from([HEADER]), files), failure);
});
