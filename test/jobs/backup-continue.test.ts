/** Backups that are cut off, and go on: nothing lost, nothing twice, wherever they go. */
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import t, { type Test } from 'tap';
import { type BackupOptions, type BackupSummary, backup } from '../../lib/jobs/backup.ts';
import { parseManifest } from '../../lib/jobs/manifest.ts';
import { type Sandbox, startSandbox } from '../../lib/sandbox/index.ts';
import { contentOf, differences } from '../helpers/backup-content.ts';
import { until } from '../helpers/fake-node.ts';
import { clientOf } from '../helpers/s3/client.ts';
import { BUCKET, ownServer } from '../helpers/s3/connection.ts';
import { encryption, RECORDS, smallCluster, wholeContent } from '../helpers/small-cluster.ts';

const { sandbox, base } = await smallCluster(t);

/** Content of a backup that nobody disturbed. */
const whole = await wholeContent(t, base);

/** Ends a backup in mid-run: by the caller, by a cluster that stays away, or by nonsense. */
type Cut = (sandbox: Sandbox, options: BackupOptions) => Promise<unknown>;

/** Lets the nodes give some protos, and does something in mid-run, when `ready`. */
const amid = (ready: () => boolean, act: () => void): void => {
  let protos = 0;
  let acted = false;
  for (const { faults } of sandbox.nodes) {
    faults.slow(async () => {
      if (++protos <= 20) return;
      await until(ready);
      if (!acted) act();
      acted = true;
      await until(() => sandbox.nodes.every(({ connections }) => connections === 0));
    });
  }
};
const calm = (): void => {
  for (const { faults } of sandbox.nodes) faults.clear();
};

const CUTS: Readonly<Record<string, { readonly code: string; readonly cut: Cut }>> = {
  'by the caller': {
    code: 'ABORTED',
    cut: async (_sandbox, options) => {
      const job = backup(options);
      amid(
        () => job.progress.records > 100,
        () => job.abort('by the test'),
      );
      return job.done;
    },
  },
  'partitions that stay unavailable': {
    code: 'PARTITIONS',
    cut: async ({ nodes }, options) => {
      for (const { faults } of nodes) faults.holdPartitions(Array(2000).keys());
      return backup(options).done;
    },
  },
  nonsense: {
    code: 'PROTOCOL',
    cut: async ({ nodes }, options) => {
      nodes[0]!.faults.cutScan({ afterRecords: 400, how: 'nonsense' });
      return backup(options).done;
    },
  },
};

/** Cuts a backup off in each way, goes on with it, and looks what became of it. */
const cutAndContinue = async (
  t: Test,
  place: () => Partial<BackupOptions>,
  state: string,
  check: (options: BackupOptions, summary: BackupSummary) => Promise<void>,
): Promise<void> => {
  for (const [name, { code, cut }] of Object.entries(CUTS)) {
    const options = { ...base, ...place() };
    const failure = { code, facts: { state } };
    await t.rejects(cut(sandbox, options), failure, name);
    calm();
    const { removeFiles: _, stateFile: __, ...same } = { ...options, ...place() };
    const summary = await backup({ ...same, continueFrom: state }).done;
    t.match(summary, { records: RECORDS, indexes: 9, udfs: 2 }, name);
    t.ok(summary.recordsBefore > 0 && summary.recordsBefore < RECORDS, name);
    await check({ ...options, ...place() }, summary);
  }
};

t.test('in a directory, or in one file', async (t) => {
  const root = t.testdir();
  const directory = join(root, 'out');
  const outputFile = join(root, 'one.asb');
  const rows: readonly [Partial<BackupOptions>, string][] = [
    [{ directory, fileLimit: 30_000 }, join(directory, 'test.asb.state')],
    [{ directory, fileLimit: 9000, compress: 'zstd', prefix: 'p' }, join(directory, 'p.asb.state')],
    [{ directory, fileLimit: 20_000, encryption }, join(directory, 'test.asb.state')],
    [{ directory, stateFile: root }, join(root, 'test.asb.state')],
    [{ outputFile, fileLimit: 30_000 }, join(root, 'one.asb.state')],
    [{ outputFile, fileLimit: 9000, compress: 'zstd', encryption }, join(root, 'one.asb.state')],
    [{ outputFile, stateFile: join(root, 'mine') }, join(root, 'mine')],
  ];
  for (const [options, state] of rows) {
    const place = () => ({ ...options, removeFiles: true });
    await cutAndContinue(t, place, state, async (_options, summary) => {
      const location = options.directory ?? outputFile;
      const key = options.encryption === undefined ? {} : { encryption };
      t.strictSame(differences(await contentOf(location, key), whole), []);
      t.notOk(
        readdirSync(root, { recursive: true })
          .map(String)
          .find((name) => /state$|part$|mine/.test(name)),
      );
      const files = readdirSync(options.directory ?? root).filter((name) => name.endsWith('.asb'));
      t.equal(files.length, summary.files);
    });
  }
});

