import { AsbError } from '../../errors.ts';

const SCHEME = 's3://';

/** What an `s3://` URL names. */
export interface S3Url {
  readonly bucket: string;
  /** As the service has it, nothing escaped; empty for the bucket as a whole. */
  readonly key: string;
}

/** Whether a location is in S3, and not in this machine's file system. */
export const isS3Url = (location: string): boolean => location.startsWith(SCHEME);

/**
 * Reads `s3://bucket/key`, as asbackup has it: what follows the bucket's slash is the key, letter
 * by letter; nothing in it is escaped.
 *
 * @throws AsbError `USAGE` if there is no bucket
 */
export const parseS3Url = (url: string): S3Url => {
  const path = url.slice(SCHEME.length);
  const slash = path.indexOf('/');
  const bucket = slash < 0 ? path : path.slice(0, slash);
  if (!isS3Url(url) || bucket === '') {
    const expected = 's3://bucket/key';
    throw new AsbError('USAGE', `"${url}" names no bucket; expected ${expected}`, {
      file: url,
      expected,
    });
  }
  return { bucket, key: slash < 0 ? '' : path.slice(slash + 1) };
};

/** The URL of a key, or of a bucket if the key is empty. */
export const s3UrlOf = (bucket: string, key: string): string =>
  key === '' ? `${SCHEME}${bucket}` : `${SCHEME}${bucket}/${key}`;

/** A prefix as that of a directory: it ends with a slash, unless it is the bucket as a whole. */
export const asDirectory = (prefix: string): string =>
  prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
