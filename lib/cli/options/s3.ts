import type { StorageClass } from '@aws-sdk/client-s3';
import { AsbError } from '../../errors.ts';
import {
  DEFAULT_CONNECT_TIMEOUT,
  DEFAULT_DOWNLOADS,
  DEFAULT_MAX_ATTEMPTS,
  DEFAULT_REQUEST_TIMEOUT,
  type S3Options,
} from '../../storage/s3/options.ts';
import { isS3Url } from '../../storage/s3/url.ts';
import type { Given } from '../given.ts';
import { choice, flag, integer, namesOf, type Option, text } from '../option.ts';
import { S3_LOG_LEVELS, s3Logger } from '../s3-log.ts';
import type { Shell } from '../shell.ts';

const group = 'S3:';
const MIB = 1024 * 1024;
const DAY = 86_400_000;

export const region = text({
  name: 's3-region',
  group,
  describe: 'Region of the bucket (default: as all AWS tools find it)',
  expected: 'the name of a region',
  pattern: /^[\w-]+$/,
});

export const profile = text({
  name: 's3-profile',
  group,
  describe: 'Profile of the files that all AWS tools share, with credentials and region',
  expected: 'the name of a profile',
});

export const accessKeyId = text({
  name: 's3-access-key-id',
  group,
  describe: 'Access key id, in place of what all AWS tools find',
  expected: 'an access key id',
  shown: 'ID',
});

export const secretAccessKey = text({
  name: 's3-secret-access-key',
  group,
  describe:
    'Its secret: others see it in the list of processes, unless it is in a config file or ' +
    'secrets:RESOURCE:KEY',
  expected: 'a secret access key',
  shown: 'SECRET',
});

export const endpoint = text({
  name: 's3-endpoint-override',
  group,
  describe: 'URL of another server than AWS that speaks S3: http://127.0.0.1:9000',
  expected: 'a URL: http://host:port, or https',
  // Credentials do not belong there: command lines can be seen by all users of a machine.
  pattern: /^https?:\/\/[^\s@/]+(?:\/[^\s@]*)?$/i,
});

export const connectTimeout = integer({
  name: 's3-connect-timeout',
  group,
  describe: 'How long it may take to connect; 0 is no limit',
  min: 0,
  max: DAY,
  unit: 'ms',
  default: DEFAULT_CONNECT_TIMEOUT,
});

export const requestTimeout = integer({
  name: 's3-request-timeout',
  group,
  describe: 'How long a request may take to be answered, or a transfer stand still',
  min: 1,
  max: DAY,
  unit: 'ms',
  default: DEFAULT_REQUEST_TIMEOUT,
});

export const maxAttempts = integer({
  name: 's3-retry-max-attempts',
  group,
  describe: 'How often a request is tried, all in all',
  min: 1,
  max: 1000,
  default: DEFAULT_MAX_ATTEMPTS,
});

export const systemProxy = flag({
  name: 's3-allow-system-proxy',
  group,
  describe: 'Honour HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the environment',
});

export const logLevel = choice({
  name: 's3-log-level',
  group,
  describe:
    'What is told of requests on standard error: Error, those that failed; Warn, also repeated ' +
    'ones; Info, all; Debug and Trace, also what the SDK remarks (default Fatal: nothing)',
  words: S3_LOG_LEVELS,
  ignoreCase: true,
});

export const maxAsyncDownloads = integer({
  name: 's3-max-async-downloads',
  group,
  describe: 'Requests at once for each file that is read; each takes 16 MiB of memory',
  min: 1,
  max: 1024,
  default: DEFAULT_DOWNLOADS,
});

export const minPartSize = integer({
  name: 's3-min-part-size',
  alias: ['s3-chunk-size'],
  group,
  describe:
    'Least size of the parts of an upload (default 8, or 16 where nobody knows how large it gets; ' +
    'more where 10,000 parts would not suffice)',
  min: 5,
  max: 5120,
  unit: 'MiB',
});

export const maxAsyncUploads = integer({
  name: 's3-max-async-uploads',
  alias: ['s3-upload-concurrency'],
  group,
  describe:
    'Parts at once for each file that is written; each takes its size in memory ' +
    '(default: as many as take 64 MiB, from 2 to 16)',
  min: 1,
  max: 1024,
});

const STORAGE_CLASSES = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'GLACIER_IR',
  'DEEP_ARCHIVE',
  'REDUCED_REDUNDANCY',
  'EXPRESS_ONEZONE',
  'OUTPOSTS',
  'SNOW',
] as const satisfies readonly StorageClass[];

