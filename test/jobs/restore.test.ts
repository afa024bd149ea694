import { spawnSync } from 'node:child_process';
import {
  createReadStream,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import Aerospike, { type AerospikeBins } from 'aerospike';
import t, { type Test } from 'tap';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import type { ErrorFacts } from '../../lib/errors.ts';
import { type BackupOptions, backup } from '../../lib/jobs/backup.ts';
import { type RestoreOptions, restore } from '../../lib/jobs/restore.ts';
import type { SecondaryIndex } from '../../lib/record/globals.ts';
import { type Sandbox, startSandbox } from '../../lib/sandbox/index.ts';
import { encrypt } from '../../lib/stages/encrypt.ts';
import { fileOf, indexLine } from '../helpers/backup-file.ts';
import { EVERY_TYPE, EVERY_TYPE_SET, writeEveryType } from '../helpers/every-type.ts';
import { differences, scanFacts } from '../helpers/facts.ts';
import { startFakeNode, until } from '../helpers/fake-node.ts';
import { manifestTextOf } from '../helpers/manifests.ts';
import { through } from '../helpers/streams.ts';
import { startTarget } from '../helpers/target.ts';

const RECORDS = 600;

/** A sandbox to back up, and its backup as one compressed file. */
const full = await startSandbox({ nodes: 2, records: RECORDS });
const fullSeeds = full.seeds.join();
const ONE_FILE = join(t.testdir(), 'one.asb');
await backup({ seeds: fullSeeds, namespace: 'test', outputFile: ONE_FILE, compress: 'zstd' }).done;
const INDEXES = full.cluster.indexes.list('test');
const MODULES = full.cluster.udfs.list();
const BEFORE = await scanFacts(fullSeeds, 'test');
t.teardown(() => full.close());

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
const withoutPlace = ({ namespace: _, ...index }: SecondaryIndex) => index;

t.test('every particle type, key and odd name comes back as it was', async (t) => {
  const target = await startTarget();
  const seeds = target.seeds.join();
  const { namespace, copyNamespace } = target;
  const sets = [EVERY_TYPE_SET];
  const remove = await writeEveryType(target.seeds[0]!, namespace);
  const directory = t.testdir();
  await backup({ seeds, namespace, sets, directory, noIndexes: true, noUdfs: true }).done;
  const summary = await restore({ seeds, directory, namespace: copyNamespace }).done;
  t.match(summary, { total: EVERY_TYPE.length, inserted: EVERY_TYPE.length, namespace: 'copy' });
  const before = await scanFacts(seeds, namespace, sets);
  t.equal(before.size, EVERY_TYPE.length);
  t.strictSame(differences(before, await scanFacts(seeds, copyNamespace, sets)), []);

  await remove();
  await restore({ seeds, directory }).done;
  t.strictSame(differences(before, await scanFacts(seeds, namespace, sets)), [], 'where it was');
  await remove();
  await (await writeEveryType(target.seeds[0]!, copyNamespace))();
  await target.close();
});

t.test('the official client finds the values that it had put', async (t) => {
  const target = await startTarget({ ownThread: true, nodes: 2 });
  const seeds = target.seeds.join();
  const client = await Aerospike.connect({ hosts: seeds, log: { level: Aerospike.log.OFF } });
  const set = `client ${process.pid}`;
  const values: Readonly<Record<string, AerospikeBins>> = {
    numbers: { int: 42, most: 2 ** 53 - 1, least: -(2 ** 53 - 1), double: 0.1, tiny: 5e-324 },
    texts: { empty: '', ascii: 'a b\\c\n', umlauts: 'äöü', face: '😌' },
    blobs: {
      none: Buffer.alloc(0),
      all: Buffer.from(Uint8Array.from({ length: 256 }, (_, at) => at)),
    },
    lists: { empty: [], nested: [1, 'two', [3.5, ['four']], Buffer.of(5)] },
    maps: { nested: { a: 1, b: { c: ['d'] } } },
    booleans: { yes: true, no: false },
  };
  const keyIn = (ns: string, key: string) => ({ ns, set, key });
  const policy = { key: Aerospike.policy.key.SEND };
  for (const [key, bins] of Object.entries(values)) {
    await client.put(keyIn(target.namespace, key), bins, { ttl: 100_000 }, policy);
  }
  const directory = t.testdir();
  const { namespace, copyNamespace } = target;
  await backup({ seeds, namespace, sets: [set], directory, noIndexes: true, noUdfs: true }).done;
  await restore({ seeds, directory, namespace: copyNamespace }).done;
  for (const [key, bins] of Object.entries(values)) {
    const found = await client.get(keyIn(copyNamespace, key));
    t.strictSame({ ...found.bins }, bins, key);
    t.ok(found.ttl > 99_000 && found.ttl <= 100_000, 'it expires when it was to');
    for (const ns of [namespace, copyNamespace]) await client.remove(keyIn(ns, key));
  }
  client.close();
  await target.close();
});

t.test('a directory of several files: records, indexes, modules', async (t) => {
  const place = t.testdir();
  for (const [round, options] of Object.entries<Partial<BackupOptions>>({
    plain: { fileLimit: 20_000 },
    compressed: { compress: 'zstd', fileLimit: 5000 },
    compact: { compact: true },
  })) {
    const directory = join(place, round);
    await backup({ seeds: fullSeeds, namespace: 'test', directory, ...options }).done;
    await withEmpty(async (seeds, { cluster }) => {
      const job = restore({ seeds, directory, namespace: 'copy', wait: true, parallel: 3 });
      t.strictSame(job.progress, { records: 0, bytesRead: 0, bytesTotal: undefined });
      const summary = await job.done;
      const names = readdirSync(directory).filter((name) => name.endsWith('.asb'));
      const files = names.map((name) => readFileSync(join(directory, name)));
      const bytes = Buffer.concat(files).length;
      t.match(summary, {
        total: RECORDS,
        inserted: RECORDS,
        indexes: { created: INDEXES.length, skipped: 0 },
        udfs: { created: MODULES.length },
        files: files.length,
        bytesRead: bytes,
        namespace: 'copy',
      });
      t.ok(summary.elapsed > 0);
      t.strictSame(job.progress, { records: RECORDS, bytesRead: bytes, bytesTotal: bytes });
      t.strictSame(differences(BEFORE, await scanFacts(seeds, 'copy')), [], round);
      t.strictSame(cluster.udfs.list(), MODULES);
      const indexes = cluster.indexes.list('copy');
      t.strictSame(indexes.map(withoutPlace), INDEXES.map(withoutPlace), 'where the records go');

      const again = await restore({ seeds, directory, namespace: 'copy' }).done;
      t.match(again.indexes, { created: 0, same: INDEXES.length });
    });
  }
});

t.test('one file, or a stream of it, and what is wanted of it', async (t) => {
  const [indexes, udfs] = [{ created: INDEXES.length }, { created: MODULES.length }];
  const all = { total: RECORDS, inserted: RECORDS, files: 1, indexes, udfs };
  const rows: readonly [Partial<RestoreOptions>, object, number][] = [
    [{}, { ...all, namespace: 'test' }, 0],
    [{ source: 'test' }, { ...all, namespace: 'test' }, 0],
    [{ source: 'test', namespace: 'copy' }, { ...all, namespace: 'copy' }, RECORDS],
    [{ namespace: 'copy' }, all, RECORDS],
    [{ namespace: 'copy', noRecords: true }, { total: 0, indexes, udfs }, 0],
    [{ namespace: 'copy', noIndexes: true }, { indexes: { created: 0 }, udfs }, RECORDS],
    [{ namespace: 'copy', noUdfs: true }, { indexes, udfs: { created: 0 } }, RECORDS],
    [{ namespace: 'copy', indexesLast: true }, all, RECORDS],
    [
      { namespace: 'copy', sets: ['nope'] },
      { total: RECORDS, skipped: RECORDS, indexes: { skipped: INDEXES.length } },
      0,
    ],
  ];
  for (const [options, expected, count] of rows) {
    for (const input of [undefined, createReadStream(ONE_FILE)]) {
      const from = input === undefined ? { inputFile: ONE_FILE } : { input };
      await withEmpty(async (seeds, sandbox) => {
        const job = restore({ seeds, ...from, ...options });
        const summary = await job.done;
        const name = `${Object.keys(from)} ${JSON.stringify(options)}`;
        t.match(summary, expected, name);
        t.equal(inCopy(sandbox), count, name);
        const isRead = input !== undefined || options.noRecords !== true;
        t.equal(summary.bytesRead > 0, isRead, 'records that are not wanted are not read');
        t.equal(job.progress.bytesTotal === undefined, input !== undefined);
      });
    }
  }
});

t.test('an encrypted backup', async (t) => {
  const encryption = { mode: 'aes128', key: new EncryptionKey(Buffer.alloc(32, 7)) } as const;
  const chunks = await through([readFileSync(ONE_FILE)], encrypt(encryption));
  const inputFile = join(t.testdir(), 'secret.asb');
  writeFileSync(inputFile, Buffer.concat(chunks));
  await withEmpty(async (seeds, sandbox) => {
    await restore({ seeds, inputFile, encryption, namespace: 'copy' }).done;
    t.equal(inCopy(sandbox), RECORDS);
  });
});

t.test('several backups one after another: the last wins', async (t) => {
  const parentDirectory = t.testdir({
    old: { 'a.asb': fileOf('test', { a: 1, b: 1 }, indexLine('x') + indexLine('x')) },
    mid: {
      'a.asb': fileOf('test', { a: 2, b: 2 }),
      'b.asb': fileOf('test', { c: 2 }, indexLine('v')),
    },
    new: { 'a.asb': fileOf('test', { b: 3 }) },
  });
  const notices: string[] = [];
  await withEmpty(async (seeds, { cluster }) => {
    const summary = await restore({
      seeds,
      parentDirectory,
      directoryList: ['old', 'mid', 'new'],
      checkGeneration: false,
      onNotice: (notice) => notices.push(notice),
    }).done;
    t.match(summary, { total: 6, inserted: 6, files: 4, indexes: { created: 1, replaced: 0 } });
    const values = [...cluster.namespaces.get('test')!].map(
      ({ key, bins }) => `${key?.subarray(1)}${bins[0]?.bytes[7]}`,
    );
    t.strictSame(values.sort(), ['a2', 'b3', 'c2']);
    t.match(cluster.indexes.list('test'), [{ bin: 'v' }]);
    t.equal(notices.length, 1);
  });
});

t.test('what is wrong is known before anything is written, with its file', async (t) => {
  const good = fileOf('test', { a: 1, b: 2 });
  const place = t.testdir({
    empty: {},
    damaged: { 'a.asb': good, 'b.asb': good.replace('# first', '# worst') },
    two: { 'a.asb': good, 'b.asb': fileOf('copy', { a: 1 }) },
    foreign: { 'a.asb': fileOf('copy', {}, indexLine('x')) },
    silent: { 'a.asb': 'Version 3.1\n' },
    refused: { 'a.asb': fileOf('test', { a: 1 }, indexLine('a;b')) },
    good: { 'a.asb': good },
  });
  const at = (name: string, more: Partial<RestoreOptions> = {}): RestoreOptions => ({
    directory: join(place, name),
    ...more,
  });
  const rows: readonly [RestoreOptions, { code: string; facts?: ErrorFacts }][] = [
    [{}, { code: 'USAGE' }],
    [at('nope'), { code: 'NOT_FOUND' }],
    [at('empty'), { code: 'EMPTY' }],
    [at('damaged'), { code: 'FORMAT', facts: { file: join(place, 'damaged/b.asb'), line: 3 } }],
    [at('two'), { code: 'FORMAT', facts: { file: join(place, 'two/b.asb'), namespace: 'copy' } }],
    [at('foreign'), { code: 'FORMAT', facts: { file: join(place, 'foreign/a.asb') } }],
    [at('good', { source: 'copy' }), { code: 'FORMAT', facts: { namespace: 'test' } }],
    [at('silent'), { code: 'USAGE', facts: { expected: 'a namespace' } }],
    [at('refused'), { code: 'FORMAT' }],
    [at('good', { namespace: 'nope' }), { code: 'NO_NAMESPACE' }],
    [{ input: Readable.from([good]), namespace: 'nope' }, { code: 'NO_NAMESPACE' }],
    [{ input: Readable.from(['Version 3.1\n'].map(Buffer.from)) }, { code: 'USAGE' }],
  ];
  await withEmpty(async (seeds, { cluster }) => {
    for (const [options, error] of rows) {
      await t.rejects(restore({ seeds, ...options }).done, error, JSON.stringify(options));
    }
    t.equal(cluster.namespaces.get('test')!.count(), 0);
    t.match(cluster.indexes.list(), []);
    const summary = await restore({ seeds, ...at('silent'), namespace: 'copy' }).done;
    t.match(summary, { total: 0, namespace: 'copy' }, 'a backup of nothing');
  });
});

t.test('what a manifest says is known before anything is written', async (t) => {
  const files = {
    'a.asb': Buffer.from(fileOf('test', { a: 1, b: 2 })),
    'b.asb': Buffer.from(fileOf('test', { c: 3 })),
  };
  const whole = { ...files, 'test.manifest.json': manifestTextOf(files) };
  const { 'a.asb': _, ...missing } = whole;
  const place = t.testdir({
    whole,
    missing,
    cut: { ...whole, 'b.asb': fileOf('test', {}) },
    running: { ...whole, 'test.manifest.json': manifestTextOf(files, { complete: false }) },
    changed: { ...whole, 'b.asb': fileOf('test', { c: 4 }) },
  });
  const rows: readonly [string, string, string][] = [
    ['missing', 'NOT_FOUND', 'a.asb'],
    ['cut', 'TRUNCATED', 'b.asb'],
    ['running', 'TRUNCATED', 'test.manifest.json'],
  ];
  await withEmpty(async (seeds, sandbox) => {
    const from = (name: string, more: Partial<RestoreOptions> = {}) =>
      restore({ seeds, directory: join(place, name), namespace: 'copy', ...more }).done;
    for (const [name, code, file] of rows) {
      await t.rejects(from(name), { code, facts: { file: join(place, name, file) } }, name);
      t.equal(inCopy(sandbox), 0);
      t.match(await from(name, { manifest: false, noRecords: true }), { total: 0 }, name);
    }
    const changed = { code: 'FORMAT', facts: { file: join(place, 'changed/b.asb') } };
    await t.rejects(from('changed'), changed, 'known when it is read');
    t.match(await from('whole', { checkGeneration: false }), { inserted: 3, unchecked: [] });
    const directory = join(place, 'changed');
    t.match(await from('changed', { manifest: false }), { total: 3, unchecked: [directory] });
  });
});

/** Three backups one after another, of which a file of the second is damaged behind its head. */
const cutOff = (t: Test) => {
  const damaged = fileOf('test', { c: 2, d: 2 });
  const parentDirectory = t.testdir({
    old: { 'a.asb': fileOf('test', { a: 1, b: 1, c: 1 }, indexLine('v')) },
    mid: { 'a.asb': fileOf('test', { a: 2, b: 2 }), 'b.asb': damaged.slice(0, -1) },
    new: { 'a.asb': fileOf('test', { b: 3 }) },
  });
  return {
    stateFile: join(parentDirectory, 'one.state'),
    mend: () => writeFileSync(join(parentDirectory, 'mid/b.asb'), damaged),
    source: { parentDirectory, directoryList: ['old', 'mid', 'new'], checkGeneration: false },
  };
};

t.test('one that was cut off goes on, and leaves out what is done', async (t) => {
  for (const parallel of [1, 3]) {
    const { stateFile, mend, source } = cutOff(t);
    await withEmpty(async (seeds, { cluster }) => {
      const job = { seeds, ...source, parallel };
      const error = await restore({ ...job, stateFile }).done.catch((thrown: unknown) => thrown);
      t.match(error, { code: 'TRUNCATED', facts: { state: stateFile } });
      t.match(error, { message: /--continue / });
      const again = restore({ ...job, stateFile }).done;
      await t.rejects(again, { code: 'EXISTS' }, 'not from the begin');
      const other = restore({ ...job, sets: ['x'], continueFrom: stateFile }).done;
      await t.rejects(other, { code: 'USAGE', facts: { expected: 'sets not given' } });
      const { files } = JSON.parse(readFileSync(stateFile, 'utf8'));
      mend();
      const going = restore({ ...job, continueFrom: stateFile });
      t.match(await going.done, {
        filesBefore: files.length,
        files: 4 - files.length,
        recordsBefore: files.length === 1 ? 3 : 5,
        total: 8 - (files.length === 1 ? 3 : 5),
        indexes: { created: 0, same: 1 },
      });
      t.equal(going.progress.bytesRead, going.progress.bytesTotal);
      const values = [...cluster.namespaces.get('test')!].map(
        ({ key, bins }) => `${key?.subarray(1)}${bins[0]?.bytes[7]}`,
      );
      t.strictSame(values.sort(), ['a2', 'b3', 'c2', 'd2']);
      t.notOk(existsSync(stateFile), 'nobody has to go on');
    });
  }
});

t.test('a state that cannot be kept', async (t) => {
  const { stateFile, mend, source } = cutOff(t);
  mend();
  const inputFile = join(t.testdirName, 'fifo');
  t.equal(spawnSync('mkfifo', [inputFile]).status, 0);
  const rows: readonly RestoreOptions[] = [
    { ...source, stateFile, continueFrom: stateFile },
    { ...source, stateFile, noRecords: true },
    { input: Readable.from([]), stateFile },
    { inputFile, continueFrom: stateFile },
  ];
  await withEmpty(async (seeds, { nodes }) => {
    for (const options of rows) {
      await t.rejects(restore({ seeds, ...options }).done, { code: 'USAGE' });
    }
    const state = join(t.testdirName, 'states/one.state');
    const notices: string[] = [];
    // When the first records are written, the place of the state goes away.
    for (const node of nodes) {
      node.faults.slowWrites(async () => {
        if (!existsSync(state)) return;
        rmSync(dirname(state), { recursive: true });
        writeFileSync(dirname(state), 'in the way');
      });
    }
    const { done } = restore({
      seeds,
      ...source,
      stateFile: state,
      onNotice: (notice) => notices.push(notice),
    });
    await t.rejects(done, { code: 'STORAGE', facts: { file: state } });
    t.match(notices.at(-1), 'one.state', 'it may be behind');
  });
});

t.test('damage behind the head stops all, with the name of the file', async (t) => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, key) => [`key ${key}`, 1]));
  const good = fileOf('test', many);
  const directory = t.testdir({
    'a.asb': good,
    'b.asb': good,
    'c.asb': good.slice(0, -1),
    'd.asb': good,
  });
  await withEmpty(async (seeds) => {
    const { done } = restore({ seeds, directory, parallel: 2 });
    await t.rejects(done, { code: 'TRUNCATED', facts: { file: join(directory, 'c.asb') } });
  });
});

