import t from 'tap';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import type { BackupOptions } from '../../lib/jobs/backup-options.ts';
import { shapeOfBackup } from '../../lib/jobs/backup-shape.ts';

const base: BackupOptions = { namespace: 'test', directory: 'out' };
const encryptedBy = (secret: string, mode: 'aes128' | 'aes256' = 'aes128') =>
  ({ encryption: { mode, key: new EncryptionKey(Buffer.from(secret)) } }) as const;

t.test('defaults are left out, and what does not shape the content', async (t) => {
  const { directory: _, ...nowhere } = base;
  const rows: readonly [BackupOptions, object][] = [
    [base, { place: 'directory' }],
    [{ ...nowhere, outputFile: 'f', prefix: 'p' }, { place: 'file' }],
    [{ ...nowhere, output: process.stdout }, { place: 'stream' }],
    [
      { ...base, sets: [], bins: [], noBins: false, maxRecords: 0, compact: false, parallel: 9 },
      { place: 'directory' },
    ],
    [
      {
        ...base,
        prefix: 'p',
        sets: ['b', 'a'],
        bins: ['x'],
        filterExpression: Buffer.from([1]),
        maxRecords: 5,
        compact: true,
        compress: 'zstd',
        noIndexes: true,
        noUdfs: true,
      },
      {
        place: 'directory',
        prefix: 'p',
        sets: ['a', 'b'],
        bins: ['x'],
        filterExpression: 'AQ==',
        maxRecords: 5,
        noIndexes: true,
        noUdfs: true,
        compact: true,
        compress: 'zstd',
      },
    ],
    [
      {
        ...base,
        modifiedAfter: 1_767_225_600_000_000_001n,
        modifiedBefore: 1_767_225_601_120_000_000n,
        noTtlOnly: true,
        partitions: [7, 0, 1, 2, 7],
        positions: new Map([
          [2, Buffer.alloc(20, 2)],
          [1, Buffer.alloc(20, 1)],
        ]),
        nodes: ['B', { host: '::1', port: 3000 }, 'A'],
      },
      {
        place: 'directory',
        modifiedAfter: '2026-01-01T00:00:00.000000001Z',
        modifiedBefore: '2026-01-01T00:00:01.120000000Z',
        noTtlOnly: true,
        partitions: '0-2,7',
        afterDigests: ['AQEBAQEBAQEBAQEBAQEBAQEBAQE=', 'AgICAgICAgICAgICAgICAgICAgI='],
        nodes: ['A', 'B', '[::1]:3000'],
      },
    ],
    [
      {
        ...base,
        noTtlOnly: false,
        partitions: Array.from({ length: 4096 }, (_, id) => id),
        positions: new Map(),
        nodes: [],
        onlyRacks: [1],
        preferRacks: [1],
      },
      { place: 'directory' },
    ],
    [
      { ...base, noBins: true, noRecords: true },
      { place: 'directory', noBins: true, noRecords: true },
    ],
  ];
  for (const [options, shape] of rows) t.strictSame(shapeOfBackup(options), shape);
});

t.test('another key is known, and none is shown', async (t) => {
  const [one, same, other, longer] = [
    shapeOfBackup({ ...base, ...encryptedBy('one') }),
    shapeOfBackup({ ...base, ...encryptedBy('one') }),
    shapeOfBackup({ ...base, ...encryptedBy('other') }),
    shapeOfBackup({ ...base, ...encryptedBy('one', 'aes256') }),
  ];
  t.match(one.encryption, /^aes128, key [0-9a-f]{8}$/);
  t.strictSame(one, same);
  t.notSame(one, other);
  t.notSame(one, longer);
});