t.test('in S3', async (t) => {
  const server = await ownServer(t);
  const s3 = { client: clientOf(t, server) };
  const directory = `s3://${BUCKET}/out`;
  const place = () => ({ directory, s3, fileLimit: 30_000, removeFiles: true });
  await cutAndContinue(t, place, `${directory}/test.asb.state`, async () => {
    t.strictSame(differences(await contentOf(directory, { s3 }), whole), []);
    t.strictSame(server.uploads(BUCKET), []);
    t.notOk(server.objects(BUCKET).find((key) => key.endsWith('state')));
  });
});

t.test('one object in S3 has nothing to go on behind', async (t) => {
  const server = await ownServer(t);
  const s3 = { client: clientOf(t, server) };
  server.put(BUCKET, 'one.asb', 'old');
  const options = { ...base, s3, outputFile: `s3://${BUCKET}/one.asb`, removeFiles: true };
  for (const { code, cut } of Object.values(CUTS)) {
    const error = await cut(sandbox, options).catch((thrown) => thrown);
    calm();
    t.match(error, { code, facts: { state: undefined } });
  }
  t.strictSame(server.objects(BUCKET), ['one.asb']);
  t.strictSame(server.uploads(BUCKET), []);
  t.equal(server.object(BUCKET, 'one.asb')?.bytes.toString(), 'old');
});

t.test('in a stream', async (t) => {
  const state = join(t.testdir(), 'state');
  const chunks: Buffer[] = [];
  for (const compress of [undefined, 'zstd'] as const) {
    const place = () => {
      const output = new PassThrough();
      output.on('data', (chunk: Buffer) => chunks.push(chunk));
      return { output, stateFile: state, ...(compress === undefined ? {} : { compress }) };
    };
    await cutAndContinue(t, place, state, async (_options, { bytes }) => {
      const file = join(t.testdir(), 'joined.asb');
      const joined = Buffer.concat(chunks.splice(0));
      t.equal(joined.length, bytes);
      writeFileSync(file, joined);
      t.strictSame(differences(await contentOf(file, {}), whole), []);
      t.throws(() => readFileSync(state), { code: 'ENOENT' });
    });
  }
});

t.test('a stream without a state ends as it is', async (t) => {
  const output = new PassThrough();
  output.resume();
  const job = backup({ ...base, output });
  amid(
    () => job.progress.records > 100,
    () => job.abort(),
  );
  await t.rejects(job.done, { code: 'ABORTED', facts: { state: undefined } });
  calm();
});

t.test('the second stop ends at once, and keeps what is in files', async (t) => {
  const directory = t.testdir();
  const job = backup({ ...base, directory, fileLimit: 30_000 });
  const aFile = () => readdirSync(directory).includes('test_00000.asb');
  amid(aFile, () => {
    job.abort('once');
    job.abort('twice');
  });
  await t.rejects(job.done, {
    code: 'ABORTED',
    facts: { state: join(directory, 'test.asb.state') },
  });
  calm();
  await backup({ ...base, directory, continueFrom: directory }).done;
  t.strictSame(differences(await contentOf(directory, {}), whole), []);
});

t.test('what came after the state is written anew', async (t) => {
  const directory = t.testdir();
  await t.rejects(CUTS.nonsense!.cut(sandbox, { ...base, directory, fileLimit: 30_000 }));
  calm();
  const names = readdirSync(directory)
    .filter((name) => name.endsWith('.asb'))
    .sort();
  const next = `test_${String(names.length).padStart(5, '0')}.asb`;
  writeFileSync(join(directory, next), 'of a run that was killed');
  writeFileSync(join(directory, `.${next}.part`), 'cut off');
  await backup({ ...base, directory, continueFrom: join(directory, 'test.asb.state') }).done;
  t.strictSame(differences(await contentOf(directory, {}), whole), []);
  const text = readFileSync(join(directory, 'test.manifest.json'), 'utf8');
  const manifest = parseManifest(text, 'm');
  t.ok(manifest.complete);
  t.strictSame(
    manifest.files.map(({ name }) => name),
    readdirSync(directory).filter((name) => name.endsWith('.asb')),
  );
});

