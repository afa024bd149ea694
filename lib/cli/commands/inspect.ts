import { isatty } from 'node:tty';
import type { BackupInput } from '../../jobs/backup-input.ts';
import type { Command } from '../command.ts';
import { besideLines } from '../export-lines.ts';
import type { Given } from '../given.ts';
import { flag, integer } from '../option.ts';
import { namespace, verbose } from '../options/common.ts';
import {
  binOptions,
  digests,
  keys,
  keysFrom,
  recordOptions,
  type Wanted,
  wantedOf,
  whereLines,
} from '../options/filtering.ts';
import type { Output } from '../output.ts';
import { inputOperands, inputOptions, recordInputOf } from '../record-input.ts';
import { readingDisplay } from '../rewrite.ts';
import { columnsOf, type Shell } from '../shell.ts';

/** Exit status if no record is what is looked for. */
const NOT_FOUND = 1;
/** Width of a report that goes to no terminal. */
const COLUMNS = 100;

export const head = integer({
  name: 'head',
  describe: 'Print the first records instead, and read no further',
  min: 1,
  max: Number.MAX_SAFE_INTEGER,
  unit: 'records',
});

export const json = flag({
  name: 'json',
  describe: 'Write the report as one line of JSON, or records as NDJSON',
});

export const inspectCommand: Command = {
  name: 'inspect',
  heading: 'Backups without a cluster',
  summary: 'Look into a backup: what takes the space, or single records',
  description:
    'Reads a backup, or NDJSON, and shows what takes the space, by set and bin, of which types bins\n' +
    'are, and when records expire. With --head, --key, --keys-from or --digest it prints records, and\n' +
    'stops as soon as it has them all; the exit status is 1 if there is none. Other options say which\n' +
    'records are looked at. Files are held against their manifest as far as they are read; asb verify\n' +
    'reads all, and goes on behind damage.',
  options: [head, json, ...recordOptions, ...binOptions, namespace, ...inputOptions, verbose],
  operands: inputOperands,
  readerMayGo: true,
  examples: [
    ['asb inspect out', 'What takes the space'],
    ['asb inspect out --set users --key ada', 'One record'],
    [
      "asb inspect out --head 3 --where 'record.bins.age > 90'",
      'The first three of whom this is true',
    ],
    ['asb inspect out --json | jq .sets[].bytes', 'For programs'],
  ],
  async run(given, shell) {
    // Text for people may go to a terminal, as NDJSON may. What fails before has last words, too.
    const output = shell.output('ndjson');
    const wanted = await wantedOf(given);
    const { input } = await recordInputOf(given, shell, { namespace: given.value(namespace) });
    const isNamed = [keys, keysFrom, digests].some((option) => given.has(option));
    const prints = given.has(head) || isNamed;
    const display = readingDisplay(prints ? besideLines(shell) : shell, input);
    try {
      if (prints) await printRecords(given, shell, output, input, wanted);
      else await printReport(given, output, input, wanted);
    } finally {
      display.close();
    }
    for (const line of whereLines(wanted)) shell.say(line);
  },
};

const printReport = async (
  given: Given,
  output: Output,
  input: BackupInput,
  wanted: Wanted,
): Promise<void> => {
  const { inspect } = await import('../../jobs/inspect.ts');
  const { inspectJson, inspectLines } = await import('../inspect-report.ts');
  const found = await inspect(input, { select: { ...wanted.filter, reuseMemory: true } });
  const { namespace, files, info } = input;
  const backup = { namespace, files: files.length, bytes: info.bytesRead };
  const columns = columnsOf(isatty(1), () => process.stdout) ?? COLUMNS;
  const lines = given.value(json)
    ? [inspectJson(found, backup)]
    : inspectLines(found, backup, columns);
  await output.write(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  await output.end();
};

const printRecords = async (
  given: Given,
  shell: Shell,
  output: Output,
  input: BackupInput,
  { filter }: Wanted,
): Promise<void> => {
  const { findRecords } = await import('../../jobs/inspect.ts');
  const { mostRecords } = await import('../../select/most-records.ts');
  const { NdjsonWriter } = await import('../../ndjson/writer.ts');
  const { recordLines } = await import('../record-view.ts');
  const writer = new NdjsonWriter();
  const now = new Date();
  // Of several backups, each may have its own state of a record.
  const named = given.operands.length > 1 ? Number.POSITIVE_INFINITY : mostRecords(filter);
  const most = Math.min(given.value(head) ?? Number.POSITIVE_INFINITY, named);
  let records = 0;
  for await (const batch of findRecords(input, { select: filter, most })) {
    records += batch.length;
    const texts = given.value(json)
      ? writer.write(batch)
      : Array.from(batch, (record) => Buffer.from(`${recordLines(record, now).join('\n')}\n\n`));
    for (const text of texts) await output.write(text);
  }
  await output.end();
  if (records > 0) return;
  shell.say('note: there is no such record');
  shell.answer(NOT_FOUND);
};
