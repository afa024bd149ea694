import { peek } from '../../stages/peek.ts';
import type { Command } from '../command.ts';
import { runFilter } from '../filter.ts';
import { verbose } from '../options/common.ts';
import { filterEncryptionOf, keyOptions, mode } from '../options/encryption.ts';
import { profile } from '../options/profile.ts';

export const decryptCommand: Command = {
  name: 'decrypt',
  heading: 'Filters, for pipes',
  summary: 'Decrypt an encrypted backup',
  description:
    'Reads a file of an encrypted backup, as asb, asbackup and absctl write it, from standard input\n' +
    'and writes what was encrypted to standard output: .asb text or zstd frames. Another key or mode\n' +
    'is found out before anything is written.',
  options: [mode, ...keyOptions, profile, verbose],
  examples: [
    [
      'asb decrypt --mode aes256 --encryption-key-file key.pem < test.enc | asb parse',
      'Look into an encrypted file',
    ],
    [
      'asb decrypt --mode aes128 --encryption-key-env KEY < test.enc > test.asb',
      'With a key in the environment, in base64',
    ],
  ],
  speaks: 'text',
  async run(given, shell) {
    const encryption = await filterEncryptionOf(given);
    const input = shell.input('encrypted');
    const { decrypt, DECRYPTED_MAGIC_SIZE, decryptedContentOf } = await import(
      '../../stages/decrypt.ts'
    );
    const { head, stream } = await peek(input, DECRYPTED_MAGIC_SIZE, shell.signal);
    const content = decryptedContentOf(head, encryption);
    const language = content === 'frames' ? 'frames' : 'text';
    await runFilter(shell, { input: stream, decrypt: decrypt(encryption) }, language);
  },
};
