/** Backups by several threads that are cut off, and go on: nothing lost, nothing twice. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { Parser } from '../../lib/asb/parser.ts';
import { type BackupOptions, backup } from '../../lib/jobs/backup.ts';
import { shapeOfBackup } from '../../lib/jobs/backup-shape.ts';
import { stateText } from '../../lib/jobs/backup-state.ts';
import { parseManifest } from '../../lib/jobs/manifest.ts';
import { Meter } from '../../lib/meter/meter.ts';
import { Coverage } from '../../lib/record/coverage.ts';
import type { Sandbox } from '../../lib/sandbox/index.ts';
import { contentOf, differences } from '../helpers/backup-content.ts';
import { until } from '../helpers/fake-node.ts';
import { checkDirectory, filesIn, leftIn } from '../helpers/numbered-files.ts';
import { encryption, RECORDS, smallCluster, wholeContent } from '../helpers/small-cluster.ts';

const { sandbox, base } = await smallCluster(t);

/** Content of a backup by one thread. */
const whole = await wholeContent(t, base);

const connections = (): number => sandbox.nodes.reduce((sum, node) => sum + node.connections, 0);

/** Lets the nodes give some protos, and does something in mid-run, when `ready`. */
const amid = (ready: () => boolean, act: () => void): void => {
  let protos = 0;
  let acted = false;
  for (const { faults } of sandbox.nodes) {
    faults.slow(async () => {
      if (++protos <= 40) return;
      await until(ready);
      if (!acted) act();
      acted = true;
      await until(() => connections() <= sandbox.nodes.length);
    });
  }
};
const calm = (): void => {
  for (const { faults } of sandbox.nodes) faults.clear();
};

/** Ends a backup in mid-run: by the caller, or by a cluster that stays away. */
const CUTS: Readonly<
  Record<string, (sandbox: Sandbox, options: BackupOptions) => Promise<unknown>>
> = {
  PARTITIONS: ({ nodes }, options) => {
    for (const { faults } of nodes) faults.holdPartitions(Array(2000).keys());
    return backup(options).done;
  },
  ABORTED: (_sandbox, options) => {
    const meter = new Meter();
    const job = backup({ ...options, meter });
    const written = () => meter.figures().find(({ name }) => name === 'serialize');
    amid(
      () => (written()?.itemsIn ?? 0) > 100,
      () => job.abort('by the test'),
    );
    return job.done;
  },
};

t.test('who goes on may have as many workers as it likes', async (t) => {
  const root = t.testdir();
  const [directory, outputFile] = [join(root, 'out'), join(root, 'one.asb')];
  const rows: readonly (readonly [number, number, string, Partial<BackupOptions>])[] = [
    [2, 0, join(directory, 'test.asb.state'), { directory, fileLimit: 30_000 }],
    [0, 2, join(directory, 'test.asb.state'), { directory, fileLimit: 9000, compress: 'zstd' }],
    [1, 2, join(directory, 'test.asb.state'), { directory, encryption }],
    [2, 1, `${outputFile}.state`, { outputFile, fileLimit: 30_000, compress: 'zstd' }],
  ];
  for (const [before, after, state, options] of rows) {
    for (const [code, cut] of Object.entries(CUTS).slice(after === 0 ? 0 : 1)) {
      const first = { ...base, ...options, workers: before, removeFiles: true };
      await t.rejects(cut(sandbox, first), { code, facts: { state } }, `${before}, ${code}`);
      calm();
      const again = { ...base, ...options, workers: after, continueFrom: state };
      const summary = await backup(again).done;
      t.match(summary, { records: RECORDS, indexes: 9, udfs: 2 });
      t.ok(summary.recordsBefore > 0 && summary.recordsBefore < RECORDS);
      const key = options.encryption === undefined ? {} : { encryption };
      const content = await contentOf(options.directory ?? outputFile, key);
      t.strictSame(differences(content, whole), []);
      t.strictSame(leftIn(root), []);
      if (options.directory !== undefined) checkDirectory(t, directory, false);
    }
  }
});

