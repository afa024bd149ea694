/** Where keys come from. No message shows any of what was read. */
import { readBounded } from '../bounded-file.ts';
import { AsbError, codeOf, messageOf } from '../errors.ts';
import { EncryptionKey } from './key.ts';

/** Largest key file, in bytes; one with an RSA key of 16,384 bits has 13 KB. */
export const MAX_KEY_FILE_SIZE = 64 * 1024;

/**
 * The key in a PEM file; a pipe (`<(…)` in a shell) will do.
 *
 * @throws AsbError `KEY`, with the file, if it cannot be read, is larger than `MAX_KEY_FILE_SIZE`,
 *   or holds no private key
 */
export const keyFromFile = async (file: string): Promise<EncryptionKey> => {
  const bytes = await readBounded(file, MAX_KEY_FILE_SIZE).catch((cause: unknown) => {
    throw new AsbError('KEY', `cannot read the key file ${file} (${codeOf(cause)})`, {
      file,
      cause,
    });
  });
  return namingSource(`key file ${file}`, { file }, () => {
    if (bytes === undefined) throw new AsbError('KEY', `larger than ${MAX_KEY_FILE_SIZE} bytes`);
    return EncryptionKey.fromPem(bytes.toString('latin1'));
  });
};

/**
 * The key in a PEM text, which a secret service gives.
 * @throws AsbError `KEY` if it holds no private key
 */
export const keyFromText = (text: string): EncryptionKey =>
  namingSource('the key given', {}, () => EncryptionKey.fromPem(text));

/**
 * What an environment variable holds. Its peers do not agree: asbackup takes base64 of any bytes
 * and hashes the bytes (`raw`); absctl wants a private key, as PEM, or as base64 of PEM or DER
 * (`pem`). Both get the same key only from base64 of an RSA key's PKCS#1 DER.
 */
export type KeyForm = 'raw' | 'pem';

/**
 * The key in an environment variable.
 *
 * @param value what it holds; `undefined` if it is not set
 * @throws AsbError `KEY`, with the variable's name, if it is not set or does not have the form
 */
export const keyFromVariable = (
  name: string,
  value: string | undefined,
  form: KeyForm = 'raw',
): EncryptionKey => {
  const source = `environment variable ${name}`;
  if (value === undefined) throw new AsbError('KEY', `${source} is not set`);
  return namingSource(source, {}, () => (form === 'raw' ? rawKey(value) : pemKey(value)));
};

/** @returns `undefined` if it is no base64; white space, as the base64 command writes, may be in it */
const fromBase64 = (text: string): Buffer | undefined => {
  const digits = text.replace(/\s+/g, '');
  const isBase64 = digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits);
  return isBase64 ? Buffer.from(digits, 'base64') : undefined;
};

const rawKey = (value: string): EncryptionKey => {
  const bytes = fromBase64(value);
  if (bytes !== undefined) return new EncryptionKey(bytes);
  const hint = isPem(value) ? 'a key in PEM form, to be read in the form "pem"' : 'no base64';
  throw new AsbError('KEY', `${hint}; expected base64`, { expected: 'base64' });
};

const isPem = (text: string): boolean => text.includes('-----BEGIN');

/** Base64 may be around PEM or DER, and once more around that, as absctl takes it. */
const pemKey = (value: string): EncryptionKey => {
  let bytes: Buffer = Buffer.from(value, 'latin1');
  for (let layer = 0; layer <= 2; layer++) {
    const text = bytes.toString('latin1');
    if (isPem(text)) return EncryptionKey.fromPem(text);
    const inner = fromBase64(text);
    if (inner === undefined) break;
    bytes = inner;
  }
  return EncryptionKey.fromDer(bytes);
};

const namingSource = (
  source: string,
  facts: { readonly file?: string },
  read: () => EncryptionKey,
): EncryptionKey => {
  try {
    return read();
  } catch (cause) {
    throw new AsbError('KEY', `${source}: ${messageOf(cause)}`, { ...facts, cause });
  }
};
