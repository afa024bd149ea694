import { join } from 'node:path';
import t, { type Test } from 'tap';
import { textFailure } from '../../../lib/asb/failure.ts';
import { failureLine } from '../../../lib/ndjson/failure.ts';
import { framesFailure } from '../../../lib/zstd/failure.ts';
import { outcomeOf, type RunOptions, run, shell, start } from '../../helpers/asb.ts';
import { HEADER, manyRecords, TEXT } from '../../helpers/asb-text.ts';
import { frame } from '../../helpers/frames.ts';
import type { S3Server } from '../../helpers/s3/server.ts';
import { s3Target } from '../../helpers/s3/target.ts';

const MIB = 1024 * 1024;
const BYTES = Buffer.alloc(12 * MIB, 'any bytes ');

const setUp = async (t: Test) => {
  const { server, bucket, env, endpoint } = await s3Target(t);
  if (server === undefined) throw new Error('these tests look into their own server');
  const url = `s3://${bucket}/a/b.bin`;
  const at = ['--s3-endpoint-override', endpoint];
  const upload = (args: readonly string[], options: RunOptions = {}) =>
    run(['upload', ...at, url, ...args], { ...options, env: { ...env, ...options.env } });
  const object = () => server.object(bucket, 'a/b.bin');
  const isClear = (t: Test, but: readonly string[] = []): void => {
    t.strictSame(server.objects(bucket), but);
    t.strictSame(server.uploads(bucket), []);
  };
  return { server, bucket, env, endpoint, url, at, upload, object, isClear };
};

/** Resolves when a part is seen. */
const partOf = (server: S3Server): Promise<void> =>
  new Promise((resolve) => {
    server.before = ({ operation }) => {
      if (operation === 'UploadPart') resolve();
    };
  });

t.test('standard input becomes an object', async (t) => {
  const { upload, object, isClear, env, at, url } = await setUp(t);
  t.match(await upload([], { input: BYTES }), { code: 0, stdout: Buffer.alloc(0), stderr: '' });
  t.ok(object()?.bytes.equals(BYTES));
  t.strictSame(object()?.parts, [], 'less than a part of what nobody knows the size of');

  const again = await upload([], { input: 'x' });
  t.match(again, { code: 1, stderr: /^asb upload: s3:.*exists/ });
  const over = await upload(['-r', '-v', '--expected-size', '3'], { input: BYTES });
  t.match(over, { code: 0, stderr: `uploaded 12.0 MiB to ${url}\n` });
  t.equal(object()?.parts.length, 2);

  const file = join(t.testdir({ 'b.bin': BYTES }), 'b.bin');
  const fromFile = await shell(`asb upload ${at.join(' ')} -r ${url} < ${file}`, { env });
  t.match(fromFile, { code: 0, stderr: '' });
  t.equal(object()?.parts.length, 2, 'of a file the size is known');
  isClear(t, ['a/b.bin']);
});

t.test('options reach the service', async (t) => {
  const { upload, object, server } = await setUp(t);
  const outcome = await upload(
    [
      ...['--s3-storage-class', 'STANDARD_IA', '--s3-server-side-encryption', 'AES256'],
      ...['--s3-checksum', 'sha256', '--s3-chunk-size', '6', '--s3-upload-concurrency', '1'],
    ],
    { input: BYTES },
  );
  t.match(outcome, { code: 0, stderr: '' });
  t.match(object(), {
    storageClass: 'STANDARD_IA',
    encryption: { 'x-amz-server-side-encryption': 'AES256' },
    checksum: { algorithm: 'SHA256' },
    parts: [6 * MIB, 6 * MIB],
  });
  t.ok(server.requests.count('UploadPart') === 2);
});

