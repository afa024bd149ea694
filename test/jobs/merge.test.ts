import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import t, { type Test } from 'tap';
import { backup } from '../../lib/jobs/backup.ts';
import { type BackupInput, openInput } from '../../lib/jobs/backup-input.ts';
import { diffBackups } from '../../lib/jobs/diff.ts';
import { type MergeOptions, mergeBackups } from '../../lib/jobs/merge.ts';
import { restore } from '../../lib/jobs/restore.ts';
import { verify } from '../../lib/jobs/verify.ts';
import type { PlainRecord } from '../../lib/record/builder.ts';
import type { Global } from '../../lib/record/globals.ts';
import { EPOCH_SECONDS } from '../../lib/record/layout.ts';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { toNdjson } from '../../lib/stages/to-ndjson.ts';
import { manifestTextOf } from '../helpers/manifests.ts';
import { indexOf, textOf, udfOf } from '../helpers/text-of.ts';

interface Version {
  readonly key: number;
  readonly version: number;
  readonly voidTime?: number;
}

const versionsOf = (versions: readonly Version[]): PlainRecord[] =>
  versions.map(({ key, version, voidTime = 0 }) => {
    return { set: 'people', key, generation: version, voidTime, bins: { version } };
  });

interface Backup {
  readonly versions: readonly Version[];
  readonly globals?: readonly Global[];
  readonly namespace?: string;
}

/** A full backup and incremental ones, each begun a day after the one before it, in directories of their own. */
const chainIn = (t: Test, backups: readonly Backup[]) => {
  const directories = backups.map(({ versions, globals = [], namespace = 'test' }, index) => {
    const text = textOf(versionsOf(versions), globals, namespace);
    const [before, begun] = [index, index + 1].map((day) => new Date(Date.UTC(2026, 1, day)));
    const options = index === 0 ? {} : { modifiedAfter: before!.toISOString() };
    const manifest = manifestTextOf({ 'a.asb': text }, { namespace, begun: begun!, options });
    return { 'a.asb': text, 'a.manifest.json': manifest };
  });
  const root = t.testdir({ ...Object.fromEntries(directories.entries()), temp: {} });
  return {
    paths: backups.map((_, index) => join(root, `${index}`)),
    out: join(root, 'out'),
    tempDirectory: join(root, 'temp'),
  };
};

const opened = (paths: readonly string[]) =>
  Promise.all(paths.map((path) => openInput({ paths: [path] })));

/** What a backup holds, in words. */
const read = async (path: string) => {
  const report = await verify({ paths: [path] }).done;
  if (report.failures[0] !== undefined) throw report.failures[0];
  const records: string[] = [];
  const globals: string[] = [];
  for await (const chunk of (await openInput({ paths: [path] })).chunks()) {
    if (chunk.kind !== 'records') globals.push(`${chunk.kind} ${chunk.name}`);
    else {
      for (const { namespace, key, generation, voidTime, bins } of chunk) {
        const version = bins.get('version')?.value;
        records.push(`${namespace} ${key}: ${version} ${generation} ${voidTime}`);
      }
    }
  }
  return { records: records.sort(), globals };
};

const DAY = 86_400;
const now = new Date((EPOCH_SECONDS + 100 * DAY) * 1000);

