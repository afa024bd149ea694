import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { textFailure } from '../../../lib/asb/failure.ts';
import { failureAtEnd as ndjsonFailureAtEnd } from '../../../lib/ndjson/failure.ts';
import { FAILURE_TAIL_SIZE, failureAtEnd } from '../../../lib/zstd/failure.ts';
import { run, shell } from '../../helpers/asb.ts';
import { HEADER, manyRecords, TEXT } from '../../helpers/asb-text.ts';
import { frame } from '../../helpers/frames.ts';
import { s3Target } from '../../helpers/s3/target.ts';

const MIB = 1024 * 1024;

const setUp = async (t: Test) => {
  const { server, bucket, env, endpoint } = await s3Target(t);
  if (server === undefined) throw new Error('these tests look into their own server');
  const url = `s3://${bucket}/a/b.bin`;
  const args = ['--s3-endpoint-override', endpoint, '--s3-retry-max-attempts', '2', url];
  const put = (bytes: Uint8Array | string) => server.put(bucket, 'a/b.bin', bytes);
  return { server, bucket, env, url, args, put, line: args.join(' ') };
};

t.test('the bytes of an object, whatever they are', async (t) => {
  const { args, put, env } = await setUp(t);
  const large = Buffer.from(Array.from({ length: 11 * MIB }, (_, at) => (at >> 9) ^ at));
  for (const bytes of [large, TEXT, frame(TEXT), Buffer.from('{"key":1}\n'), Buffer.alloc(0)]) {
    put(bytes);
    const outcome = await run(['download', ...args, '--s3-max-async-downloads', '2'], { env });
    t.match(outcome, { code: 0, stderr: '' });
    t.ok(outcome.stdout.equals(bytes), `${bytes.length}`);
  }
});

t.test('as a filter: a reader may go, and a file is whole', async (t) => {
  const { line, put, env } = await setUp(t);
  const many = Buffer.concat([HEADER, ...manyRecords(60_000)]);
  put(many);
  const head = await shell(`(asb download ${line}; echo $? >&2) | head -n 1`, { env });
  t.match(head, { code: 0, stderr: '0\n', stdout: Buffer.from('Version 3.1\n') });
  const file = join(t.testdir(), 'b.bin');
  t.match(await shell(`asb download ${line} > ${file}`, { env }), { code: 0, stderr: '' });
  t.ok(readFileSync(file).equals(many));
  const parsed = await shell(`asb download ${line} | asb parse | tail -n 1`, { env });
  t.match(JSON.parse(parsed.stdout.toString()), { key: 59_999 });
});

t.test('a failure in the middle ends in the language of what came before', async (t) => {
  const { server, args, put, env } = await setUp(t);
  const rows: readonly (readonly [string, Buffer, (tail: Buffer) => string | undefined])[] = [
    ['text', Buffer.concat([HEADER, ...manyRecords(30_000)]), (tail) => failureAtEnd(tail, 'text')],
    ['frames', frame(randomBytes(3 * MIB)), (tail) => failureAtEnd(tail, 'frames')],
    [
      'NDJSON',
      Buffer.from('{"key":1}\n'.repeat(300_000)),
      (tail) => ndjsonFailureAtEnd(tail.toString()),
    ],
    ['any bytes', Buffer.alloc(3 * MIB, 1), (tail) => failureAtEnd(tail, 'text')],
  ];
  for (const [what, bytes, failureOf] of rows) {
    put(bytes);
    const broken = { resetBody: MIB };
    const refused = { status: 403, code: 'AccessDenied' };
    server.faults.push({ operation: 'GetObject', kind: broken });
    server.faults.push({ operation: 'GetObject', times: 1000, kind: refused });
    const outcome = await run(['download', ...args], { env });
    server.faults.length = 0;
    t.match(outcome, { code: 1, stderr: /^asb download: [^\n]*AccessDenied[^\n]*\n$/ }, what);
    t.match(failureOf(outcome.stdout.subarray(-FAILURE_TAIL_SIZE)), /AccessDenied/, what);
    t.ok(outcome.stdout.length > MIB / 2);
  }
});

t.test('so it does before the first byte', async (t) => {
  const { args, put, env, bucket, line } = await setUp(t);
  put(TEXT);
  const at = args.slice(0, -1);
  const rows: readonly (readonly [readonly string[], number, RegExp])[] = [
    [[...at, `s3://${bucket}/none`], 1, /there is no s3:/],
    [[...at, 's3://no-such-bucket/none'], 1, /NoSuchBucket/],
    [at, 2, /URL is needed/],
    [[...at, 'x.asb'], 2, /not in S3; cat/],
    [[...at, `s3://${bucket}/a/`], 2, /s3:\/\/bucket\/key/],
    [[...args, '--s3-min-part-size', '5'], 2, /no option --s3-min-part-size/],
  ];
  for (const [words, code, message] of rows) {
    const outcome = await run(['download', ...words], { env });
    t.match(outcome, { code, stderr: message }, words.join(' '));
    t.ok(outcome.stdout.toString().startsWith(`${textFailure('')}`), 'the next stage is told');
  }
  const secret = 'another+secret/key';
  const noise = `AWS_SECRET_ACCESS_KEY=${secret} asb download -v --s3-log-level trace ${line}`;
  const next = await shell(`${noise} | asb parse`, { env });
  t.match(next, {
    code: 1,
    stderr: /^asb parse: [^\n]*an earlier stage failed: cannot look for s3:/m,
  });
  t.notOk(`${next.stderr}${next.stdout}`.includes(secret));
});

t.test('a terminal gets nothing that it would obey', async (t) => {
  const { put, env, line } = await setUp(t);
  put(Buffer.alloc(100, 1));
  const words = `script -qec '"$ASB_NODE" "$ASB_MAIN" download ${line}' /dev/null`;
  const outcome = await shell(`export ASB_NODE ASB_MAIN; ${words}`, { env });
  t.equal(outcome.code, 1);
  t.match(outcome.stdout.toString(), /^asb download: writes what is stored, [^\n]*\n$/);
});
