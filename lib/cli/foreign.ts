/** Options of asbackup and absctl that no command here has, and what to do instead. */

const NO_OTHER_CLOUD =
  'asb stores in S3 and in files, and not in Google Cloud or Azure; both are reached by a pipe: ' +
  'asb backup -o - | TOOL';

const INSTEAD: readonly (readonly [begin: string, instead: string])[] = [
  ['gcp-', NO_OTHER_CLOUD],
  ['azure-', NO_OTHER_CLOUD],
  ['s3-bucket-name', 'the bucket is part of the place: -d s3://BUCKET/PREFIX'],
  ['s3-tier', 'thaw archived objects first, by aws s3api restore-object'],
  ['s3-restore-poll-duration', 'thaw archived objects first, by aws s3api restore-object'],
  ['config', 'config files are astools.conf, in TOML: --config-file PATH'],
];

/**
 * What to do instead of an option that only others have.
 * @param name without its dashes
 */
export const insteadOf = (name: string): string | undefined =>
  INSTEAD.find(([begin]) => name === begin || (begin.endsWith('-') && name.startsWith(begin)))?.[1];