t.test('a chain becomes one backup with the newest of each', async (t) => {
  const { paths, out, tempDirectory } = chainIn(t, [
    {
      versions: [1, 2, 3, 4, 5].map((key) => ({ key, version: 1 })),
      globals: [indexOf('by-age'), indexOf('gone'), udfOf('module')],
    },
    { versions: [{ key: 2, version: 5, voidTime: 7 }], globals: [udfOf('module', 'return 2')] },
    { versions: [], globals: [indexOf('by-name')] },
    {
      versions: [
        { key: 6, version: 1 },
        { key: 2, version: 3 },
        { key: 4, version: 9 },
        { key: 4, version: 8 },
      ],
      globals: [indexOf('by-age', { bin: 'born' })],
    },
  ]);
  const sources = await opened(paths);
  const job = mergeBackups({ sources, directory: out, tempDirectory });
  t.match(job.progress, { phase: 'reading', records: 0 });
  const summary = await job.done;
  t.match(summary, { sources: 4, records: 10, replaced: 4, expired: 0, temporaryBytes: 0 });
  t.match(summary.written, { records: 6, indexes: 3, udfs: 1, files: 1 });
  t.match(job.progress, { phase: 'writing', records: 6, share: 1 });
  const { records, globals } = await read(out);
  t.strictSame(records, [
    'test 1: 1 1 0',
    'test 2: 3 3 0',
    'test 3: 1 1 0',
    'test 4: 8 8 0',
    'test 5: 1 1 0',
    'test 6: 1 1 0',
  ]);
  t.strictSame(globals, ['index by-age', 'index gone', 'udf module', 'index by-name']);
  const input = await openInput({ paths: [out] });
  t.same(input.begun, sources.at(-1)?.begun, 'the next incremental backup begins there');
});

t.test('with little memory it is the same', async (t) => {
  const rowsOf = (version: number, every: number) =>
    Array.from({ length: 2000 / every }, (_, index) => ({ key: index * every, version }));
  const { paths, out, tempDirectory } = chainIn(t, [
    { versions: rowsOf(1, 1) },
    { versions: rowsOf(2, 2) },
    { versions: rowsOf(3, 5) },
  ]);
  const sources = await opened(paths);
  const job = mergeBackups({ sources, directory: out, tempDirectory, memory: 5000 });
  const summary = await job.done;
  t.match(summary, { records: 3400, replaced: 1400, written: { records: 2000 } });
  t.ok(summary.temporaryBytes > 500_000);
  t.strictSame(readdirSync(tempDirectory), []);
  const wanted = Array.from({ length: 2000 }, (_, key) => {
    const version = key % 5 === 0 ? 3 : key % 2 === 0 ? 2 : 1;
    return `test ${key}: ${version} ${version} 0`;
  });
  t.strictSame((await read(out)).records, wanted.sort());
});

t.test('what has expired is left out if it is the newest', async (t) => {
  const { paths, out } = chainIn(t, [
    {
      versions: [
        { key: 1, version: 1 },
        { key: 2, version: 1, voidTime: 50 * DAY },
        { key: 3, version: 1, voidTime: 100 * DAY },
        { key: 4, version: 1, voidTime: 100 * DAY + 1 },
      ],
    },
    {
      versions: [
        { key: 1, version: 2, voidTime: 50 * DAY },
        { key: 2, version: 2 },
      ],
    },
  ]);
  const sources = await opened(paths);
  const job = mergeBackups({ sources, directory: out, dropExpired: true, now });
  t.match(await job.done, { expired: 2, replaced: 2, written: { records: 2 } });
  t.equal(job.progress.share, 1);
  t.strictSame((await read(out)).records, [`test 2: 2 2 0`, `test 4: 1 1 ${100 * DAY + 1}`]);

  const sooner = { sources: await opened(paths), outputFile: `${out}.asb`, dropExpired: true };
  t.match(await mergeBackups(sooner).done, { expired: 3 }, 'now');
});

t.test('nothing at all', async (t) => {
  const { paths, out } = chainIn(t, [{ versions: [] }]);
  const job = mergeBackups({ sources: await opened(paths), directory: out });
  t.match(await job.done, { records: 0, written: { records: 0, files: 1 } });
  t.equal(job.progress.share, 1);
});

t.test('namespaces', async (t) => {
  const { paths, out } = chainIn(t, [
    { versions: [{ key: 1, version: 1 }], globals: [indexOf('a'), udfOf('b')] },
    {
      versions: [{ key: 2, version: 1 }],
      globals: [indexOf('c', { namespace: 'other' })],
      namespace: 'other',
    },
  ]);
  const merge = async (options: Partial<MergeOptions>) => {
    const place = { directory: out, removeFiles: true };
    return mergeBackups({ sources: await opened(paths), ...place, ...options }).done;
  };
  await t.rejects(merge({}), { code: 'FORMAT', facts: { namespace: 'other', expected: 'test' } });
  for (const namespace of ['test', 'other', 'third']) {
    await merge({ namespace });
    t.strictSame(await read(out), {
      records: [`${namespace} 1: 1 1 0`, `${namespace} 2: 1 1 0`],
      globals: ['index a', 'udf b', 'index c'],
    });
  }
});

