/** The body of a request, checked against everything that was said of it. */
import { createHash } from 'node:crypto';
import { isStreaming, unframe } from './aws-chunked.ts';
import type { GivenChecksum } from './call.ts';
import { ALGORITHMS, checksumHeader, checksumOf, isChecksum } from './checksums.ts';
import { S3Failure } from './failure.ts';
import { type Signed, sha256Hex, UNSIGNED } from './sigv4.ts';

type Headers = Readonly<Record<string, string | undefined>>;

const MD5_BYTES = 16;

const invalid = (message: string): S3Failure => new S3Failure('InvalidRequest', message);

/**
 * The one `x-amz-checksum-*` that says a value.
 *
 * @throws S3Failure `InvalidRequest`
 */
export const givenChecksum = (headers: Headers): GivenChecksum | undefined => {
  const given = ALGORITHMS.flatMap((algorithm) => {
    const value = headers[checksumHeader(algorithm)];
    return value === undefined ? [] : [{ algorithm, value }];
  });
  if (given.length > 1) {
    throw invalid(
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  return given[0];
};

/** @throws S3Failure `InvalidRequest` if it is no checksum, `BadDigest` if it is a wrong one */
export const checkChecksum = ({ algorithm, value }: GivenChecksum, bytes: Buffer): void => {
  if (!isChecksum(algorithm, value)) {
    throw invalid(`Value for ${checksumHeader(algorithm)} header is invalid.`);
  }
  if (checksumOf(algorithm, bytes) !== value) {
    throw new S3Failure(
      'BadDigest',
      `The ${algorithm} you specified did not match the calculated checksum.`,
    );
  }
};

const checkMd5 = (given: string, bytes: Buffer): void => {
  if (Buffer.from(given, 'base64').length !== MD5_BYTES) {
    throw new S3Failure('InvalidDigest', 'The Content-MD5 you specified was invalid.');
  }
  const md5 = createHash('md5').update(bytes).digest('base64');
  if (md5 !== given) {
    throw new S3Failure('BadDigest', 'The Content-MD5 you specified did not match.', {
      ExpectedDigest: given,
      CalculatedDigest: md5,
    });
  }
};

/** The bytes as the client means them, and its trailers. */
const decode = (raw: Buffer, headers: Headers, signed: Signed) => {
  const { payload } = signed;
  if (isStreaming(payload)) {
    const length = headers['x-amz-decoded-content-length'];
    if (length === undefined || !/^\d+$/.test(length)) {
      throw new S3Failure('MissingContentLength', 'You must provide the Content-Length header.');
    }
    const trailers = (headers['x-amz-trailer'] ?? '').split(',').map((name) => name.trim());
    return unframe(raw, {
      signed,
      length: Number(length),
      trailers: trailers.filter((name) => name !== '').map((name) => name.toLowerCase()),
    });
  }
  if (payload !== UNSIGNED) {
    const hash = sha256Hex(raw);
    if (!/^[0-9a-f]{64}$/.test(payload)) {
      throw new S3Failure(
        'InvalidArgument',
        'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
        { ArgumentName: 'x-amz-content-sha256', ArgumentValue: payload },
      );
    }
    if (hash !== payload) {
      throw new S3Failure(
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        { ClientComputedContentSHA256: payload, S3ComputedContentSHA256: hash },
      );
    }
  }
  return { bytes: raw, trailers: new Map<string, string>() };
};

/**
 * Takes the framing off a body, and verifies hash, signatures, MD5 and checksum.
 *
 * @param checked whether `x-amz-checksum-*` is looked at, and is of the body
 */
export const readPayload = (
  raw: Buffer,
  headers: Headers,
  { signed, checked }: { signed: Signed; checked: boolean },
): { bytes: Buffer; checksum: GivenChecksum | undefined } => {
  const { bytes, trailers } = decode(raw, headers, signed);
  const md5 = headers['content-md5'];
  if (md5 !== undefined) checkMd5(md5, bytes);
  if (!checked) return { bytes, checksum: undefined };
  const checksum = givenChecksum({ ...headers, ...Object.fromEntries(trailers) });
  if (checksum !== undefined) checkChecksum(checksum, bytes);
  const announced = headers['x-amz-sdk-checksum-algorithm'];
  if (announced !== undefined && announced !== checksum?.algorithm) {
    throw invalid(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  return { bytes, checksum };
};
