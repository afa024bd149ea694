/** How a secret is named where a value would stand: as asbackup and absctl have it. */
import { AsbError } from '../errors.ts';

/** What a value begins with that is not the value itself. */
const PREFIX = 'secrets:';
/** Longest reference, in characters: no agent has names as long. */
export const MAX_REFERENCE_LENGTH = 4096;

/** Which secret of the agent. */
export interface SecretReference {
  /** Which of the agent's resources; it knows one without a name if left out. */
  readonly resource?: string;
  readonly key: string;
}

/** Whether a value only says where it is to be had. */
export const isSecretReference = (value: string): boolean => value.startsWith(PREFIX);

/**
 * Reads `secrets:RESOURCE:KEY` or `secrets:KEY`; the key is what comes behind the last colon.
 * @throws AsbError `USAGE` for anything else
 */
export const parseSecretReference = (value: string): SecretReference => {
  const name = isSecretReference(value) ? value.slice(PREFIX.length) : '';
  const colon = name.lastIndexOf(':');
  const key = name.slice(colon + 1);
  if (key === '' || value.length > MAX_REFERENCE_LENGTH) {
    const expected = 'secrets:RESOURCE:KEY or secrets:KEY';
    const shown = value.slice(0, MAX_REFERENCE_LENGTH);
    throw new AsbError('USAGE', `"${shown}" names no secret; expected ${expected}`, { expected });
  }
  return colon <= 0 ? { key } : { resource: name.slice(0, colon), key };
};
