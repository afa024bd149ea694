/** Backups of some nodes, and what else of the partitions a backup keeps for who goes on. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type BackupOptions, backup } from '../../lib/jobs/backup.ts';
import { givenOptions } from '../../lib/jobs/backup-nodes.ts';
import { parseManifest } from '../../lib/jobs/manifest.ts';
import { verify } from '../../lib/jobs/verify.ts';
import { partitionOf } from '../../lib/record/layout.ts';
import { type StoredRecord, startSandbox } from '../../lib/sandbox/index.ts';
import { parsePartitionList } from '../../lib/wire/scan/partition-filter.ts';
import { ranges } from '../../lib/wire/scan/partition-list.ts';
import { contentOf } from '../helpers/backup-content.ts';
import { until } from '../helpers/fake-node.ts';

const ALL = Array.from({ length: 4096 }, (_, id) => id);
const sandbox = await startSandbox({
  ...{ nodes: 2, records: 1500, protoSize: 4000 },
  ...{ racks: [1, 2], replicationFactor: 1 },
});
t.teardown(() => sandbox.close());
const base: BackupOptions = {
  seeds: sandbox.seeds.join(),
  namespace: 'test',
  sleepBetweenRetries: 1,
};
const store = sandbox.cluster.namespaces.get('test')!;
const digestsOf = (keep: (record: StoredRecord) => boolean): string[] =>
  [...store].filter(keep).map(({ digest }) => digest.toString('base64'));
const ofA1 = ALL.filter((id) => sandbox.cluster.partitions.owners(id)[0] === 'A1');
const isOfA1 = new Set(ofA1);
const recordsOfA1 = digestsOf(({ digest }) => isOfA1.has(partitionOf(digest, 0))).sort();

/** Digests in a backup that its manifest agrees with, none of them twice. */
const digestsIn = async (directory: string): Promise<string[]> => {
  const { records, twice } = await contentOf(directory, {});
  if (twice.length > 0) throw new Error(`twice: ${twice}`);
  return [...records.keys()].sort();
};

/** Stops a backup in mid-run, when it has so many records: its nodes give no more until then. */
const cut = async (options: BackupOptions, records: number): Promise<void> => {
  const job = backup(options);
  let protos = 0;
  let stopped = false;
  for (const { faults } of sandbox.nodes) {
    faults.slow(async () => {
      if (++protos <= 20) return;
      await until(() => job.progress.records > records);
      if (!stopped) job.abort(); // the second time it would end at once
      stopped = true;
      await until(() => sandbox.nodes.every(({ connections }) => connections === 0));
    });
  }
  await t.rejects(job.done, { code: 'ABORTED' });
  for (const { faults } of sandbox.nodes) faults.clear();
};

t.test('the partitions that a node is master of', async (t) => {
  const directory = t.testdir();
  const notices: string[] = [];
  const onNotice = (notice: string) => notices.push(notice);
  const job = backup({ ...base, directory, nodes: ['A1'], onNotice });
  const { records } = await job.done;
  t.equal(records, recordsOfA1.length);
  t.match(job.progress, { partitions: ofA1.length, partitionsDone: ofA1.length });
  t.ok(notices.some((notice) => notice.includes(`${ofA1.length} partitions`)));
  t.strictSame(await digestsIn(directory), recordsOfA1);
  const file = join(directory, 'test.manifest.json');
  const { options } = parseManifest(readFileSync(file, 'utf8'), file);
  const nodePartitions = ranges(ofA1, Number.POSITIVE_INFINITY);
  t.match(options, { nodes: ['A1'], nodePartitions });
  t.strictSame(givenOptions(options), { place: 'directory', nodes: ['A1'] });
});

t.test('some of them', async (t) => {
  const directory = t.testdir();
  const few = ofA1.slice(0, 500);
  await backup({ ...base, directory, nodes: ['A1'], partitions: ALL.slice(0, few.at(-1)! + 1) })
    .done;
  const wanted = new Set(few);
  const digests = digestsOf(({ digest }) => wanted.has(partitionOf(digest, 0)));
  t.strictSame(await digestsIn(directory), digests.sort());
});

