/** Ranges and conditions. */
import { createHash } from 'node:crypto';
import t from 'tap';
import { rawRequest } from '../helpers/s3/raw-request.ts';
import { ownS3Target } from '../helpers/s3/target.ts';

const BODY = Buffer.from('0123456789');

t.test('ranges', async (t) => {
  const { bucket, server } = await ownS3Target(t);
  server.put(bucket, 'k', BODY);
  server.put(bucket, 'empty', '');
  const whole = [200, '0123456789', undefined] as const;
  const rows: readonly (readonly [string, number, string, string | undefined])[] = [
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=7-100', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-100', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=4-2', ...whole],
    ['bytes=-', ...whole],
    ['bytes=0-1,4-5', ...whole],
    ['lines=0-1', ...whole],
  ];
  for (const [range, status, text, contentRange] of rows) {
    for (const method of ['GET', 'HEAD']) {
      const answer = await rawRequest(server, { method, url: `/${bucket}/k`, headers: { range } });
      const seen = [answer.status, answer.body.toString(), answer.headers['content-range']];
      t.strictSame(
        seen,
        [status, method === 'GET' ? text : '', contentRange],
        `${method} ${range}`,
      );
      t.equal(answer.headers['content-length'], String(text.length));
    }
  }
  const beyond: readonly (readonly [string, string])[] = [
    ['k', 'bytes=10-'],
    ['k', 'bytes=10-20'],
    ['k', 'bytes=-0'],
    ['empty', 'bytes=0-'],
    ['empty', 'bytes=-1'],
  ];
  for (const [key, range] of beyond) {
    const answer = await rawRequest(server, { url: `/${bucket}/${key}`, headers: { range } });
    t.strictSame([answer.status, answer.code], [416, 'InvalidRange'], `${key} ${range}`);
  }
  t.equal((await rawRequest(server, { url: `/${bucket}/empty` })).headers['content-length'], '0');
});

t.test('conditions', async (t) => {
  const { bucket, server } = await ownS3Target(t);
  server.put(bucket, 'k', BODY);
  const etag = `"${createHash('md5').update(BODY).digest('hex')}"`;
  const bare = etag.replaceAll('"', '');
  const rows: readonly (readonly [string, string, string, string, number, string])[] = [
    ['GET', 'k', 'if-match', etag, 200, ''],
    ['GET', 'k', 'if-match', bare, 200, ''],
    ['GET', 'k', 'if-match', '*', 200, ''],
    ['GET', 'k', 'if-match', '"0"', 412, 'PreconditionFailed'],
    ['HEAD', 'k', 'if-match', '"0"', 412, ''],
    ['GET', 'k', 'if-none-match', etag, 304, ''],
    ['GET', 'k', 'if-none-match', '"0"', 200, ''],
    ['PUT', 'k', 'if-none-match', '*', 412, 'PreconditionFailed'],
    ['PUT', 'k', 'if-none-match', etag, 501, 'NotImplemented'],
    ['PUT', 'k', 'if-match', '"0"', 412, 'PreconditionFailed'],
    ['PUT', 'new', 'if-match', etag, 404, 'NoSuchKey'],
    ['PUT', 'k', 'if-match', etag, 200, ''],
    ['PUT', 'new', 'if-none-match', '*', 200, ''],
  ];
  for (const [method, key, name, value, status, code] of rows) {
    const request = { method, url: `/${bucket}/${key}`, headers: { [name]: value } };
    const answer = await rawRequest(server, request);
    t.strictSame(
      [answer.status, answer.code],
      [status, code],
      `${method} ${key} ${name}: ${value}`,
    );
  }
  t.equal(server.object(bucket, 'k')?.bytes.length, 0, 'written once');
});
