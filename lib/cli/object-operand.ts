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
};

/** What a command line names. */
export interface ObjectOperand extends S3Url {
  readonly url: string;
}

/**
 * @param elsewhere what to do with a file of this machine
 * @throws AsbError `USAGE` unless there is one URL, with a bucket
 */
export const objectOf = ({ operands }: Given, elsewhere: string): ObjectOperand => {
  const [url = '', ...more] = operands;
  const wrong = more[0] ?? (isS3Url(url) ? undefined : url);
  if (wrong === undefined) return { url, ...parseS3Url(url) };
  const what = more.length > 0 ? 'one object at a time' : `that is not in S3; ${elsewhere}`;
  throw new AsbError('USAGE', `"${wrong}": ${what}; expected ${EXPECTED}`, {
    file: wrong,
    expected: EXPECTED,
  });
};
