import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { zstdDecompressSync } from 'node:zlib';
import t from 'tap';
import { RecordText } from '../../lib/asb/record-text.ts';
import { UnitScanner } from '../../lib/asb/unit-scanner.ts';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import { messageOf } from '../../lib/errors.ts';
import { type BackupOptions, backup, defaultParallel } from '../../lib/jobs/backup.ts';
import { type Sandbox, startSandbox } from '../../lib/sandbox/index.ts';
import { unpack } from '../../lib/stages/unpack.ts';
import { asBatches, EVERY_TYPE_SET, writeEveryType } from '../helpers/every-type.ts';
import { startFakeNode, until } from '../helpers/fake-node.ts';
import { clientOf } from '../helpers/s3/client.ts';
import { BUCKET, ownServer } from '../helpers/s3/connection.ts';
import { through } from '../helpers/streams.ts';
import { startTarget } from '../helpers/target.ts';

const RECORDS = 300;
const namesIn = (path: string): string[] => readdirSync(path).sort();
/** Files of a backup, without what stands beside them. */
const backupIn = (path: string): string[] => namesIn(path).filter((name) => name.endsWith('.asb'));
const textIn = (path: string): Buffer[] =>
  backupIn(path).map((name) => readFileSync(join(path, name)));

/** Records and globals of whole files. */
const countUnits = (files: readonly Buffer[]) => {
  const scanners = files.map((file) => {
    const scanner = new UnitScanner();
    scanner.push(file);
    scanner.end();
    return scanner;
  });
  return {
    records: scanners.reduce((sum, { records }) => sum + records, 0),
    globals: scanners.map(({ globals }) => globals),
    firstFile: scanners.map(({ header }) => header?.firstFile),
  };
};

/** A sandbox with data, and a backup of it. */
const withSandbox = async (act: (sandbox: Sandbox) => Promise<void>, nodes = 2): Promise<void> => {
  const sandbox = await startSandbox({ nodes, records: RECORDS, protoSize: 2000 });
  await act(sandbox);
  await until(() => sandbox.nodes.every(({ connections }) => connections === 0));
  await sandbox.close();
};
const optionsFor = (sandbox: Sandbox): BackupOptions => ({
  seeds: sandbox.seeds.join(),
  namespace: 'test',
  sleepBetweenRetries: 1,
});

t.test('to a directory', (t) =>
  withSandbox(async (sandbox) => {
    const directory = join(t.testdir(), 'out');
    const job = backup({ ...optionsFor(sandbox), directory });
    t.match(job.progress, { records: 0, bytes: 0, partitions: 4096, estimatedRecords: undefined });
    const summary = await job.done;
    t.strictSame(namesIn(directory), ['test.manifest.json', 'test_00000.asb']);
    const files = textIn(directory);
    t.strictSame(countUnits(files), { records: RECORDS, globals: [11], firstFile: [true] });
    t.match(summary, {
      records: RECORDS,
      indexes: 9,
      udfs: 2,
      version: '3.2',
      files: 1,
      retries: 0,
      bytes: files[0]!.length,
    });
    t.equal(summary.vectors, 2, 'peers cannot read these');
    t.ok(summary.elapsed > 0);
    t.match(job.progress, {
      records: RECORDS,
      partitionsDone: 4096,
      estimatedRecords: RECORDS,
      bytes: summary.bytes,
    });
  }, 1),
);

t.test('to several files', (t) =>
  withSandbox(async (sandbox) => {
    const directory = t.testdir();
    const job = backup({ ...optionsFor(sandbox), directory, fileLimit: 5000, prefix: 'mine' });
    const summary = await job.done;
    const files = textIn(directory);
    t.ok(files.length > 3);
    t.equal(summary.files, files.length);
    t.equal(backupIn(directory)[1], 'mine_00001.asb');
    t.ok(namesIn(directory).includes('mine.manifest.json'));
    t.equal(
      summary.bytes,
      files.reduce((sum, { length }) => sum + length, 0),
    );
    const { records, globals, firstFile } = countUnits(files);
    t.equal(records, RECORDS);
    t.equal(
      globals.reduce((sum, count) => sum + count),
      globals[0],
      'globals in the first file',
    );
    t.equal(firstFile.indexOf(true), firstFile.lastIndexOf(true));
  }),
);

