import { Writable } from 'node:stream';
import type { EdgeCheck } from '../../stages/edge-check.ts';
import { peek } from '../../stages/peek.ts';
import type { Command } from '../command.ts';
import { runPipeline } from '../filter.ts';
import { verbose } from '../options/common.ts';
import { filterEncryptionOf, keyOptions, mode } from '../options/encryption.ts';
import { profile } from '../options/profile.ts';
import type { Output } from '../output.ts';
import { sealWith } from '../seal.ts';

export const encryptCommand: Command = {
  name: 'encrypt',
  heading: 'Filters, for pipes',
  summary: 'Encrypt .asb text or zstd frames',
  description:
    'Reads .asb text, or zstd frames of it, from standard input and writes it to standard output\n' +
    'encrypted, as asbackup does it: with AES in counter mode. That hides what a backup holds; it\n' +
    'does not tell whether somebody has changed it. To encrypt the files of a directory, each by\n' +
    'itself, say --encrypt to asb backup or asb rotate.',
  options: [mode, ...keyOptions, profile, verbose],
  examples: [
    [
      'asb compress < test.asb | asb encrypt --mode aes256 --encryption-key-file key.pem > test.enc',
      'Compress and encrypt a file',
    ],
    [
      'asb encrypt --mode aes128 --encryption-key-env KEY < test.asb > test.enc',
      'With a key in the environment, in base64',
    ],
  ],
  speaks: 'encrypted',
  async run(given, shell) {
    const encryption = await filterEncryptionOf(given);
    const input = shell.input('text');
    const { contentOf, MAGIC_SIZE } = await import('../../stages/content.ts');
    const { EdgeCheck } = await import('../../stages/edge-check.ts');
    const { head, stream } = await peek(input, MAGIC_SIZE, shell.signal);
    const language = contentOf(head) === 'frames' ? 'frames' : 'text';
    const output = shell.output(language, await sealWith(encryption));
    await runPipeline(shell, { input: stream, encrypt: checkedSink(output, new EdgeCheck()) });
  },
};

/** The check at the end comes when all is written, so that last words stand behind whole units. */
const checkedSink = (output: Output, check: EdgeCheck): Writable => {
  const write = async (chunk: Buffer): Promise<void> => {
    check.push(chunk);
    await output.write(chunk);
  };
  const end = async (): Promise<void> => {
    check.end();
    await output.end();
  };
  return new Writable({
    write: (chunk, _encoding, done) => void write(chunk).then(() => done(), done),
    final: (done) => void end().then(() => done(), done),
  });
};
