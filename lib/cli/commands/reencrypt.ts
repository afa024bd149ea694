import type { Encryption } from '../../crypto/key.ts';
import { AsbError } from '../../errors.ts';
import type { Command } from '../command.ts';
import type { Given } from '../given.ts';
import { choice, namesOf, type Option, text } from '../option.ts';
import { verbose } from '../options/common.ts';
import { keyOf } from '../options/encryption.ts';
import { directory, outputFile } from '../options/files.ts';
import { profile } from '../options/profile.ts';
import { inputOperands, inputOptions } from '../record-input.ts';
import { outputOptions } from '../record-output.ts';
import { rewrite } from '../rewrite.ts';

const group = 'New encryption:';

export const newMode = choice({
  name: 'new-encrypt',
  group,
  describe: 'How it is encrypted from now on: aes128 or aes256, or none',
  words: ['aes128', 'aes256', 'none'],
});

export const newKeyFile = text({
  name: 'new-encryption-key-file',
  group,
  isPemFile: true,
  describe: 'PEM file with the private key that the new key is made of',
  expected: 'a PEM file',
});

export const newKeyVariable = text({
  name: 'new-encryption-key-env',
  group,
  describe: 'Name of the environment variable that holds the new key, in base64',
  expected: 'the name of an environment variable',
  pattern: /^[A-Za-z_]\w*$/,
});

export const newKeyForm = choice({
  name: 'new-encryption-key-env-form',
  group,
  describe: 'What that variable holds, as for --encryption-key-env-form',
  words: ['raw', 'pem'],
});

const newKey = { file: newKeyFile, variable: newKeyVariable, form: newKeyForm };

export const reencryptCommand: Command = {
  name: 'reencrypt',
  heading: 'Backups without a cluster',
  summary: 'Encrypt a backup, encrypt it with another key, or take encryption away',
  description:
    'Reads a backup, with the key of --encrypt if it is encrypted, and writes the same records\n' +
    'encrypted as --new-encrypt says. It is written to a new place, with a manifest; the old one\n' +
    'stays as it is.',
  options: [
    newMode,
    newKeyFile,
    newKeyVariable,
    newKeyForm,
    ...inputOptions,
    ...outputOptions,
    profile,
    verbose,
  ],
  operands: inputOperands,
  examples: [
    [
      'asb reencrypt out -y aes128 --encryption-key-file old.pem ' +
        '--new-encrypt aes256 --new-encryption-key-file new.pem -d out2',
      'With another key',
    ],
    [
      'asb reencrypt out --new-encrypt aes256 --new-encryption-key-env KEY -d out2',
      'The first time',
    ],
  ],
  async run(given, shell) {
    const mode = given.required(newMode);
    if (mode === 'none') {
      for (const option of Object.values(newKey)) if (given.has(option)) throw noKey(option);
      await rewrite(given, shell, { encryption: 'none' });
      return;
    }
    requirePlace(given);
    const encryption: Encryption = { mode, key: await keyOf(given, newKey) };
    await rewrite(given, shell, { encryption });
  },
};

const noKey = (option: Option<unknown>): AsbError =>
  new AsbError('USAGE', `${namesOf(option)} has no meaning with ${namesOf(newMode)} none`);

/** Standard output is for the next filter, which would have to know the key. */
const requirePlace = (given: Given): void => {
  const file = given.value(outputFile);
  if (given.has(directory) || (file !== undefined && file !== '-')) return;
  const expected = `${namesOf(directory)} or ${namesOf(outputFile)}`;
  throw new AsbError('USAGE', `${expected} is needed: where it goes (asb encrypt is for pipes)`, {
    expected,
  });
};
