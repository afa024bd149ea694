import type { Encryption, EncryptionKey, EncryptionMode } from '../../crypto/key.ts';
import { AsbError } from '../../errors.ts';
import type { Given } from '../given.ts';
import { choice, choiceOrNone, namesOf, type Option, text } from '../option.ts';

const group = 'Encryption:';
const words = ['aes128', 'aes256'] as const satisfies readonly EncryptionMode[];

/** Of jobs, which also read and write backups that are not encrypted. */
export const encrypt = choiceOrNone({
  name: 'encrypt',
  alias: ['y'],
  group,
  describe: 'Encryption of the files: aes128 or aes256, in counter mode, which needs a key',
  words,
});

/** Of the filters that do nothing else. */
export const mode = choice({
  name: 'mode',
  group,
  describe: 'aes128 or aes256, in counter mode',
  words,
});

export const keyFile = text({
  name: 'encryption-key-file',
  alias: ['encryption-key-secret'],
  group,
  isPemFile: true,
  describe:
    'PEM file with a private key (RSA, EC, Ed25519), which the key is made of; or secrets:…, its text',
  expected: 'a PEM file',
  shown: 'PATH',
});

export const keyVariable = text({
  name: 'encryption-key-env',
  group,
  describe: 'Name of the environment variable that holds the key, in base64',
  expected: 'the name of an environment variable',
  shown: 'NAME',
  pattern: /^[A-Za-z_]\w*$/,
});

export const keyForm = choice({
  name: 'encryption-key-env-form',
  group,
  describe:
    'What the variable holds: raw, any bytes, as asbackup reads it (default); ' +
    'pem, a private key as PEM or DER, as absctl reads it',
  words: ['raw', 'pem'],
});

export const keyOptions: readonly Option<unknown>[] = [keyFile, keyVariable, keyForm];
export const encryptionOptions: readonly Option<unknown>[] = [encrypt, ...keyOptions];

/**
 * The encryption that a job's command line asks for, to write a backup or to read one.
 *
 * @returns `undefined` if it asks for none
 * @throws AsbError `USAGE` for options that do not go together, `KEY` if the key cannot be had
 */
export const encryptionOf = async (given: Given): Promise<Encryption | undefined> => {
  for (const option of [keyFile, keyVariable, keyForm]) given.needs(option, encrypt);
  const wanted = given.value(encrypt);
  return wanted === undefined ? undefined : { mode: wanted, key: await keyOf(given) };
};

/** The same of a filter, which has `--mode`; leaving it out is a `USAGE` too. */
export const filterEncryptionOf = async (given: Given): Promise<Encryption> => ({
  mode: given.required(mode),
  key: await keyOf(given),
});

/** The options that say where a key is. */
export interface KeyOptions {
  readonly file: Option<string | undefined>;
  readonly variable: Option<string | undefined>;
  readonly form: Option<'raw' | 'pem' | undefined>;
}

const KEY: KeyOptions = { file: keyFile, variable: keyVariable, form: keyForm };

/** @throws AsbError `USAGE` for options that do not go together, `KEY` if the key cannot be had */
export const keyOf = async (given: Given, options = KEY): Promise<EncryptionKey> => {
  given.exclusive(options.file, options.variable);
  given.needs(options.form, options.variable);
  const file = given.value(options.file);
  const variable = given.value(options.variable);
  const { keyFromFile, keyFromText, keyFromVariable } = await import('../../crypto/key-source.ts');
  if (file !== undefined) {
    return given.isSecret(options.file) ? keyFromText(file) : keyFromFile(file);
  }
  if (variable !== undefined) {
    return keyFromVariable(variable, process.env[variable], given.value(options.form));
  }
  const expected = `${namesOf(options.file)} or ${namesOf(options.variable)}`;
  throw new AsbError('USAGE', `${expected} is needed: where the key is`, { expected });
};
