import { AsbError, codeOf, messageOf } from '../../errors.ts';

/** Letters that a message quotes of what somebody else said: a server may say any amount. */
const MAX_SAID = 500;

const ENDPOINT = 'check --s3-endpoint-override';
const REGION = 'set --s3-region to that of the bucket';
const WAY = `${ENDPOINT} and --s3-region; if only a proxy leads there, --s3-allow-system-proxy`;
const TRUST = 'it is not trusted here; NODE_EXTRA_CA_CERTS names a file of further certificates';
const EXPIRED = 'the session is over; get new credentials';
const BUSY = 'the service is too busy; try again later, or more often with --s3-retry-max-attempts';
const BROKEN = 'what stands before the service gets nothing from it; try again later';
const LESS = 'the server lacks something that was asked of it; --s3-checksum md5 asks for less';

/** What helps, by the name that a service or the SDK gives to a failure, or by Node's code of it. */
const HINTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    AccessDenied: 'the credentials do not allow it',
    AuthorizationHeaderMalformed: REGION,
    CredentialsProviderError:
      'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --s3-profile to a profile that has some',
    ExpiredToken: EXPIRED,
    IllegalLocationConstraintException: REGION,
    InvalidAccessKeyId: 'the service does not know this access key id',
    InvalidBucketName: 'it takes 3 to 63 letters of a-z, 0-9, "-" and "."',
    InvalidObjectState: 'it is archived; have it restored from the archive first',
    InvalidStorageClass: 'check --s3-storage-class',
    InvalidToken: 'AWS_SESSION_TOKEN is wrong, or of other credentials',
    NoSuchBucket: 'make the bucket first',
    NoSuchUpload: 'somebody else has aborted or completed it',
    NotImplemented: LESS,
    PermanentRedirect: REGION,
    RequestTimeTooSkewed: 'the clock of this machine is wrong',
    SignatureDoesNotMatch: 'the secret access key is wrong',
    TimeoutError: `${WAY}; --s3-connect-timeout gives it more time`,
    TokenRefreshRequired: EXPIRED,
    XAmzContentSHA256Mismatch: LESS,

    CERT_HAS_EXPIRED: 'the certificate of the server is too old',
    DEPTH_ZERO_SELF_SIGNED_CERT: TRUST,
    EAI_AGAIN: WAY,
    ECONNREFUSED: `nobody listens there; ${ENDPOINT}`,
    ECONNRESET: `the service, or what stands before it, cut the connection; ${ENDPOINT}`,
    EHOSTUNREACH: WAY,
    ENETUNREACH: WAY,
    ENOTFOUND: `there is no such host; ${WAY}`,
    EPROTO: 'what answers there speaks no TLS; http:// instead of https://?',
    ERR_PROXY_TUNNEL: 'the proxy of the environment refuses; NO_PROXY names hosts that need none',
    ERR_TLS_CERT_ALTNAME_INVALID: `the certificate is of another host; ${ENDPOINT}`,
    ETIMEDOUT: `${WAY}; --s3-request-timeout gives it more time`,
    HPE_INVALID_CONSTANT: 'what answers there speaks no HTTP; https:// instead of http://?',
    SELF_SIGNED_CERT_IN_CHAIN: TRUST,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: TRUST,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: TRUST,
  }),
);

/** The same by the status of an answer whose name tells nothing; those to HEAD have no name. */
const HINTS_OF_STATUS: ReadonlyMap<number, string> = new Map([
  [301, REGION],
  [307, REGION],
  [401, 'the credentials are wrong'],
  [403, 'the credentials are wrong, or do not allow it'],
  [404, `is there such a bucket? is it an S3 service? ${ENDPOINT}`],
  [500, 'the service failed; try again later'],
  [501, LESS],
  [502, BROKEN],
  [503, BUSY],
  [504, BROKEN],
]);

/** Names that the SDK makes up for answers without one. */
const NAMELESS: readonly string[] = ['Unknown', 'NotFound'];

/**
 * What a service answered, or what kept a request from it, as an AsbError `STORAGE` with the
 * location and the cause. Its message can be shown to anybody: it quotes what a service said in
 * words, and nothing of the request.
 *
 * @param action what was tried: `read`, `list`
 */
export const s3Error = (action: string, location: string, cause: unknown): AsbError => {
  const said = saidBy(cause).slice(0, MAX_SAID);
  const hint = hintFor(cause);
  const message = `cannot ${action} ${location}: ${said}${hint === undefined ? '' : ` (${hint})`}`;
  return new AsbError('STORAGE', message, { file: location, cause });
};

/** Whether a service says that there is no such thing: an object, an upload. */
export const isMissing = (thrown: unknown): boolean =>
  ['NotFound', 'NoSuchKey', 'NoSuchUpload'].includes(nameOf(thrown));

const saidBy = (cause: unknown): string => {
  const status = statusOf(cause);
  const words = wordsOf(cause);
  if (isForeign(cause)) return `the answer (HTTP ${status}) is not that of an S3 service`;
  if (!isAnswer(cause)) return status === undefined ? words : `HTTP ${status}`;
  const said = [NAMELESS.includes(nameOf(cause)) ? `HTTP ${status}` : nameOf(cause)];
  if (words !== 'UnknownError') said.push(words);
  // Where a bucket is in another region, its words only say "the specified endpoint".
  const endpoint = fieldOf(cause, 'Endpoint');
  if (typeof endpoint === 'string') said.push(endpoint);
  return said.join(': ');
};

const hintFor = (cause: unknown): string | undefined => {
  if (isForeign(cause)) return ENDPOINT;
  // The SDK has no name for it.
  if (wordsOf(cause) === 'Region is missing') return `${REGION}, or AWS_REGION`;
  const hint = HINTS.get(codeOf(cause) ?? nameOf(cause));
  return hint ?? HINTS_OF_STATUS.get(statusOf(cause) ?? 0);
};

/** Whether it is a service's answer. */
const isAnswer = (cause: unknown): boolean => fieldOf(cause, '$fault') !== undefined;

/** Whether something was answered that the SDK could not read, and no gateway's "not now". */
const isForeign = (cause: unknown): boolean => !isAnswer(cause) && (statusOf(cause) ?? 500) < 500;

/** In one line, without the SDK's name for a part of itself. */
const wordsOf = (cause: unknown): string => {
  // Of a host with several addresses, each has a failure, and the whole has no words.
  const words =
    cause instanceof AggregateError && cause.message === ''
      ? cause.errors.map(messageOf).join('; ')
      : messageOf(cause);
  return words
    .slice(0, MAX_SAID)
    .replace(/^@\S+ - (?:\[\w+\] )?/, '')
    .replace(/\s+/g, ' ')
    .replace(/[. ]+$/, '');
};

const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : '');

/** The HTTP status of an answer; `undefined` if there was none. */
const statusOf = (cause: unknown): number | undefined => {
  const status = fieldOf(fieldOf(cause, '$metadata'), 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
};

const fieldOf = (from: unknown, name: string): unknown =>
  typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined;