t.test('who goes on reads the same, whoever is master now', async (t) => {
  const directory = t.testdir();
  const options = { ...base, directory, nodes: ['A1'], fileLimit: 10_000 };
  await cut(options, 200);
  sandbox.migrate(ofA1.slice(0, 1500), [sandbox.nodes[1]!, sandbox.nodes[0]!]);
  const state = join(directory, 'test.asb.state');
  for (const nodes of [['A2'], []]) {
    await t.rejects(backup({ ...options, nodes, continueFrom: directory }).done, { code: 'USAGE' });
  }
  const text = readFileSync(state, 'utf8');
  for (const wrong of ['7-3', 5, undefined]) {
    const parsed = JSON.parse(text);
    parsed.options.nodePartitions = wrong;
    writeFileSync(state, JSON.stringify(parsed));
    await t.rejects(backup({ ...options, continueFrom: directory }).done, {
      code: 'FORMAT',
      facts: { file: state, expected: String },
    });
  }
  writeFileSync(state, text);
  const job = backup({ ...options, continueFrom: directory });
  const { recordsBefore } = await job.done;
  t.ok(recordsBefore > 0 && recordsBefore < recordsOfA1.length);
  t.equal(job.progress.partitions, ofA1.length);
  t.strictSame(await digestsIn(directory), recordsOfA1);
  sandbox.migrate(ofA1.slice(0, 1500), [sandbox.nodes[0]!, sandbox.nodes[1]!]);
});

t.test('shards of a node: together its partitions, as long as they are its own', async (t) => {
  const directory = t.testdir();
  const shardOf = (index: number): BackupOptions => ({
    ...base,
    ...{ directory, nodes: ['A1'], shard: { index, count: 2 } },
  });
  await backup(shardOf(1)).done;
  const second = backup(shardOf(2));
  await second.done;
  t.equal(second.progress.partitions, ofA1.filter((id) => id % 2 === 1).length);
  t.strictSame(await digestsIn(directory), recordsOfA1);

  const moved = ofA1.slice(0, 1500);
  sandbox.migrate(moved, [sandbox.nodes[1]!, sandbox.nodes[0]!]);
  await backup({ ...shardOf(2), removeFiles: true }).done;
  const { failures } = await verify({ paths: [directory] }).done;
  t.match(failures, [{ code: 'FORMAT', facts: { expected: /^nodePartitions/ } }]);
  sandbox.migrate(moved, [sandbox.nodes[0]!, sandbox.nodes[1]!]);
});

t.test('what is safe is further on than the digest to begin after', async (t) => {
  const directory = t.testdir();
  const [first, ...others] = [...store].filter(({ digest }) => partitionOf(digest, 0) === 9);
  if (first === undefined) throw new Error('no record in partition 9');
  const list = parsePartitionList(`${first.digest.toString('base64')},1000-2000`);
  const options = { ...base, directory, ...list, fileLimit: 10_000 };
  await cut(options, 100);
  const elsewhere = { ...options, positions: new Map() };
  await t.rejects(backup({ ...elsewhere, continueFrom: directory }).done, { code: 'USAGE' });
  await backup({ ...options, continueFrom: directory }).done;
  const digests = digestsOf((record) => {
    const id = partitionOf(record.digest, 0);
    return (id >= 1000 && id < 3000) || others.includes(record);
  });
  t.strictSame(await digestsIn(directory), digests.sort());
});

t.test('what cannot be is found before anything is written', async (t) => {
  const directory = join(t.testdir(), 'out');
  const rows: readonly [Partial<BackupOptions>, string][] = [
    [{ nodes: ['A3'] }, 'USAGE'],
    [{ onlyRacks: [1] }, 'PARTITIONS'],
    [{ modifiedAfter: 2n, modifiedBefore: 2n }, 'USAGE'],
  ];
  for (const [options, code] of rows) {
    await t.rejects(backup({ ...base, directory, ...options }).done, { code });
    t.notOk(existsSync(directory));
  }
  await backup({ ...base, directory, onlyRacks: [1], noRecords: true }).done;
  t.ok(existsSync(directory), 'globals are everywhere');
});
