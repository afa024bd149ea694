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