t.test('compressed, to one file', (t) =>
  withSandbox(async (sandbox) => {
    const outputFile = join(t.testdir(), 'one.asb');
    for (const level of [undefined, 1, 19]) {
      const options = level === undefined ? {} : { compressionLevel: level };
      const job = backup({
        ...optionsFor(sandbox),
        outputFile,
        compress: 'zstd',
        removeFiles: level !== undefined,
        compact: true,
        ...options,
      });
      const summary = await job.done;
      const bytes = readFileSync(outputFile);
      t.equal(summary.bytes, bytes.length);
      t.equal(countUnits([zstdDecompressSync(bytes)]).records, RECORDS);
    }
  }),
);

t.test('to a stream', (t) =>
  withSandbox(async (sandbox) => {
    const output = new PassThrough();
    const chunks: Buffer[] = [];
    output.on('data', (chunk: Buffer) => chunks.push(chunk));
    const summary = await backup({ ...optionsFor(sandbox), output }).done;
    const bytes = Buffer.concat(chunks);
    t.match(summary, { bytes: bytes.length, files: 1 });
    t.equal(countUnits([bytes]).records, RECORDS);
  }),
);

t.test('a part of it', (t) =>
  withSandbox(async (sandbox) => {
    const directory = t.testdir();
    const notices: string[] = [];
    const sets = ['odd', 'no such set'];
    const onNotice = (notice: string) => notices.push(notice);
    const base = { ...optionsFor(sandbox), directory, removeFiles: true, onNotice };
    const job = backup({ ...base, sets, noIndexes: true, noUdfs: true });
    const count = sandbox.cluster.namespaces.get('test')!.count('odd');
    t.match(await job.done, { records: count, indexes: 0, udfs: 0, version: '3.1' });
    t.equal(job.progress.estimatedRecords, count);
    t.equal(notices.length, 1, 'a set that is not there is told of');
    const quiet = { ...optionsFor(sandbox), directory, removeFiles: true, allowEmpty: true };
    t.equal((await backup({ ...quiet, sets: ['none'] }).done).records, 0);
    const most = backup({ ...base, maxRecords: 7, parallel: 3 });
    t.equal((await most.done).records, 7);
    t.equal(most.progress.estimatedRecords, 7);
    t.match(await backup({ ...base, noRecords: true }).done, { records: 0, indexes: 9, udfs: 2 });
    t.match(await backup({ ...base, namespace: 'copy', allowEmpty: true }).done, { records: 0 });
    t.equal(textIn(directory)[0]?.toString().slice(0, 12), 'Version 3.1\n');
  }),
);

t.test('what is refused, with nothing left behind', (t) =>
  withSandbox(async (sandbox) => {
    const root = t.testdir({
      'old.asb': 'old',
      'note.txt': 'x',
      full: { 'test_00000.asb': 'old' },
    });
    const directory = join(root, 'out');
    const place = { directory };
    const rows: readonly [string, Partial<BackupOptions>, string][] = [
      ['no place', {}, 'USAGE'],
      ['names that no restore finds', { ...place, prefix: '.x' }, 'USAGE'],
      ['two places', { directory, outputFile: join(root, 'x.asb') }, 'USAGE'],
      ['a host that is none', { ...place, seeds: 'h:0' }, 'USAGE'],
      ['nobody there', { ...place, seeds: '127.0.0.1:1' }, 'CONNECT'],
      ['no such namespace', { ...place, namespace: 'none' }, 'NO_NAMESPACE'],
      ['an empty namespace', { ...place, namespace: 'copy' }, 'EMPTY'],
      ['an empty set', { ...place, sets: ['none'] }, 'EMPTY'],
      ['a backup is there', { directory: join(root, 'full') }, 'EXISTS'],
      ['a file is there', { outputFile: join(root, 'old.asb') }, 'EXISTS'],
      ['a directory in place of a file', { outputFile: root }, 'USAGE'],
      ['a file limit of nothing', { ...place, fileLimit: 0 }, 'RANGE'],
      ['a level that is none', { ...place, compress: 'zstd', compressionLevel: 99 }, 'RANGE'],
    ];
    for (const [what, options, code] of rows) {
      await t.rejects(backup({ ...optionsFor(sandbox), ...options }).done, { code }, what);
    }
    t.strictSame(
      namesIn(root).filter((name) => name !== 'out'),
      ['full', 'note.txt', 'old.asb'],
    );
    t.strictSame(namesIn(directory), []);
    t.strictSame(namesIn(join(root, 'full')), ['test_00000.asb']);
    t.equal(readFileSync(join(root, 'old.asb'), 'utf8'), 'old');
  }),
);

