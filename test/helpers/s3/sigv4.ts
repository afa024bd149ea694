/**
 * AWS Signature Version 4 in the `Authorization` header, as S3 reads it: the path is encoded once,
 * nothing in it is normalized.
 */
import { createHash, createHmac } from 'node:crypto';
import { S3Failure } from './failure.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A request, in what its signature covers. */
export interface Signable {
  readonly method: string;
  /** As sent: path and query. */
  readonly url: string;
  /** Names and values in turns, as sent. */
  readonly rawHeaders: readonly string[];
}

/** What a signature says, and what signs the chunks of a body. */
export interface Signed {
  readonly signature: string;
  /** `x-amz-date`: `20130524T000000Z` */
  readonly timestamp: string;
  /** `20130524/us-east-1/s3/aws4_request` */
  readonly scope: string;
  readonly signingKey: Buffer;
  /** `x-amz-content-sha256`: a hash in hex, or how the body is sent. */
  readonly payload: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const TERMINATOR = 'aws4_request';
export const UNSIGNED = 'UNSIGNED-PAYLOAD';
/** How far a request's date may be off, in ms. */
export const MAX_SKEW = 15 * 60 * 1000;

const hmac = (key: Buffer | string, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();

export const sha256Hex = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/**
 * `%XX` for all but letters, digits and `-._~`.
 *
 * @param kept a character that stays as well: the `/` of a path
 */
export const uriEncode = (bytes: Buffer, kept = ''): string =>
  Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9\-._~]/.test(char) || char === kept) return char;
    return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');

/**
 * The bytes of a percent-encoded text.
 *
 * @throws S3Failure `InvalidURI`
 */
export const uriDecode = (text: string): Buffer => {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) {
    throw new S3Failure('InvalidURI', `Couldn't parse the specified URI: ${text}`);
  }
  const decoded = text.replace(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(decoded, 'latin1');
};

/**
 * Path, and names and values of the query in the order of the request, all of them decoded. What
 * is sent to a proxy has the server's name in front.
 */
export const splitUrl = (whole: string): { path: Buffer; query: [Buffer, Buffer][] } => {
  const url = whole.replace(/^http:\/\/[^/]*/, '');
  const mark = url.indexOf('?');
  const [path, search] = mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
  const query = search
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [Buffer, Buffer] => {
      const [name = '', ...value] = pair.replaceAll('+', '%20').split('=');
      return [uriDecode(name), uriDecode(value.join('='))];
    });
  return { path: uriDecode(path), query };
};

const headersByName = (rawHeaders: readonly string[]): Map<string, string[]> => {
  const headers = new Map<string, string[]>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), rawHeaders[at + 1]!]);
  }
  return headers;
};

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** The canonical request, in latin1: a byte for each character. */
export const canonicalRequest = (
  { method, url, rawHeaders }: Signable,
  signedHeaders: readonly string[],
  payload: string,
): string => {
  const { path, query } = splitUrl(url);
  const headers = headersByName(rawHeaders);
  const pairs = query
    .map(([name, value]): [string, string] => [uriEncode(name), uriEncode(value)])
    .sort(([one, first], [other, second]) => compare(one, other) || compare(first, second));
  return [
    method,
    uriEncode(path, '/'),
    pairs.map(([name, value]) => `${name}=${value}`).join('&'),
    ...signedHeaders.map((name) => {
      const values = headers.get(name) ?? [];
      return `${name}:${values.map((value) => value.trim().replace(/ +/g, ' ')).join(',')}`;
    }),
    '',
    signedHeaders.join(';'),
    payload,
  ].join('\n');
};

export const stringToSign = (canonical: string, timestamp: string, scope: string): string =>
  [ALGORITHM, timestamp, scope, sha256Hex(Buffer.from(canonical, 'latin1'))].join('\n');

/** The key of one day, region and service. */
export const signingKey = (secret: string, scope: string): Buffer =>
  scope.split('/').reduce<Buffer>((key, step) => hmac(key, step), Buffer.from(`AWS4${secret}`));

