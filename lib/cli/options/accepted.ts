/**
 * Options of asrestore and absctl that say how these work inside, and have no effect here: taken, so that a
 * command line goes on to work, and told with --verbose.
 */
import type { Given } from '../given.ts';
import { flag, namesOf, type Option, text } from '../option.ts';
import type { Shell } from '../shell.ts';

/** Name, and why it has none. */
type Accepted = readonly [name: string, why: string];

const CONNECTIONS = 'connections are made when they are needed, and kept while they are used';
const TIME = 'how long a node may take to answer is said by --info-timeout';
const AGAIN = 'how often is tried again is said by --max-retries';
const RETRIES = '--max-retries and --retry-scale-factor say how writes are tried again';
const BUFFERS = 'buffers are as large as what is in them';
const DOWNLOADS = 'a download that breaks goes on where it was, as --s3-retry-max-attempts says';
const REQUESTS = 'the AWS SDK waits from 0.1 to 20 s between two tries';

const BOTH: readonly Accepted[] = [
  ['client-timeout', TIME],
  ['client-idle-timeout', CONNECTIONS],
  ['client-login-timeout', TIME],
  ['info-retry-interval', AGAIN],
  ['info-retry-multiplier', AGAIN],
  ['info-max-retries', AGAIN],
  ['std-buffer', BUFFERS],
  ['s3-retry-max-backoff', REQUESTS],
  ['s3-max-conns-per-host', 'there are as many as --s3-max-async-uploads and -downloads say'],
];

const BACKUP: readonly Accepted[] = [
  ['local-buffer-size', BUFFERS],
  ['scan-page-size', 'a backup that goes on does so behind the last record that is safe'],
  ['s3-max-async-downloads', 'a backup reads nothing from S3'],
];

const RESTORE: readonly Accepted[] = [
  ['event-loops', 'Node has one'],
  ['sleep-between-retries', RETRIES],
  ['retry-delay', RETRIES],
  ['retry-base-interval', RETRIES],
  ['retry-multiplier', RETRIES],
  ['retry-max-attempts', RETRIES],
  ['warm-up', CONNECTIONS],
  ['compression-level', 'it is of no use for reading'],
  ['s3-retry-read-backoff', DOWNLOADS],
  ['s3-retry-read-multiplier', DOWNLOADS],
  ['s3-retry-read-max-attempts', DOWNLOADS],
];

const describe = (why: string): string => `No effect here, unlike absctl or asrestore: ${why}`;

const optionOf = ([name, why]: Accepted): Option<unknown> => ({
  ...text({ name, describe: describe(why), expected: 'a value' }),
  isHidden: true,
});

/** Each object is checked; absctl asks whether. */
const calculateChecksum: Option<unknown> = {
  ...flag({
    name: 's3-calculate-checksum',
    describe: describe('each object is checked, as --s3-checksum says'),
  }),
  isHidden: true,
};

export const acceptedByBackup = [...[...BOTH, ...BACKUP].map(optionOf), calculateChecksum];
export const acceptedByRestore = [...BOTH, ...RESTORE].map(optionOf);

/** Tells of those that were given, to who wants to be told more. */
export const tellAccepted = (
  given: Given,
  shell: Pick<Shell, 'say' | 'verbose'>,
  accepted: readonly Option<unknown>[],
): void => {
  if (!shell.verbose) return;
  for (const option of accepted) {
    if (given.has(option)) shell.say(`note: ${namesOf(option)}: ${option.describe}`);
  }
};