t.test('the cluster has changed in between', async (t) => {
  const directory = t.testdir();
  const changing = await startSandbox({ nodes: 3, records: RECORDS, protoSize: 4000 });
  const options = { ...base, seeds: changing.seeds.join(), directory, fileLimit: 30_000 };
  changing.nodes[0]!.faults.cutScan({ afterRecords: 300, how: 'nonsense' });
  await t.rejects(backup(options).done, { code: 'PROTOCOL' });
  await changing.kill(changing.nodes[0]!);
  await changing.add();
  const seeds = changing.seeds.join();
  await backup({ ...options, seeds, continueFrom: directory }).done;
  await changing.close();
  t.strictSame(differences(await contentOf(directory, {}), whole), []);
});

t.test(
  'a node that is away has its records with it, and nobody else answers for them',
  async (t) => {
    const directory = t.testdir();
    const lone = await startSandbox({
      nodes: 2,
      records: RECORDS,
      protoSize: 4000,
      replicationFactor: 1,
    });
    const [first, other] = lone.nodes;
    const options = { ...base, seeds: lone.seeds.join(), directory, fileLimit: 30_000 };
    first!.faults.cutScan({ afterRecords: 300, how: 'nonsense' });
    await t.rejects(backup(options).done, { code: 'PROTOCOL' });
    await lone.kill(first!);
    const again = { ...options, seeds: other!.address, continueFrom: directory };
    await t.rejects(backup(again).done, { code: 'PARTITIONS' });
    await lone.revive(first!);
    t.equal((await backup(again).done).records, RECORDS);
    await lone.close();
    t.strictSame(differences(await contentOf(directory, {}), whole), []);
  },
);

t.test('only so many records, in all', async (t) => {
  const directory = t.testdir();
  const options = { ...base, directory, maxRecords: 900, fileLimit: 30_000 };
  await t.rejects(CUTS.nonsense!.cut(sandbox, { ...options, parallel: 1 }), {
    code: 'PROTOCOL',
  });
  calm();
  const summary = await backup({ ...options, continueFrom: directory }).done;
  t.equal(summary.records, 900);
  t.equal((await contentOf(directory, {})).records.size, 900);
});

t.test('what does not fit is refused, and nothing is changed', async (t) => {
  const directory = t.testdir();
  const options = { ...base, directory, fileLimit: 30_000 };
  await t.rejects(CUTS.nonsense!.cut(sandbox, options), { code: 'PROTOCOL' });
  calm();
  const names = () => readdirSync(directory).sort();
  const before = names();
  const state = join(directory, 'test.asb.state');
  const rows: readonly [string, Partial<BackupOptions>, string, RegExp][] = [
    ['other sets', { sets: ['s1'] }, 'USAGE', /sets not given, and now \["s1"\]/],
    ['compressed', { compress: 'zstd' }, 'USAGE', /compress not given/],
    ['encrypted', { encryption }, 'USAGE', /encryption not given/],
    ['another namespace', { namespace: 'copy' }, 'USAGE', /namespace "test", and now "copy"/],
    ['no state there', { continueFrom: join(directory, 'none') }, 'NOT_FOUND', /none/],
    ['no state at all', { continueFrom: join(directory, 'test_00000.asb') }, 'FORMAT', /JSON/],
    ['a manifest', { continueFrom: join(directory, 'test.manifest.json') }, 'FORMAT', /state/],
    ['with a new state', { stateFile: state }, 'USAGE', /state/],
    ['anew', { removeFiles: true }, 'USAGE', /goes on/],
  ];
  for (const [what, changes, code, message] of rows) {
    const job = backup({ ...options, continueFrom: state, ...changes });
    await t.rejects(job.done, { code, message }, what);
  }
  await t.rejects(backup(options).done, { code: 'EXISTS' }, 'a new one does not take its place');
  t.strictSame(names(), before);

  truncateSync(join(directory, 'test_00000.asb'), 100);
  const again = { ...options, continueFrom: state };
  await t.rejects(backup(again).done, { code: 'TRUNCATED', facts: { state: undefined } });
  rmSync(join(directory, 'test_00000.asb'));
  await t.rejects(backup(again).done, { code: 'NOT_FOUND' });
});

