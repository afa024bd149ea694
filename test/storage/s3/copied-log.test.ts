import { Readable } from 'node:stream';
import t from 'tap';
import { s3Logger } from '../../../lib/cli/s3-log.ts';
import { copyingLogger, logCopied, type S3LogLine } from '../../../lib/storage/s3/copied-log.ts';

t.test('what is told in one thread is told in another', async (t) => {
  const lines: S3LogLine[] = [];
  const here = copyingLogger((line) => lines.push(structuredClone(line)));
  const failure = Object.assign(new Error('slow down'), { name: 'SlowDown' });
  const input = { Bucket: 'vault', Key: 'a.asb', Range: 'bytes=0-1', Body: Readable.from([]) };
  here.info({
    clientName: 'S3Client',
    commandName: 'GetObjectCommand',
    input,
    output: { Body: input.Body },
    metadata: { httpStatusCode: 206, attempts: 2, extendedRequestId: undefined },
  });
  here.error({
    commandName: 'PutObjectCommand',
    input: { Bucket: 'vault', Key: 'b.asb', SSECustomerKey: Buffer.from('secret') },
    error: failure,
    metadata: { httpStatusCode: 503, attempts: 10 },
  });
  here.warn('words');
  here.debug(undefined);
  here.trace?.({ commandName: () => {} });
  t.notMatch(JSON.stringify(lines), 'secret');

  const said: string[] = [];
  const there = s3Logger('Trace', (line) => said.push(line));
  for (const line of lines) logCopied(there!, line);
  t.strictSame(said, [
    's3: GetObject s3://vault/a.asb bytes=0-1: 206, 2 attempts',
    's3: PutObject s3://vault/b.asb: 503 SlowDown, 10 attempts',
    's3: words',
    's3: undefined',
  ]);
});

t.test('a logger without all levels', async (t) => {
  const heard: unknown[] = [];
  const log = (what: unknown): void => void heard.push(what);
  const logger = { debug: log, info: log, warn: log, error: log };
  logCopied(logger, { level: 'trace', told: 'words' });
  const entry = { commandName: 'X', input: {}, metadata: {}, error: { name: 'E', message: 'm' } };
  logCopied(logger, { level: 'trace', told: entry });
  logCopied(undefined, { level: 'info', told: 'words' });
  t.strictSame(heard, []);
});
