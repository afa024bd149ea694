import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import t from 'tap';
import { openInput } from '../../lib/jobs/backup-input.ts';
import { MAX_SPLIT_PARTS, type SplitOptions, splitBackup } from '../../lib/jobs/split.ts';
import { verify } from '../../lib/jobs/verify.ts';
import { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import { GLOBALS, HEADER, manyRecords, TEXT } from '../helpers/asb-text.ts';
import { chunksOf, itemsOf, toText } from '../helpers/parsed.ts';

const SETS = ['', 'users', 'orders', 'a/b'];

/** Records in four sets, mixed. */
const mixed = (count: number): Buffer => {
  const builder = new BatchBuilder('test');
  for (let key = 0; key < count; key++) {
    builder.add({ set: SETS[key % SETS.length]!, key, bins: { n: key } });
  }
  return toText([builder.build()], { namespace: 'test' });
};

const split = async (text: Buffer, options: SplitOptions) =>
  splitBackup(await openInput({ input: Readable.from([text]) }), options);

/** All that is in some places, in an order of its own. */
const itemsIn = async (paths: readonly string[]) => {
  const input = await openInput({ paths });
  const chunks = await input.chunks().toArray();
  return itemsOf(chunks)
    .filter((item) => Buffer.isBuffer(item))
    .map(String)
    .sort();
};

const namespace = 'test';

t.test('a part for each set, and nothing is lost', async (t) => {
  const directory = join(t.testdir(), 'out');
  // Several batches, whose memory is used again.
  const text = mixed(20_000);
  const { signal } = new AbortController();
  const options = { namespace, directory, by: 'set', compress: 'zstd', signal } as const;
  const parts = await split(text, options);
  t.match(
    parts.map(({ location, records }) => [location, records]),
    ['%none', 'a%2Fb', 'orders', 'users'].map((name) => [join(directory, name), 5000]),
  );
  const report = await verify({ paths: parts.map(({ location }) => location) }).done;
  t.strictSame(report.failures, []);
  t.strictSame(await itemsIn(parts.map(({ location }) => location)), await itemsOfText(text));
});

const itemsOfText = async (text: Buffer) =>
  itemsOf(chunksOf(text))
    .filter((item) => Buffer.isBuffer(item))
    .map(String)
    .sort();

t.test('a batch is released when no part needs it any more', async (t) => {
  const opened = await openInput({ input: Readable.from([HEADER]) });
  const batches = chunksOf(mixed(40)).filter((chunk) => chunk.kind === 'records');
  const released: number[] = [];
  const chunks = batches.map(
    ({ bytes, offsets }, index) => new RecordBatch(bytes, offsets, () => void released.push(index)),
  );
  opened.chunks = () => Readable.from(chunks);
  await splitBackup(opened, { namespace, directory: join(t.testdir(), 'out'), by: 'set' });
  t.strictSame(released, [...chunks.keys()]);
});

t.test('indexes go with their set, and a set that only an index names is a part', async (t) => {
  const directory = join(t.testdir(), 'out');
  const index = Buffer.from('* i test lonely idx N 1 age N\n');
  const [, none, , , , , module] = GLOBALS;
  const head = Buffer.concat([HEADER, index, none!]);
  const record = manyRecords(1)[0]!;
  // The module comes behind a record: parts that are begun get it, too.
  const text = Buffer.concat([head, record, module!, record]);
  const parts = await split(text, { namespace, directory, by: 'set' });
  t.match(
    parts.map(({ location, indexes, udfs, records }) => [location, records, indexes, udfs]),
    [
      [join(directory, 'lonely'), 0, 2, 1],
      [join(directory, 'people'), 2, 1, 1],
    ],
  );
});

t.test('equal parts, also where there is less than that', async (t) => {
  const root = t.testdir();
  const text = mixed(4000);
  const parts = await split(text, { namespace, directory: join(root, 'out'), by: 3 });
  t.equal(parts.length, 3);
  t.ok(parts.every(({ records }) => records > 1000));
  t.strictSame(await itemsIn(parts.map(({ location }) => location)), await itemsOfText(text));
  const few = await split(TEXT, { namespace, directory: join(root, 'few'), by: 12 });
  t.equal(few.length, 12);
  t.ok(few.every(({ indexes, udfs }) => indexes === 6 && udfs === 1));
  for (const by of [0, 1.5, MAX_SPLIT_PARTS + 1]) {
    const options = { namespace, directory: join(root, 'no'), by };
    await t.rejects(async () => split(TEXT, options), { code: 'RANGE' });
  }
});

t.test('more sets than parts are open at once', async (t) => {
  const builder = new BatchBuilder('test');
  for (let key = 0; key <= MAX_SPLIT_PARTS; key++) {
    builder.add({ set: `s${key}`, key, bins: { n: 1 } });
  }
  const text = toText([builder.build()], { namespace });
  const directory = join(t.testdir(), 'out');
  await t.rejects(split(text, { namespace, directory, by: 'set' }), { code: 'LIMIT' });
  t.equal(
    readdirSync(directory, { recursive: true }).filter((name) => /asb/.test(`${name}`)).length,
    0,
  );
});

t.test('what is in the way, and a signal, end it', async (t) => {
  const root = t.testdir();
  mkdirSync(join(root, 'users'));
  writeFileSync(join(root, 'users', 'old.asb'), TEXT);
  const text = mixed(40_000);
  const options = { namespace, directory: root, by: 'set' } as const;
  await t.rejects(split(text, options), { code: 'EXISTS' });
  t.strictSame(readdirSync(join(root, 'users')), ['old.asb']);
  const stop = new AbortController();
  const reason = new Error('enough');
  const going = split(text, { ...options, directory: join(root, 'new'), signal: stop.signal });
  stop.abort(reason);
  await t.rejects(going, reason);
  t.notMatch(readdirSync(root, { recursive: true }).join(' '), /new.*asb/);
});

t.test('nothing more is read when one part has failed, or nobody waits any more', async (t) => {
  const root = t.testdir({ 'a%2Fb': { 'old.asb': TEXT } });
  const text = mixed(4);
  const head = text.subarray(0, text.lastIndexOf('+ k'));
  const stop = new AbortController();
  for (const [bytes, directory, wanted] of [
    [text, root, { code: 'EXISTS' }],
    [head, join(root, 'new'), { message: 'enough' }],
  ] as const) {
    const input = new PassThrough();
    input.write(bytes);
    const { signal } = stop;
    const opened = await openInput({ input });
    const going = splitBackup(opened, { namespace, directory, by: 'set', signal });
    if ('message' in wanted) setImmediate(() => stop.abort(new Error(wanted.message)));
    await t.rejects(going, wanted);
    t.ok(input.destroyed);
  }
});
