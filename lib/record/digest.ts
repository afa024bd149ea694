import { createHash } from 'node:crypto';

/**
 * The digest of a record: RIPEMD-160 over the set's name, the user key's particle type byte and
 * the user key's bytes. The namespace has no part in it.
 *
 * @param set set name in bytes (UTF-8), empty for none
 * @param keyType particle type of the user key: integer, double, string or blob
 * @param key user key as particle bytes
 * @returns 20 bytes
 */
export const computeDigest = (set: Uint8Array, keyType: number, key: Uint8Array): Buffer =>
  createHash('ripemd160').update(set).update(Uint8Array.of(keyType)).update(key).digest();