t.test('an older backup is removed if that is wanted, and nothing else', (t) =>
  withSandbox(async (sandbox) => {
    const directory = t.testdir({ 'test_00007.asb': 'old', 'note.txt': 'x' });
    await backup({ ...optionsFor(sandbox), directory, removeFiles: true }).done;
    const there = ['note.txt', 'test.manifest.json', 'test_00000.asb'];
    t.strictSame(namesIn(directory), there);
    const nothing = { ...optionsFor(sandbox), namespace: 'copy', directory, removeFiles: true };
    await t.rejects(backup(nothing).done, { code: 'EMPTY' });
    t.strictSame(namesIn(directory), there, 'nothing costs nothing');
  }),
);

t.test('stopped before it begins', (t) =>
  withSandbox(async (sandbox) => {
    const directory = join(t.testdir(), 'out');
    const job = backup({ ...optionsFor(sandbox), directory });
    job.abort();
    await t.rejects(job.done, { code: 'ABORTED' });
    t.strictSame(readdirSync(join(directory, '..')), []);
  }),
);

t.test('an output that fails', (t) =>
  withSandbox(async (sandbox) => {
    const output = new Writable({
      write: (_chunk, _encoding, done) => done(new Error('full')),
    });
    const error = await backup({ ...optionsFor(sandbox), output }).done.catch((thrown) => thrown);
    t.equal(messageOf(error), 'full');
  }),
);

t.test('faults on the way are lived with', (t) =>
  withSandbox(async (sandbox) => {
    sandbox.nodes[0]!.faults.cutScan({ afterRecords: 20, how: 'middle' }, 2);
    const directory = t.testdir();
    const summary = await backup({ ...optionsFor(sandbox), directory, parallel: 2 }).done;
    t.equal(summary.records, RECORDS);
    t.ok(summary.retries > 0);
    t.equal(countUnits(textIn(directory)).records, RECORDS);
  }),
);

t.test('a node that tells nothing of its sets', async (t) => {
  const rows: readonly [string, (command: string) => boolean | 'close', string][] = [
    ['is lived with', (command) => command !== 'sets/test' || 'close', 'EMPTY'],
    ['refuses', () => true, 'SERVER'],
  ];
  for (const [what, answered, code] of rows) {
    const { encodeProto } = await import('../../lib/wire/proto.ts');
    const { lastMessage } = await import('../../lib/sandbox/reply.ts');
    const node = await startFakeNode({
      info: (command) => (command === 'sets/test' ? 'ERROR:4:no' : undefined),
      answers: (commands) => answered(commands[0]!),
      message: (_, socket) => socket.write(encodeProto(3, lastMessage(0))),
    });
    const notices: string[] = [];
    const seeds = [node];
    const directory = t.testdir();
    const onNotice = (notice: string) => notices.push(notice);
    const job = backup({ seeds, namespace: 'test', directory, onNotice });
    await t.rejects(job.done, { code }, what);
    t.equal(notices.length, code === 'EMPTY' ? 1 : 0);
    await t.rejects(
      backup({ seeds, namespace: 'test', directory }).done,
      { code },
      'nobody needs to listen',
    );
    await node.close();
  }
});

t.test('how many scans at once', async (t) => {
  t.strictSame([0, 1, 3, 16, 100].map(defaultParallel), [1, 1, 3, 16, 16]);
});

t.test('every particle type, in text', async (t) => {
  const target = await startTarget();
  const namespace = target.copyNamespace;
  const remove = await writeEveryType(target.seeds[0]!, namespace);
  for (const compact of [false, true]) {
    const outputFile = join(t.testdir(), 'all.asb');
    const { done } = backup({
      seeds: target.seeds.join(),
      namespace,
      sets: [EVERY_TYPE_SET],
      outputFile,
      compact,
    });
    const summary = await done;
    const file = readFileSync(outputFile);
    const batches = asBatches(namespace);
    t.equal(summary.records, batches.length);
    t.equal(countUnits([file]).records, batches.length);
    const text = new RecordText(namespace, compact);
    for (const { bytes } of batches) {
      const out = Buffer.alloc(RecordText.room(bytes.length));
      const one = out.subarray(0, text.write(out, 0, bytes, 0));
      // A server may give bins in an order of its own, so a record's lines are looked for one by one.
      const lines = one.toString('latin1').split(/(?<=\n)(?=[-+] )/);
      for (const line of lines) t.ok(file.includes(Buffer.from(line, 'latin1')), line);
    }
  }
  await remove();
  await target.close();
});