/** Of two workers, by a file of it: each has every second partition. */
const workerOf = ({ partitions }: { readonly partitions: string }): number =>
  Number(partitions.split(/\D/)[0]) % 2;

t.test('one that was killed before its first file was whole gets it back', async (t) => {
  const root = t.testdir();
  const directory = join(root, 'out');
  const options = { ...base, directory, fileLimit: 30_000 };
  await backup({ ...options, workers: 2 }).done;
  const text = readFileSync(join(directory, 'test.manifest.json'), 'utf8');
  const { files } = parseManifest(text, 'm');
  // As if nothing of the worker that writes the first file had been whole when all were killed.
  const first = workerOf(files[0]!);
  const kept = files.filter((file) => workerOf(file) !== first);
  const coverage = new Coverage();
  for (const { name } of kept) {
    const parser = new Parser();
    for (const chunk of parser.push(readFileSync(join(directory, name)))) {
      if (chunk.kind !== 'records') continue;
      coverage.records += chunk.length;
      for (const { digest } of chunk) coverage.reach(digest);
    }
  }
  for (const file of files) if (workerOf(file) === first) rmSync(join(directory, file.name));
  const state = {
    ...{ tool: 'asb-streams', namespace: 'test', begun: new Date(), replaces: false },
    ...{ options: shapeOfBackup(options), files: kept, coverage, holders: new Map() },
  };
  writeFileSync(join(directory, 'test.asb.state'), stateText(state));
  for (const workers of [0, 2]) {
    const copy = join(root, `by ${workers}`);
    cpSync(directory, copy, { recursive: true });
    const again = { ...options, directory: copy, workers, continueFrom: copy };
    const summary = await backup(again).done;
    t.match(summary, { records: RECORDS, indexes: 9, udfs: 2, recordsBefore: coverage.records });
    t.strictSame(differences(await contentOf(copy, {}), whole), []);
    checkDirectory(t, copy, true);
  }
});

t.test('one that is stopped before its workers are started does nothing', async (t) => {
  const directory = t.testdir();
  const options = { ...base, directory, sets: ['odd', 'none'] };
  await backup(options).done;
  const { files } = parseManifest(readFileSync(join(directory, 'test.manifest.json'), 'utf8'), 'm');
  const state = {
    ...{ tool: 'asb-streams', namespace: 'test', begun: new Date(), replaces: false },
    ...{ options: shapeOfBackup(options), files, coverage: new Coverage(), holders: new Map() },
  };
  writeFileSync(join(directory, 'test.asb.state'), stateText(state));
  // That there is no such set is told when all that is left is to look at the files.
  const job = backup({
    ...options,
    workers: 2,
    continueFrom: directory,
    onNotice: () => job.abort('by the test'),
  });
  await t.rejects(job.done, { code: 'ABORTED', message: /by the test/ });
  t.strictSame(leftIn(directory), ['test.asb.state']);
});

t.test('the second stop ends at once, and keeps what is in files', async (t) => {
  const directory = t.testdir();
  const job = backup({ ...base, directory, fileLimit: 30_000, workers: 2 });
  amid(
    () => filesIn(directory).length > 0,
    () => {
      job.abort('once');
      job.abort('twice');
    },
  );
  const state = join(directory, 'test.asb.state');
  await t.rejects(job.done, { code: 'ABORTED', facts: { state } });
  calm();
  t.strictSame(leftIn(directory), ['test.asb.state']);
  await backup({ ...base, directory, fileLimit: 30_000, workers: 2, continueFrom: directory }).done;
  t.strictSame(differences(await contentOf(directory, {}), whole), []);
});

t.test('a stream without a state ends at once, and one that fails ends all', async (t) => {
  const output = new PassThrough();
  output.resume();
  const job = backup({ ...base, output, workers: 2 });
  amid(
    () => job.progress.records > 100,
    () => job.abort(),
  );
  await t.rejects(job.done, { code: 'ABORTED', facts: { state: undefined } });
  calm();
  const full = { ...base, outputFile: '/dev/full', workers: 2 };
  await t.rejects(backup(full).done, { code: 'STORAGE' });
  await until(() => connections() === 0);
});