t.test('NDJSON, which names no namespace, is of that of the others', async (t) => {
  const { paths, out } = chainIn(t, [
    { versions: [{ key: 1, version: 1 }], globals: [indexOf('a'), udfOf('b')] },
    { versions: [{ key: 2, version: 1 }], globals: [indexOf('c')] },
  ]);
  const [first] = await opened(paths);
  const lines = async () => {
    const [input] = await opened(paths.slice(1));
    return openInput({ input: input!.chunks().pipe(toNdjson()) });
  };
  for (const sources of [
    [first!, await lines()],
    [await lines(), first!],
  ]) {
    await mergeBackups({ sources, directory: out, removeFiles: true, asGiven: true }).done;
    const { records, globals } = await read(out);
    t.strictSame(records, ['test 1: 1 1 0', 'test 2: 1 1 0']);
    t.strictSame(globals.sort(), ['index a', 'index c', 'udf b']);
  }
  const nobody = mergeBackups({ sources: [await lines()], directory: out, removeFiles: true });
  await t.rejects(nobody.done, { code: 'USAGE' });
});

t.test('what cannot be merged', async (t) => {
  const { paths, out, tempDirectory } = chainIn(t, [
    { versions: [{ key: 1, version: 1 }] },
    { versions: [{ key: 1, version: 2 }] },
  ]);
  const merge = async (order: readonly number[], options: Partial<MergeOptions> = {}) => {
    const sources = await opened(order.map((index) => paths[index]!));
    return mergeBackups({ sources, directory: out, tempDirectory, ...options }).done;
  };
  const none = mergeBackups({ sources: [] });
  await t.rejects(none.done, { code: 'USAGE' });
  t.same(none.progress, { phase: 'reading', records: 0, bytes: 0, share: undefined });
  await t.rejects(merge([1, 0]), { code: 'USAGE', facts: { file: join(paths[0]!, 'a.asb') } });
  await t.rejects(merge([0, 1], { memory: 1 }), { code: 'RANGE' });
  await t.rejects(merge([0, 1], { directory: paths[0]! }), { code: 'EXISTS' });
  await t.rejects(merge([0, 1], { directory: paths[0]!, removeFiles: true }), { code: 'USAGE' });
  t.match(await merge([1, 0], { asGiven: true }), { written: { records: 1 } });
  t.strictSame((await read(out)).records, ['test 1: 1 1 0']);
});

t.test('a source that was cut leaves nothing', async (t) => {
  const versions = Array.from({ length: 500 }, (_, key) => ({ key, version: 1 }));
  const { paths, out, tempDirectory } = chainIn(t, [{ versions }, { versions }]);
  const sources = [
    ...(await opened(paths.slice(0, 1))),
    await openInput({ input: Readable.from([textOf(versionsOf(versions)).subarray(0, -5)]) }),
  ];
  const options = { sources, directory: out, tempDirectory, memory: 5000 };
  await t.rejects(mergeBackups(options).done, { code: 'TRUNCATED' });
  t.strictSame(readdirSync(tempDirectory), []);
  t.strictSame(readdirSync(out), []);
});

t.test('a temporary directory that fails', async (t) => {
  const versions = Array.from({ length: 500 }, (_, key) => ({ key, version: 1 }));
  const { paths, out, tempDirectory } = chainIn(t, [{ versions }]);
  writeFileSync(join(tempDirectory, 'file'), '');
  for (const place of [join(tempDirectory, 'none'), join(tempDirectory, 'file')]) {
    const sources = await opened(paths);
    const options = { sources, directory: out, tempDirectory: place, memory: 5000 };
    await t.rejects(mergeBackups(options).done, { code: 'STORAGE', facts: { file: place } });
    t.strictSame(readdirSync(out), []);
  }
});

