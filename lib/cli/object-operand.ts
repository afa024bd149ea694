import { AsbError } from '../errors.ts';
import { isS3Url, parseS3Url, type S3Url } from '../storage/s3/url.ts';
import type { Operands } from './command.ts';
import type { Given } from './given.ts';

const EXPECTED = 's3://bucket/key';

/** Of commands that concern one object in S3. */
export const OBJECT_OPERAND: Operands = {
  name: 'URL',
  describe: `the object: ${EXPECTED}`,
  min: 1,
  max: 1,
};

/** What a command line names. */
export interface ObjectOperand extends S3Url {
  readonly url: string;
}

/**
 * @param given of a command that has {@link OBJECT_OPERAND}
 * @param elsewhere what to do with a file of this machine
 * @throws AsbError `USAGE` for what is no URL, or names no bucket
 */
export const objectOf = ({ operands: [url = ''] }: Given, elsewhere: string): ObjectOperand => {
  if (isS3Url(url)) return { url, ...parseS3Url(url) };
  throw new AsbError('USAGE', `"${url}" is not in S3; ${elsewhere}; expected ${EXPECTED}`, {
    file: url,
    expected: EXPECTED,
  });
};
