import type { Gap } from '../../asb/parser.ts';
import { AsbError } from '../../errors.ts';
import type { Command } from '../command.ts';
import { runFilter } from '../filter.ts';
import { countOf } from '../format.ts';
import { flag } from '../option.ts';
import { verbose } from '../options/common.ts';
import { encryptionOf, encryptionOptions } from '../options/encryption.ts';
import { profile } from '../options/profile.ts';

export const salvage = flag({
  name: 'salvage',
  describe: 'Go on at the next record after damage, and tell what was lost',
});

export const parseCommand: Command = {
  name: 'parse',
  heading: 'Filters, for pipes',
  summary: 'Turn .asb text into NDJSON',
  description:
    'Reads .asb text, or zstd frames of it, encrypted or not, from standard input and writes its\n' +
    'records, secondary indexes and UDF modules to standard output as NDJSON, one a line, without\n' +
    'loss. A wrong byte, and a text that is cut off, are errors that name the place. docs/ndjson.md\n' +
    'has the form.',
  options: [salvage, ...encryptionOptions, profile, verbose],
  examples: [
    ['asb cat out | asb parse | jq -c \'select(.set == "users")\'', 'Look into a backup'],
    ['asb parse --salvage < damaged.asb > saved.ndjson', 'Save what is left of a damaged file'],
  ],
  speaks: 'ndjson',
  async run(given, shell) {
    const encryption = await encryptionOf(given);
    const input = shell.input('text');
    const { parse } = await import('../../stages/parse.ts');
    const { toNdjson } = await import('../../stages/to-ndjson.ts');
    const { unpack } = await import('../../stages/unpack.ts');
    const saving = given.value(salvage);
    let damaged = 0;
    const onDamage = (damage: AsbError): void => {
      damaged++;
      shell.say(`damaged zstd frames: ${damage.message}`);
    };
    const parsed = parse({
      salvage: saving,
      onGap: (gap) => shell.say(gapLine(gap)),
      reuseMemory: true,
    });
    // The output gives back what it has written.
    const stages = {
      unpack: unpack({ encryption, ...(saving ? { onDamage } : {}) }),
      parse: parsed,
      toNdjson: toNdjson({ reuseMemory: true }),
    };
    await runFilter(shell, { input, ...stages }, 'ndjson');
    const { gaps, gapBytes, records } = parsed.info;
    if (shell.verbose) shell.say(`read ${countOf(records, 'record')}`);
    if (gaps === 0 && damaged === 0) return;
    // Every line is whole: the output has ended, only the exit status is still to tell.
    const places = [
      ...(damaged === 0
        ? []
        : [countOf(damaged, 'place in the zstd frames', 'places in the zstd frames')]),
      ...(gaps === 0 ? [] : [`${countOf(gaps, 'gap')} of ${countOf(gapBytes, 'byte')} of text`]),
    ];
    const saved = countOf(records, 'record');
    throw new AsbError('FORMAT', `saved ${saved}; lost what was in ${places.join(', ')}`);
  },
};

const gapLine = ({ offset, length, error }: Gap): string =>
  `gap at byte ${offset}, ${countOf(length, 'byte')}: ${error.message}`;