t.test('what a failed stage wrote is no object', async (t) => {
  const { server, upload, isClear, bucket, env, at, url } = await setUp(t);
  const ndjson = Buffer.from('{"key":1}\n'.repeat(100_000));
  for (const [bytes, failure] of [
    [Buffer.alloc(0), ''],
    [Buffer.alloc(0), textFailure('oops')],
    [Buffer.concat([HEADER, ...manyRecords(60_000)]), textFailure('oops')],
    [Buffer.concat(Array<Buffer>(40).fill(frame(TEXT))), framesFailure('oops')],
    [ndjson, failureLine('oops')],
  ] as const) {
    const input = Buffer.concat([bytes, Buffer.from(failure)]);
    const outcome = await upload(['--s3-min-part-size', '5'], { input });
    const words = failure === '' ? /no input/ : /an earlier stage failed: oops/;
    t.match(outcome, { code: 1, stderr: words });
    isClear(t);
  }
  const line = `asb scan -h 127.0.0.1:1 -n test | asb serialize -n test | asb upload ${at.join(' ')} ${url}`;
  const outcome = await shell(line, { env });
  t.match(outcome, { code: 1, stderr: /^asb upload: an earlier stage failed/m });
  server.put(bucket, 'a/b.bin', 'older');
  t.match(await upload(['-r'], { input: textFailure('oops') }), { code: 1 });
  t.equal(server.object(bucket, 'a/b.bin')?.bytes.toString(), 'older');
});

t.test('a signal leaves nothing', async (t) => {
  const { server, isClear, env, at, url } = await setUp(t);
  const seen = partOf(server);
  const child = start(['upload', ...at, '--expected-size', '1', url], { env });
  const outcome = outcomeOf(child);
  child.stdin.on('error', () => {});
  child.stdin.write(BYTES);
  await seen;
  child.kill('SIGTERM');
  t.match(await outcome, { code: 143, stderr: /^asb upload: stopped by SIGTERM\n$/ });
  isClear(t);
});

t.test('credentials are told to nobody', async (t) => {
  const { server, env, at, url } = await setUp(t);
  const secret = server.credentials.secretAccessKey;
  const other = 'thE/0ther+secret/accEss=key';
  const token = 'the session token';
  const noise = ['-v', '--s3-log-level', 'trace'];
  const rows: readonly (readonly [Record<string, string>, readonly string[], number])[] = [
    [{}, [], 0],
    [{ AWS_SECRET_ACCESS_KEY: other }, [], 1],
    [{ AWS_SESSION_TOKEN: token }, [], 1],
    [{ AWS_ACCESS_KEY_ID: '' }, [], 1],
    [{}, ['--s3-connect-timeout', '1', '--s3-retry-max-attempts', '1'], 1],
    [{}, ['--s3-kms-key-id', 'x'], 2],
  ];
  for (const [more, args, code] of rows) {
    const where =
      args[0] === '--s3-connect-timeout' ? ['--s3-endpoint-override', 'http://192.0.2.1'] : at;
    const command = ['upload', ...noise, ...where, ...args, url];
    const outcome = await run(command, { input: BYTES, env: { ...env, ...more } });
    t.equal(outcome.code, code, outcome.stderr);
    if (code < 2) t.match(outcome.stderr, /^s3: /m);
    const told = outcome.stderr + outcome.stdout.toString();
    for (const word of [secret, other, token, 'AWS4-HMAC', 'any bytes']) {
      t.notOk(told.includes(word), word);
    }
  }
});

t.test('what is wrong is said', async (t) => {
  const { at, env, bucket } = await setUp(t);
  const url = `s3://${bucket}/x`;
  const rows: readonly (readonly [readonly string[], number, RegExp])[] = [
    [[], 2, /URL is needed: .*s3:/],
    [['x.asb'], 2, /not in S3; cp/],
    [[url, 'more'], 2, /"more" is one too many/],
    [[`s3://${bucket}/x/`], 2, /s3:\/\/bucket\/key/],
    [[`s3://${bucket}`], 2, /s3:\/\/bucket\/key/],
    [['s3://'], 2, /bucket/],
    [[url, '--expected-size', '-1'], 2, /expected-size/],
    [[url, '--s3-max-async-downloads', '1'], 2, /no option --s3-max-async-downloads/],
    [['s3://no-such-bucket/x'], 1, /NoSuchBucket/],
  ];
  for (const [args, code, words] of rows) {
    const outcome = await run(['upload', ...at, ...args], { input: 'x', env });
    t.match(outcome, { code, stderr: words }, args.join(' '));
    t.match(outcome.stderr, /^asb upload: [^\n]*\n$/);
  }
});

t.test('the reader of the terminal is told what to type', async (t) => {
  const { at, env, url } = await setUp(t);
  const line = `script -qec '"$ASB_NODE" "$ASB_MAIN" upload ${at.join(' ')} ${url}' /dev/null`;
  const outcome = await shell(`export ASB_NODE ASB_MAIN; ${line}`, { env });
  t.match(outcome, { code: 2 });
  t.match(outcome.stdout.toString(), /for example: asb upload/);
});