export const storageClass = choice({
  name: 's3-storage-class',
  group,
  describe: `Storage class of the objects: ${STORAGE_CLASSES.join(', ')}`,
  words: STORAGE_CLASSES,
});

export const checksum = choice({
  name: 's3-checksum',
  group,
  describe:
    'How an upload is checked: crc32 (default) or sha256, which the server keeps; or md5, by ETags, ' +
    'for a server that refuses the others',
  words: ['crc32', 'sha256', 'md5'],
});

export const serverSideEncryption = choice({
  name: 's3-server-side-encryption',
  group,
  describe:
    'Encryption by the server, AES256, aws:kms or aws:kms:dsse; one that it does not confirm is an ' +
    'error',
  words: ['AES256', 'aws:kms', 'aws:kms:dsse'],
});

export const kmsKeyId = text({
  name: 's3-kms-key-id',
  group,
  describe: 'Key of the key service, with aws:kms and aws:kms:dsse (default: its own for S3)',
  expected: 'the id or ARN of a key',
});

const reaching: readonly Option<unknown>[] = [
  region,
  profile,
  accessKeyId,
  secretAccessKey,
  endpoint,
  connectTimeout,
  requestTimeout,
  maxAttempts,
  systemProxy,
  logLevel,
];

/** Of commands that read. */
export const s3ReadingOptions: readonly Option<unknown>[] = [...reaching, maxAsyncDownloads];

/** Of commands that write. */
export const s3WritingOptions: readonly Option<unknown>[] = [
  ...reaching,
  minPartSize,
  maxAsyncUploads,
  storageClass,
  checksum,
  serverSideEncryption,
  kmsKeyId,
];

const ALL = new Set([...s3ReadingOptions, ...s3WritingOptions]);

/**
 * What the command line says of S3, as stages and jobs take it.
 *
 * @param locations that the command line names
 * @throws AsbError `USAGE` for options that do not go together, or that were typed without an `s3://`
 *   location
 */
export const s3Of = (
  given: Given,
  shell: Pick<Shell, 'say'>,
  locations: readonly (string | undefined)[],
): S3Options => {
  if (!locations.some((location) => location !== undefined && isS3Url(location))) {
    const typed = [...ALL].find((option) => given.isTyped(option));
    if (typed !== undefined) throw meaningless(typed, 'an s3:// location');
    return {};
  }
  const sse = given.value(serverSideEncryption);
  given.needs(kmsKeyId, serverSideEncryption);
  if (sse === 'AES256' && given.has(kmsKeyId)) throw meaningless(kmsKeyId, 'aws:kms');
  const where = given.value(region);
  const who = given.value(profile);
  const key = given.value(accessKeyId);
  const secret = given.value(secretAccessKey);
  given.needs(accessKeyId, secretAccessKey);
  given.needs(secretAccessKey, accessKeyId);
  given.exclusive(accessKeyId, profile);
  const url = given.value(endpoint);
  const logger = s3Logger(given.value(logLevel) ?? 'Fatal', shell.say);
  const part = given.value(minPartSize);
  const uploads = given.value(maxAsyncUploads);
  const kind = given.value(storageClass);
  const sum = given.value(checksum);
  const kmsKey = given.value(kmsKeyId);
  return {
    ...(where === undefined ? {} : { region: where }),
    ...(who === undefined ? {} : { profile: who }),
    ...(key === undefined || secret === undefined
      ? {}
      : { credentials: { accessKeyId: key, secretAccessKey: secret } }),
    ...(url === undefined ? {} : { endpoint: url }),
    connectTimeout: given.value(connectTimeout),
    requestTimeout: given.value(requestTimeout),
    maxAttempts: given.value(maxAttempts),
    systemProxy: given.value(systemProxy),
    ...(logger === undefined ? {} : { logger }),
    maxAsyncDownloads: given.value(maxAsyncDownloads),
    ...(part === undefined ? {} : { minPartSize: part * MIB }),
    ...(uploads === undefined ? {} : { maxAsyncUploads: uploads }),
    ...(kind === undefined ? {} : { storageClass: kind }),
    ...(sum === undefined ? {} : { checksum: sum }),
    ...(sse === undefined ? {} : { serverSideEncryption: sse }),
    ...(kmsKey === undefined ? {} : { kmsKeyId: kmsKey }),
    onNotice: (notice) => shell.say(`note: ${notice}`),
  };
};

const meaningless = (option: Option<unknown>, expected: string): AsbError =>
  new AsbError('USAGE', `${namesOf(option)} has a meaning only with ${expected}`, { expected });
