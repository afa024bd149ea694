/** A key for the tests of commands: in a file, and in the environment. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { EncryptionKey } from '../../lib/crypto/key.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });

/** An RSA key in PEM form, PKCS#8. */
export const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const PEM_KEY = EncryptionKey.fromPem(PEM);

/** Base64 of 32 bytes, as asbackup reads it from a variable. */
export const RAW = Buffer.alloc(32, 'k').toString('base64');
export const RAW_KEY = new EncryptionKey(Buffer.from(RAW, 'base64'));

/** Writes {@link PEM} to a file. */
export const writeKey = (file: string): string => {
  writeFileSync(file, PEM, { mode: 0o600 });
  return file;
};
