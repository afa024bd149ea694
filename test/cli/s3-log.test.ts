import t from 'tap';
import { S3_LOG_LEVELS, type S3LogLevel, s3Logger } from '../../lib/cli/s3-log.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG';

/** What the SDK hands over, with all that must not show. */
const entry = (fields: {
  readonly input?: object;
  readonly status?: number;
  readonly attempts?: number;
  readonly error?: Error;
}) => ({
  clientName: 'S3Client',
  commandName: 'UploadPartCommand',
  input: {
    Bucket: 'vault',
    Key: 'a.asb',
    Body: Buffer.from(SECRET),
    SSECustomerKey: SECRET,
    ...fields.input,
  },
  ...(fields.error === undefined
    ? { output: { ServerSideEncryption: SECRET } }
    : { error: fields.error }),
  metadata: {
    httpStatusCode: fields.status ?? 200,
    attempts: fields.attempts ?? 1,
    requestId: SECRET,
  },
});

class SlowDown extends Error {
  override readonly name = 'SlowDown';
  readonly $response = { headers: { authorization: SECRET } };
}

/** What is said of each, at a level. */
const saidAt = (level: S3LogLevel): string[] => {
  const said: string[] = [];
  const logger = s3Logger(level, (line) => said.push(line));
  const slow = new SlowDown(SECRET);
  logger?.error(entry({ status: 503, attempts: 10, error: slow, input: { PartNumber: 3 } }));
  logger?.error({ commandName: 'ListObjectsV2Command', error: new SlowDown(SECRET) });
  logger?.error(entry({ status: 404, error: new SlowDown(SECRET) }));
  logger?.info(entry({ attempts: 2, input: { Range: 'bytes=0-9' } }));
  logger?.info(entry({ status: 206 }));
  logger?.info({
    ...entry({ input: { Key: undefined, Prefix: 'b/' } }),
    commandName: 'ListCommand',
  });
  logger?.warn('a warning', { secret: SECRET });
  logger?.warn({ secret: SECRET });
  logger?.debug('a remark', SECRET);
  logger?.trace?.('a small one', new Error(SECRET));
  logger?.trace?.(new Error(SECRET));
  logger?.info(null);
  logger?.info(SECRET);
  return said;
};

const FAILED = [
  's3: UploadPart s3://vault/a.asb part 3: 503 SlowDown, 10 attempts',
  's3: ListObjectsV2: SlowDown, 1 attempt',
];
const REPEATED = 's3: UploadPart s3://vault/a.asb bytes=0-9: 200, 2 attempts';
const WARNING = 's3: a warning';
const ALL = [
  ...FAILED,
  's3: UploadPart s3://vault/a.asb: 404 SlowDown, 1 attempt',
  REPEATED,
  's3: UploadPart s3://vault/a.asb: 206, 1 attempt',
  's3: List s3://vault/b/: 200, 1 attempt',
  WARNING,
];

t.test('each level tells more than the one before, and none of what is secret', (t) => {
  const expected: Readonly<Record<S3LogLevel, readonly string[]>> = {
    Off: [],
    Fatal: [],
    Error: FAILED,
    Warn: [...FAILED, REPEATED, WARNING],
    Info: ALL,
    Debug: [...ALL, 's3: a remark'],
    Trace: [...ALL, 's3: a remark', 's3: a small one'],
  };
  for (const level of S3_LOG_LEVELS) {
    const said = saidAt(level);
    t.strictSame(said, expected[level], level);
    t.notOk(said.join().includes(SECRET));
  }
  t.end();
});
