import type { Encryption } from '../crypto/key.ts';

/** Turns what a command writes into what arrives, in new memory, at once. */
export type Seal = (chunk: Uint8Array) => Uint8Array;

/**
 * Encrypts a standard output where it is written, and not in a stage before: so that the last words
 * of a command that fails are encrypted with the rest, and whoever decrypts it can read them.
 */
export const sealWith = async (encryption: Encryption): Promise<Seal> => {
  const { Encryptor } = await import('../crypto/ctr.ts');
  const encryptor = new Encryptor(encryption);
  return (chunk) => encryptor.push(chunk);
};