t.test('encrypted, each file by itself', (t) =>
  withSandbox(async (sandbox) => {
    const options = optionsFor(sandbox);
    const encryption = { mode: 'aes256', key: new EncryptionKey(Buffer.from('secret')) } as const;
    const textOf = async (bytes: Buffer): Promise<Buffer> => {
      t.notMatch(bytes.toString('latin1'), /^Version|namespace|\+ n test/);
      return Buffer.concat(await through([bytes], unpack({ encryption })));
    };

    const directory = join(t.testdir(), 'out');
    const summary = await backup({ ...options, directory, encryption, fileLimit: 5000 }).done;
    const files = textIn(directory);
    t.ok(files.length > 3);
    for (const { length } of files) t.ok(length <= 5000);
    t.equal(summary.bytes, Buffer.concat(files).length);
    const texts = await Promise.all(files.map(textOf));
    t.equal(countUnits(texts).records, RECORDS);

    const outputFile = join(directory, 'one.asb');
    await backup({ ...options, outputFile, encryption, compress: 'zstd' }).done;
    t.equal(countUnits([await textOf(readFileSync(outputFile))]).records, RECORDS);

    const output = new PassThrough();
    const chunks: Buffer[] = [];
    output.on('data', (chunk: Buffer) => chunks.push(chunk));
    const { bytes } = await backup({ ...options, output, encryption }).done;
    t.equal(bytes, Buffer.concat(chunks).length);
    t.equal(countUnits([await textOf(Buffer.concat(chunks))]).records, RECORDS);
  }),
);

t.test('to S3: many files, and one', (t) =>
  withSandbox(async (sandbox) => {
    const server = await ownServer(t);
    const options = { ...optionsFor(sandbox), s3: { client: clientOf(t, server) } };
    const textAt = (prefix: string): Buffer[] =>
      server
        .objects(BUCKET)
        .filter((key) => key.startsWith(prefix) && key.endsWith('.asb'))
        .map((key) => server.object(BUCKET, key)!.bytes);

    const directory = `s3://${BUCKET}/many`;
    const many = await backup({ ...options, directory, fileLimit: 5000 }).done;
    t.ok(many.files > 3);
    t.equal(countUnits(textAt('many/test_0')).records, RECORDS);
    await t.rejects(backup({ ...options, directory }).done, { code: 'EXISTS' });
    const anew = await backup({ ...options, directory, removeFiles: true }).done;
    t.equal(textAt('many/').length, 1);
    t.equal(textAt('many/')[0]?.length, anew.bytes);

    const outputFile = `s3://${BUCKET}/one.asb`;
    const one = await backup({ ...options, outputFile, compress: 'zstd' }).done;
    t.equal(textAt('one.asb')[0]?.length, one.bytes);
    await t.rejects(backup({ ...options, outputFile }).done, { code: 'EXISTS' });
    t.strictSame(server.uploads(BUCKET), []);
  }),
);

t.test('parts are as large as the file limit or the estimate wants them', async (t) => {
  const server = await ownServer(t);
  const s3 = { client: clientOf(t, server) };
  const TEN_MIB = 10 * 1024 * 1024;
  const stored = `objects=0;master_objects=0;data_used_bytes=${10_000 * TEN_MIB}`;
  const rows: readonly (readonly [string, Partial<BackupOptions>, boolean])[] = [
    [stored, { outputFile: `s3://${BUCKET}/a.asb` }, true],
    [stored.replace(/data_.*/, 'data_used_bytes=9'), { outputFile: `s3://${BUCKET}/b.asb` }, false],
    [stored.replace(/;data.*/, ''), { outputFile: `s3://${BUCKET}/unknown.asb` }, true],
    [stored, { directory: `s3://${BUCKET}/c`, fileLimit: 10_000 * TEN_MIB }, true],
    [stored, { directory: `s3://${BUCKET}/d` }, false],
  ];
  const module = Buffer.alloc(10 * 1024 * 1024, 'x').toString('base64');
  for (const [namespace, place, isLarge] of rows) {
    const { encodeProto } = await import('../../lib/wire/proto.ts');
    const { lastMessage } = await import('../../lib/sandbox/reply.ts');
    const node = await startFakeNode({
      info: (command) => {
        if (command === 'namespace/test') return namespace;
        if (command === 'udf-list') return 'filename=a.lua,hash=x,type=LUA;';
        return command.startsWith('udf-get') ? `type=LUA;content=${module};` : undefined;
      },
      message: (_, socket) => socket.write(encodeProto(3, lastMessage(0))),
    });
    const job = backup({ seeds: [node], namespace: 'test', s3, allowEmpty: true, ...place });
    await job.done;
    const sent = server.requests.count('UploadPart');
    t.equal(sent === 0, isLarge, 'less than a part goes in one request');
    server.requests.length = 0;
    await node.close();
  }
});
