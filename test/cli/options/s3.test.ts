import t from 'tap';
import { Given } from '../../../lib/cli/given.ts';
import { s3Of, s3ReadingOptions, s3WritingOptions } from '../../../lib/cli/options/s3.ts';

const MIB = 1024 * 1024;
const said: string[] = [];
const shell = { say: (line: string) => void said.push(line) };
const optionsOf = (given: Record<string, string>, locations = ['s3://vault/a']) =>
  s3Of(new Given(new Map(Object.entries(given))), shell, locations);

t.test('what is left out is as the peers have it', async (t) => {
  const { onNotice, ...options } = optionsOf({});
  t.strictSame(options, {
    connectTimeout: 1000,
    requestTimeout: 600_000,
    maxAttempts: 10,
    systemProxy: false,
    maxAsyncDownloads: 4,
  });
  onNotice?.('something is left');
  t.strictSame(said, ['note: something is left']);
});

t.test('each option', async (t) => {
  const rows: readonly (readonly [string, string, object])[] = [
    ['s3-region', 'eu-west-1', { region: 'eu-west-1' }],
    ['s3-profile', 'backup', { profile: 'backup' }],
    ['s3-endpoint-override', 'http://[::1]:9000', { endpoint: 'http://[::1]:9000' }],
    ['s3-endpoint-override', 'HTTPS://s3.example/a/', { endpoint: 'HTTPS://s3.example/a/' }],
    ['s3-connect-timeout', '0', { connectTimeout: 0 }],
    ['s3-request-timeout', '5000', { requestTimeout: 5000 }],
    ['s3-retry-max-attempts', '1', { maxAttempts: 1 }],
    ['s3-allow-system-proxy', '', { systemProxy: true }],
    ['s3-max-async-downloads', '3', { maxAsyncDownloads: 3 }],
    ['s3-min-part-size', '5', { minPartSize: 5 * MIB }],
    ['s3-min-part-size', '5120', { minPartSize: 5120 * MIB }],
    ['s3-max-async-uploads', '3', { maxAsyncUploads: 3 }],
    ['s3-storage-class', 'STANDARD_IA', { storageClass: 'STANDARD_IA' }],
    ['s3-checksum', 'sha256', { checksum: 'sha256' }],
    ['s3-checksum', 'md5', { checksum: 'md5' }],
    ['s3-server-side-encryption', 'AES256', { serverSideEncryption: 'AES256' }],
    ['s3-log-level', 'TRACE', { logger: {} }],
  ];
  for (const [name, value, expected] of rows) {
    t.match(optionsOf({ [name]: value }), expected, `${name} ${value}`);
  }
  t.notOk('logger' in optionsOf({ 's3-log-level': 'off' }));
  const withKey = { 's3-server-side-encryption': 'aws:kms', 's3-kms-key-id': 'arn:aws:kms:x' };
  const withCredentials = { 's3-access-key-id': 'AK', 's3-secret-access-key': 'key' };
  t.match(optionsOf(withCredentials), {
    credentials: { accessKeyId: 'AK', secretAccessKey: 'key' },
  });
  t.match(optionsOf(withKey), { serverSideEncryption: 'aws:kms', kmsKeyId: 'arn:aws:kms:x' });
});

t.test('what is refused', async (t) => {
  const rows: readonly Record<string, string>[] = [
    { 's3-region': 'eu west' },
    { 's3-endpoint-override': '127.0.0.1:9000' },
    { 's3-endpoint-override': 'http://user:secret@host' },
    { 's3-min-part-size': '4' },
    { 's3-min-part-size': '5121' },
    { 's3-max-async-uploads': '0' },
    { 's3-log-level': 'loud' },
    { 's3-checksum': 'none' },
    { 's3-storage-class': 'standard' },
    { 's3-access-key-id': 'AK' },
    { 's3-secret-access-key': 'key' },
    { 's3-access-key-id': 'AK', 's3-secret-access-key': 'key', 's3-profile': 'p' },
    { 's3-kms-key-id': 'k' },
    { 's3-kms-key-id': 'k', 's3-server-side-encryption': 'AES256' },
  ];
  for (const given of rows) {
    t.throws(() => optionsOf(given), { code: 'USAGE' }, JSON.stringify(given));
  }
});

t.test('without a location in S3 they mean nothing', async (t) => {
  t.strictSame(optionsOf({}, ['out']), {});
  t.strictSame(s3Of(new Given(new Map()), shell, [undefined]), {});
  for (const { name, takesValue } of new Set([...s3ReadingOptions, ...s3WritingOptions])) {
    const given = { [name]: takesValue ? '1' : '' };
    t.throws(() => optionsOf(given, ['out', 'S3://vault']), { code: 'USAGE' }, name);
  }
  t.match(optionsOf({ 's3-region': 'x' }, ['out', 's3://vault']), { region: 'x' });
  const inFile = new Map([['s3-region', { file: 'astools.conf' }]]);
  const general = new Given(new Map([['s3-region', 'x']]), [], inFile);
  t.strictSame(s3Of(general, shell, ['out']), {}, 'a config file may say them for another backup');
  t.match(s3Of(general, shell, ['s3://vault']), { region: 'x' });
});