t.test('a part that was changed is not gone on with', async (t) => {
  const root = t.testdir();
  const outputFile = join(root, 'one.asb');
  await t.rejects(CUTS.nonsense!.cut(sandbox, { ...base, outputFile }), { code: 'PROTOCOL' });
  calm();
  const elsewhere = { outputFile: `s3://${BUCKET}/one.asb`, continueFrom: `${outputFile}.state` };
  await t.rejects(backup({ ...base, ...elsewhere }).done, { code: 'USAGE' });
  const part = join(root, '.one.asb.part');
  const bytes = readFileSync(part);
  bytes[50] = bytes[50]! ^ 1;
  writeFileSync(part, bytes);
  const again = backup({ ...base, outputFile, continueFrom: `${outputFile}.state` });
  await t.rejects(again.done, { code: 'FORMAT', facts: { file: outputFile } });
  t.ok(readFileSync(part).equals(bytes));
});

t.test('a file that had got to its end when it was killed is whole', async (t) => {
  const server = await ownServer(t);
  const s3 = { client: clientOf(t, server) };
  const stateFile = `s3://${BUCKET}/state`;
  const outputFile = join(t.testdir(), 'one.asb');
  for (const place of [{}, { removeFiles: true, encryption }]) {
    const options = { ...base, outputFile, s3 };
    // Killed before its very last step, it would leave the same.
    const kind = { status: 403, code: 'AccessDenied' };
    server.faults.push({ operation: 'DeleteObject', times: 100, kind });
    await t.rejects(backup({ ...options, ...place, stateFile }).done, { code: 'STORAGE' });
    server.faults.length = 0;
    const { removeFiles: _, ...same } = { ...options, ...place, removeFiles: false };
    const summary = await backup({ ...same, continueFrom: stateFile }).done;
    t.match(summary, { records: RECORDS, recordsBefore: RECORDS, indexes: 9, files: 1 });
    t.strictSame(differences(await contentOf(outputFile, { encryption }), whole), []);
    t.strictSame(server.objects(BUCKET), []);
  }
  // Another one of that size is none.
  const options = { ...base, outputFile, s3, removeFiles: true };
  server.faults.push({
    operation: 'DeleteObject',
    times: 100,
    kind: { status: 403, code: 'AccessDenied' },
  });
  await t.rejects(backup({ ...options, stateFile }).done, { code: 'STORAGE' });
  server.faults.length = 0;
  const bytes = readFileSync(outputFile);
  bytes[60] = bytes[60]! ^ 1;
  writeFileSync(outputFile, bytes);
  const again = backup({ ...options, removeFiles: false, continueFrom: stateFile });
  await t.rejects(again.done, { code: 'NOT_FOUND' });
});

t.test('an output that is appended to must be as long as the state says', async (t) => {
  const state = join(t.testdir(), 'state');
  const output = () => new PassThrough().resume();
  await t.rejects(CUTS.nonsense!.cut(sandbox, { ...base, output: output(), stateFile: state }));
  calm();
  const { part } = JSON.parse(readFileSync(state, 'utf8'));
  const again = (outputSize: number) =>
    backup({ ...base, output: output(), outputSize, continueFrom: state }).done;
  await t.rejects(again(part.bytes + 1), { code: 'FORMAT', message: /truncate/ });
  t.equal((await again(part.bytes)).records, RECORDS);
});

t.test('a state is kept while nothing was written behind it', async (t) => {
  const state = join(t.testdir(), 'state');
  const output = () => new PassThrough().resume();
  await t.rejects(CUTS.nonsense!.cut(sandbox, { ...base, output: output(), stateFile: state }));
  calm();
  const again = () => backup({ ...base, output: output(), continueFrom: state }).done;
  for (const { faults } of sandbox.nodes) faults.answer('scan', 4, 10);
  await t.rejects(again(), { code: 'SERVER' });
  calm();
  t.equal((await again()).records, RECORDS);
  await t.rejects(again(), { code: 'NOT_FOUND' });
});

t.test('an encrypted stream has no place to go on from', async (t) => {
  const output = new PassThrough();
  for (const where of [{ stateFile: 's' }, { continueFrom: 's' }]) {
    await t.rejects(backup({ ...base, output, encryption, ...where }).done, { code: 'USAGE' });
  }
});