t.test('what the cluster refuses is of no file', (t) =>
  withEmpty(async (seeds, sandbox) => {
    for (const node of sandbox.nodes) node.faults.answer('batch', 4, 100);
    for (const node of sandbox.nodes) node.faults.answer('write', 4, 100_000);
    const { done } = restore({ seeds, inputFile: ONE_FILE, namespace: 'copy' });
    const error = await done.catch((thrown: unknown) => thrown);
    t.match(error, { code: 'SERVER', facts: { resultCode: 4, file: undefined } });
  }),
);

t.test('stopped, at every time', async (t) => {
  await withEmpty(async (seeds) => {
    const early = restore({ seeds, inputFile: ONE_FILE });
    early.abort();
    await t.rejects(early.done, { code: 'ABORTED' });
    const input = new Readable({ read: () => {} });
    const late = restore({ seeds, input, namespace: 'copy' });
    input.push(fileOf('test', { a: 1 }));
    await until(() => late.progress.records === 1 || input.readableLength === 0);
    late.abort('by hand');
    await t.rejects(late.done, { code: 'ABORTED', message: /by hand/ });
  });
});

t.test('stopped while a node does not answer', async (t) => {
  const silent = await startFakeNode({
    info: (one) => (one === 'features' ? 'batch-any' : undefined),
  });
  const directory = t.testdir({ 'a.asb': fileOf('test', { a: 1 }) });
  const job = restore({ seeds: [silent], directory });
  await until(() => silent.sockets.size > 1);
  job.abort();
  await t.rejects(job.done, { code: 'ABORTED' });
  await until(() => silent.sockets.size === 0);
  await silent.close();
});