t.test('it can be stopped at any time, and leaves nothing', async (t) => {
  const versions = Array.from({ length: 3000 }, (_, key) => ({ key, version: 1 }));
  const { paths, out, tempDirectory } = chainIn(t, [{ versions }, { versions }]);
  const stopWhen = async (isTime: (job: ReturnType<typeof mergeBackups>) => boolean) => {
    const sources = await opened(paths);
    const job = mergeBackups({ sources, directory: out, tempDirectory, memory: 20_000 });
    const done = t.rejects(job.done, { code: 'ABORTED' });
    while (!isTime(job)) await new Promise(setImmediate);
    job.abort();
    await done;
    t.strictSame(readdirSync(tempDirectory), []);
    t.strictSame(readdirSync(out), []);
  };
  await stopWhen(() => true);
  await stopWhen(({ progress }) => progress.records > 0);
  await stopWhen(({ progress }) => progress.phase === 'writing');
});

t.test('how far it is, where nobody knows how much there is', async (t) => {
  const { out } = chainIn(t, []);
  const text = textOf(versionsOf([{ key: 1, version: 1 }]));
  const sources = [await openInput({ input: Readable.from([text]) })];
  const job = mergeBackups({ sources, outputFile: `${out}.asb` });
  t.match(job.progress, { phase: 'reading', bytes: text.length, share: undefined });
  await job.done;
});

t.test('a chain from a cluster holds what a fresh full backup does', async (t) => {
  const sandbox = await startSandbox({ nodes: 2 });
  t.teardown(() => sandbox.close());
  const root = t.testdir();
  const cluster = { seeds: sandbox.seeds.join(), namespace: 'test' };
  const put = (from: number, to: number, version: number) => {
    const keys = Array.from({ length: to - from }, (_, index) => from + index);
    const text = textOf(versionsOf(keys.map((key) => ({ key, version }))), [
      indexOf(`since-${version}`, { bin: `bin-${version}` }),
    ]);
    return restore({ ...cluster, input: Readable.from([text]), checkGeneration: false }).done;
  };
  const take = async (name: string, previous?: string): Promise<string> => {
    const path = join(root, name);
    const [input] = previous === undefined ? [] : await opened([previous]);
    const since = BigInt(input?.begun?.getTime() ?? 0) * 1_000_000n;
    const after = previous === undefined ? {} : { modifiedAfter: since };
    await backup({ ...cluster, directory: path, ...after }).done;
    return path;
  };
  await put(0, 1000, 1);
  const chain = [await take('full')];
  for (const version of [2, 3, 4]) {
    await put(version * 200, 900 + version * 100, version);
    chain.push(await take(`incremental-${version}`, chain.at(-1)));
  }
  const fresh = await take('fresh');
  const notices: string[] = [];
  const sources = await opened(chain);
  t.same(sources[1]?.modifiedAfter, sources[0]?.begun);
  const merge = (chosen: readonly BackupInput[], name: string) => {
    const onNotice = (notice: string) => void notices.push(notice);
    return mergeBackups({ sources: chosen, directory: join(root, name), onNotice }).done;
  };
  const summary = await merge(sources, 'merged');
  t.match(summary, { sources: 4, written: { records: 1300, indexes: 4 } });
  t.strictSame(notices, []);
  const [before, after] = await opened([join(root, 'merged'), fresh]);
  t.match(await diffBackups({ before: before!, after: after! }).done, {
    isSame: true,
    records: { same: 1300 },
    globals: { same: 4 },
  });

  const [first, , third] = await opened(chain);
  await merge([first!, third!], 'gap');
  t.match(notices, [/incremental-3.* in none$/]);
  const [gap] = await opened([join(root, 'gap')]);
  t.same(gap?.begun, first?.begun, 'the next incremental backup closes it');
});
