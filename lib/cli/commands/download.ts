import type { Content } from '../../stages/content.ts';
import { peek } from '../../stages/peek.ts';
import type { Command } from '../command.ts';
import { runFilter } from '../filter.ts';
import type { Language } from '../languages.ts';
import { OBJECT_OPERAND, objectOf } from '../object-operand.ts';
import { verbose } from '../options/common.ts';
import { profile } from '../options/profile.ts';
import { s3Of, s3ReadingOptions } from '../options/s3.ts';

const LANGUAGES: Readonly<Record<Content, Language>> = {
  text: 'text',
  frames: 'frames',
  ndjson: 'ndjson',
  unknown: 'bytes',
};

export const downloadCommand: Command = {
  name: 'download',
  heading: 'Filters, for pipes',
  summary: 'Write an object in S3 to standard output',
  description:
    'Writes the bytes of an object, whatever they are, to standard output. Several requests are made\n' +
    'at once, a connection that breaks is resumed, and the checksum is compared, if the server knows\n' +
    'one of the whole object. To read a backup there is no need of it: asb restore, verify and cat\n' +
    'take s3:// locations.',
  options: [...s3ReadingOptions, profile, verbose],
  operands: OBJECT_OPERAND,
  examples: [
    ['asb download s3://vault/monday.asb | asb parse | head -n 3', 'Look into an object'],
    ['asb download --s3-profile backup s3://vault/monday.asb > monday.asb', 'Fetch it'],
  ],
  speaks: 'text',
  async run(given, shell) {
    const { url, ...object } = objectOf(given, 'cat shows files');
    const s3 = s3Of(given, shell, [url]);
    const { contentOf, MAGIC_SIZE } = await import('../../stages/content.ts');
    const { download } = await import('../../stages/download.ts');
    const source = download({ ...s3, ...object });
    const { head, stream } = await peek(source, MAGIC_SIZE, shell.signal);
    await runFilter(shell, { download: stream }, LANGUAGES[contentOf(head)]);
  },
};
