import type { Header } from '../../asb/header.ts';
import { AsbError } from '../../errors.ts';
import { peek } from '../../stages/peek.ts';
import { isS3Url } from '../../storage/s3/url.ts';
import type { Command } from '../command.ts';
import { runPipeline } from '../filter.ts';
import { countOf, formatBytes } from '../format.ts';
import { namesOf, text } from '../option.ts';
import { verbose } from '../options/common.ts';
import { encryptionOf, encryptionOptions } from '../options/encryption.ts';
import { directory, fileLimit, MIB, prefix, removeFiles } from '../options/files.ts';
import { profile } from '../options/profile.ts';
import { s3Of, s3WritingOptions } from '../options/s3.ts';

export const filter = text({
  name: 'filter',
  group: 'Output:',
  describe: 'Pipe each file through this shell command, its path in $FILE, instead of writing it',
  expected: 'a shell command',
});

/** In the place of a namespace that is not known, or no good name for a file. */
const PLAIN_PREFIX = 'backup';

export const rotateCommand: Command = {
  name: 'rotate',
  heading: 'Filters, for pipes',
  summary: 'Cut .asb text or zstd frames into the files of a backup directory',
  description:
    'Reads .asb text, or zstd frames of it, from standard input and writes files to a directory, or\n' +
    'to S3, each complete in itself with a header of its own. A file is seen under its name only\n' +
    'when all of it is on disk.',
  options: [
    directory,
    fileLimit,
    prefix,
    removeFiles,
    filter,
    ...encryptionOptions,
    ...s3WritingOptions,
    profile,
    verbose,
  ],
  examples: [
    ['asb scan -n test | asb serialize -n test | asb rotate -d out', 'Back up to a directory'],
    [
      `asb rotate -d out -F 100 --filter 'gpg -e -r vault > "$FILE.gpg"' < test.asb`,
      'Send each file through a command',
    ],
  ],
  async run(given, shell) {
    const place = given.required(directory);
    const limit = given.value(fileLimit) * MIB;
    const command = given.value(filter);
    const s3 = s3Of(given, shell, [place]);
    if (command !== undefined && isS3Url(place)) throw noPath(place);
    const encryption = await encryptionOf(given);
    const input = shell.input('text');
    const { homeAt } = await import('../../storage/homes.ts');
    const { commandStorage } = await import('../../storage/command.ts');
    const { encrypted } = await import('../../stages/encrypted.ts');
    const { alignedFrames } = await import('../../stages/aligned-frames.ts');
    const { contentOf, MAGIC_SIZE } = await import('../../stages/content.ts');
    const { units } = await import('../../stages/units.ts');
    const { numberedName, rotate } = await import('../../stages/rotate.ts');

    const plain =
      command === undefined
        ? homeAt(place, { ...s3, largestFile: limit })
        : commandStorage(command, place);
    const storage = encryption === undefined ? plain : encrypted(plain, encryption);
    const remove = given.value(removeFiles);
    // What is in the way is told before anything is read.
    if (!remove) await storage.prepare({ removeFiles: false });
    const { head, stream } = await peek(input, MAGIC_SIZE, shell.signal);
    const cutter = contentOf(head) === 'frames' ? alignedFrames() : units();
    let begin = given.value(prefix);
    const files = rotate({
      storage,
      removeFiles: remove,
      name: (index) => {
        begin ??= prefixFor(cutter.info.header);
        return numberedName(begin, index);
      },
      fileLimit: limit,
    });
    await runPipeline(shell, { input: stream, units: cutter, rotate: files });
    if (!shell.verbose) return;
    const { bytes, files: written } = files.info;
    shell.say(`wrote ${countOf(written.length, 'file')}, ${formatBytes(bytes)}, to ${place}`);
  },
};

const noPath = (place: string): AsbError =>
  new AsbError('USAGE', `${namesOf(filter)} gives a command paths; ${place} is none`, {
    file: place,
    expected: 'a directory',
  });

/**
 * How the names of the files begin if nobody says: with the namespace, as asbackup's do, if every
 * file system takes it.
 *
 * @param header `undefined` if the input's first frame holds no text
 */
export const prefixFor = (header: Pick<Header, 'escapedNamespace'> | undefined): string => {
  const name = header?.escapedNamespace ?? '';
  return /^\w[\w.-]*$/.test(name) ? name : PLAIN_PREFIX;
};
