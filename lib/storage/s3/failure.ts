import { AsbError, messageOf } from '../../errors.ts';

/** What helps, by the name of what the service or the SDK says. */
const HINTS: Readonly<Record<string, string>> = {
  AccessDenied: 'the credentials do not allow it',
  AuthorizationHeaderMalformed: 'is --s3-region that of the bucket?',
  CredentialsProviderError:
    'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile (--s3-profile)',
  InvalidAccessKeyId: 'the service does not know this access key id',
  NoSuchBucket: 'there is no such bucket; make it first',
  PermanentRedirect: 'the bucket is in another region (--s3-region)',
  PreconditionFailed: 'it was changed while it was read',
  RequestTimeTooSkewed: 'the clock of this machine is wrong',
  SignatureDoesNotMatch: 'the secret access key is wrong',
};

/**
 * What a service answered, or what kept a request from it, as an AsbError `STORAGE` with the
 * location and the cause.
 *
 * @param action what was tried: `read`, `list`
 */
export const s3Error = (action: string, location: string, cause: unknown): AsbError => {
  const name = cause instanceof Error ? cause.name : '';
  const hint = HINTS[name];
  const said = saidBy(name, cause);
  const message = `cannot ${action} ${location}: ${said}${hint === undefined ? '' : ` (${hint})`}`;
  return new AsbError('STORAGE', message, { file: location, cause });
};

/** Some errors have a name and no words, others words and a name that is none. */
const saidBy = (name: string, cause: unknown): string => {
  const words = messageOf(cause);
  if (/^(?:Error|TypeError)?$/.test(name)) return words;
  return words === '' || words === name || words === 'UnknownError' ? name : `${name}: ${words}`;
};

/** Whether a service says that there is no such thing: an object, an upload. */
export const isMissing = (thrown: unknown): boolean =>
  thrown instanceof Error && ['NotFound', 'NoSuchKey', 'NoSuchUpload'].includes(thrown.name);