export const sign = (key: Buffer, text: string): string => hmac(key, text).toString('hex');

const parseTimestamp = (text: string): number => {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
};

const denied = (message: string): S3Failure => new S3Failure('AccessDenied', message);
const malformed = (message: string, details = {}): S3Failure =>
  new S3Failure('AuthorizationHeaderMalformed', message, details);

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 +Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/;

/**
 * Checks who sent a request, and that it came as it was signed.
 *
 * @param now ms since 1970
 * @throws S3Failure `AccessDenied`, `AuthorizationHeaderMalformed`, `InvalidAccessKeyId`,
 *   `InvalidRequest`, `InvalidToken`, `RequestTimeTooSkewed`, `SignatureDoesNotMatch`
 */
export const authenticate = (
  request: Signable,
  { accessKeyId, secretAccessKey }: Credentials,
  region: string,
  now: number,
): Signed => {
  const headers = headersByName(request.rawHeaders);
  const [authorization] = headers.get('authorization') ?? [];
  if (authorization === undefined) throw denied('Access Denied');
  const match = AUTHORIZATION.exec(authorization);
  if (match === null) throw malformed('The authorization header is malformed.');
  const [, credential = '', signedNames = '', given = ''] = match;
  const [keyId, ...scopeSteps] = credential.split('/');
  const [day, scopeRegion, service, terminator, ...rest] = scopeSteps;
  if (service !== 's3' || terminator !== TERMINATOR || rest.length > 0) {
    throw malformed('The authorization header is malformed; the Credential is mal-formed.');
  }
  if (scopeRegion !== region) {
    const message = `The authorization header is malformed; the region '${scopeRegion}' is wrong; expecting '${region}'`;
    throw malformed(message, { Region: region });
  }
  if (keyId !== accessKeyId) {
    throw new S3Failure(
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      { AWSAccessKeyId: keyId ?? '' },
    );
  }
  if (headers.has('x-amz-security-token')) {
    throw new S3Failure('InvalidToken', 'The provided token is malformed or otherwise invalid.');
  }

  const [timestamp = ''] = headers.get('x-amz-date') ?? [];
  const time = parseTimestamp(timestamp);
  if (Number.isNaN(time)) {
    throw denied('AWS authentication requires a valid Date or x-amz-date header');
  }
  if (!timestamp.startsWith(`${day}T`)) {
    throw malformed('The authorization header is malformed; Invalid credential date.');
  }
  if (Math.abs(now - time) > MAX_SKEW) {
    throw new S3Failure(
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      {
        RequestTime: timestamp,
        ServerTime: new Date(now).toISOString(),
        MaxAllowedSkewMilliseconds: MAX_SKEW,
      },
    );
  }

  const signedHeaders = signedNames.split(';');
  const unsigned = [...headers.keys()].filter(
    (name) => (name === 'host' || name.startsWith('x-amz-')) && !signedHeaders.includes(name),
  );
  if (unsigned.length > 0) {
    throw new S3Failure(
      'AccessDenied',
      'There were headers present in the request which were not signed',
      { HeadersNotSigned: unsigned.join(', ') },
    );
  }
  const [payload] = headers.get('x-amz-content-sha256') ?? [];
  if (payload === undefined) {
    throw new S3Failure(
      'InvalidRequest',
      'Missing required header for this request: x-amz-content-sha256',
    );
  }

  const scope = scopeSteps.join('/');
  const key = signingKey(secretAccessKey, scope);
  const canonical = canonicalRequest(request, signedHeaders, payload);
  const text = stringToSign(canonical, timestamp, scope);
  if (sign(key, text) !== given) {
    throw new S3Failure(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      {
        AWSAccessKeyId: accessKeyId,
        StringToSign: text,
        SignatureProvided: given,
        CanonicalRequest: canonical,
      },
    );
  }
  return { signature: given, timestamp, scope, signingKey: key, payload };
};
