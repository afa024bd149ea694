import { S3Client } from '@aws-sdk/client-s3';
import t from 'tap';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import type { BackupOptions } from '../../lib/jobs/backup-options.ts';
import { backupOrders, checkBackupWorkers } from '../../lib/jobs/backup-orders.ts';
import { Meter } from '../../lib/meter/meter.ts';
import { Coverage } from '../../lib/record/coverage.ts';
import { sharedLimit } from '../../lib/wire/limiter.ts';

const digest = Buffer.alloc(20, 7);
const coverage = new Coverage();
coverage.reach(digest);
const safe = {
  tool: '',
  namespace: 'test',
  options: {},
  begun: new Date(),
  replaces: false,
  files: [],
  coverage,
  holders: new Map([['A1', Buffer.alloc(512)]]),
};
const context = { count: 3, partitions: [9, 7, 5, 3], parallel: 4, safe };
const begin = { ...context, destination: { keeps: true, continues: undefined } };

t.test('each has its share; what is a limit, all have', async (t) => {
  const options = { namespace: 'test', directory: 'out', shard: { index: 1, count: 2 } };
  const orders = backupOrders({ ...options, recordsPerSecond: 10 }, begin);
  t.strictSame(
    orders.map(({ scan }) => scan.partitions),
    [[9, 3], [7], [5]],
  );
  t.strictSame(
    orders.map(({ scan }) => scan.parallel),
    [2, 1, 1],
  );
  t.equal(new Set(orders.map(({ scan }) => scan.limitMemory)).size, 1);
  t.equal(new Set(orders.map(({ files }) => files?.nextName)).size, 1);
  t.match(orders[0], {
    scan: { namespace: 'test', recordsPerSecond: 10, noIndexes: true, noUdfs: true },
    text: { namespace: 'test', directory: 'out' },
    files: { directory: 'out', prefix: 'test-1-of-2', kept: [], encryption: undefined },
    keeps: true,
    metered: false,
  });
  t.equal(orders[0]?.scan.positions?.size, 1);
  const limitMemory = sharedLimit();
  const own = backupOrders({ namespace: 'test', output: process.stdout, limitMemory }, begin);
  t.equal(own[2]?.scan.limitMemory, limitMemory, 'one for several jobs, too');
  t.equal(own[0]?.files, undefined);
});

t.test('the first name is left to the first file, if that is still to come', async (t) => {
  const options = { namespace: 'test', directory: 'out' };
  for (const [continues, next] of [
    [undefined, 1],
    ['file', 0],
  ] as const) {
    const [order] = backupOrders(options, { ...context, destination: { keeps: true, continues } });
    t.equal(new Int32Array(order!.files!.nextName)[0], next);
  }
});

t.test('all of it can be copied, and shows no secret', async (t) => {
  const options: BackupOptions = {
    namespace: 'test',
    directory: 's3://vault/x',
    s3: { region: 'here', logger: console, onNotice: () => {} },
    encryption: { mode: 'aes128', key: new EncryptionKey(Buffer.from('secret')) },
    compact: true,
    compress: 'zstd',
    compressionLevel: 1,
    fileLimit: 5,
    logger: console,
    onNotice: () => {},
    meter: new Meter(),
  };
  for (const order of backupOrders(options, begin)) {
    t.match(structuredClone(order), {
      text: { compact: true, compress: 'zstd', compressionLevel: 1, fileLimit: 5 },
      files: { s3: { region: 'here' }, logged: true, encryption: { mode: 'aes128' } },
      metered: true,
    });
  }
});

t.test('what workers cannot do', async (t) => {
  const options = { namespace: 'test', directory: 'out' };
  for (const fine of [{}, { workers: 0, maxRecords: 9 }, { workers: 64, s3: {} }]) {
    checkBackupWorkers({ ...options, ...fine });
  }
  for (const wrong of [
    { workers: 65 },
    { workers: 1, maxRecords: 9 },
    { workers: 1, s3: { client: new S3Client() } },
  ]) {
    t.throws(() => checkBackupWorkers({ ...options, ...wrong }), { code: 'USAGE' });
  }
});
