import type { Command } from '../command.ts';
import { runFilter } from '../filter.ts';
import { integer } from '../option.ts';
import { namespace, verbose } from '../options/common.ts';
import { connectionOptions } from '../options/connection.ts';
import { profile } from '../options/profile.ts';
import { scanOptionsOf } from '../options/scan-options.ts';
import { selectionOptions } from '../options/selection.ts';

export const parallel = integer({
  name: 'parallel',
  alias: ['w'],
  group: 'Speed:',
  describe: 'Scans at once',
  min: 1,
  max: 100,
  unit: 'scans',
  default: 1,
});

export const scanCommand: Command = {
  name: 'scan',
  heading: 'Filters, for pipes',
  summary: 'Read a namespace and write it as NDJSON',
  description:
    'Reads the records, secondary indexes and UDF modules of a namespace from a cluster and writes\n' +
    'them to standard output as NDJSON, one a line, without loss. docs/ndjson.md has the form.',
  options: [namespace, ...connectionOptions, ...selectionOptions, parallel, profile, verbose],
  examples: [
    ['asb scan -n test | jq -c \'select(.set == "users")\'', 'Look at the records of a set'],
    ['asb scan -h 10.0.0.1,10.0.0.2:3100 -n test > test.ndjson', 'Save a namespace as NDJSON'],
    ['asb scan -n test -X 0-16 --modified-after 2026-01-31', 'A few partitions, what is new there'],
  ],
  speaks: 'ndjson',
  async run(given, shell) {
    const options = { ...(await scanOptionsOf(given, shell)), parallel: given.value(parallel) };
    const { scan } = await import('../../stages/scan.ts');
    const { toNdjson } = await import('../../stages/to-ndjson.ts');
    // The output gives back what it has written.
    const stages = {
      scan: scan({ ...options, reuseMemory: true }),
      toNdjson: toNdjson({ reuseMemory: true }),
    };
    await runFilter(shell, stages, 'ndjson');
  },
};
