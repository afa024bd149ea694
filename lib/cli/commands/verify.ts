import { AsbError, factsOf, messageOf } from '../../errors.ts';
import type { VerifyOptions } from '../../jobs/verify.ts';
import type { Command } from '../command.ts';
import { countOf } from '../format.ts';
import type { Given } from '../given.ts';
import { flag } from '../option.ts';
import { verbose } from '../options/common.ts';
import { encryptionOf, encryptionOptions } from '../options/encryption.ts';
import { noManifest } from '../options/manifest.ts';
import { profile } from '../options/profile.ts';
import { s3Of, s3ReadingOptions } from '../options/s3.ts';
import type { Shell } from '../shell.ts';
import { stopWith } from '../stopping.ts';

/** The path that stands for standard input. */
const STANDARD_INPUT = '-';

export const json = flag({
  name: 'json',
  describe: 'Write the report as one line of JSON, with every file, instead of a table',
});

export const verifyCommand: Command = {
  name: 'verify',
  heading: 'Backups without a cluster',
  summary: 'Read backups to the last byte, and tell what is in them',
  description:
    'Reads backup files, plain, compressed or encrypted, without a cluster, and prints how many\n' +
    'records of which sets and types are in them. All files are read, whatever is wrong with one;\n' +
    'what is wrong is told on standard error with its place, and the exit status is 1 then. Where\n' +
    'a backup has its manifest beside it, a file that is missing, cut, changed or foreign is found.',
  options: [json, noManifest, ...encryptionOptions, ...s3ReadingOptions, profile, verbose],
  operands: {
    name: 'PATH',
    describe: 'a file, a directory with *.asb files, or s3://bucket/…; - for standard input',
    min: 1,
  },
  examples: [
    ['asb verify out', 'Look at a backup'],
    ['asb verify --json out | jq .records', 'Count its records'],
    ['ssh vault cat test.asb | asb verify -', 'A backup that is elsewhere'],
  ],
  async run(given, shell) {
    const encryption = await encryptionOf(given);
    const s3 = s3Of(given, shell, given.operands);
    const options = {
      ...sourceOf(given.operands, shell),
      s3,
      manifest: !given.value(noManifest),
      ...(encryption === undefined ? {} : { encryption }),
    };
    await runVerify(options, given, shell);
  },
};

const sourceOf = (operands: readonly string[], shell: Shell): VerifyOptions => {
  const paths = operands.filter((path) => path !== STANDARD_INPUT);
  return operands.length > paths.length ? { paths, input: shell.input('text') } : { paths };
};

/**
 * Verifies and prints the report.
 *
 * @param given of a command that has the option {@link json}
 * @throws AsbError `ABORTED`; `FORMAT`, when all is printed, if anything is wrong with the files
 */
export const runVerify = async (
  options: VerifyOptions,
  given: Given,
  shell: Shell,
): Promise<void> => {
  const { verify } = await import('../../jobs/verify.ts');
  const { reportJson, tableLines } = await import('../verify-report.ts');
  shell.signal.throwIfAborted();
  const job = verify({ ...options, meter: shell.meter });
  const report = await job.done.finally(stopWith(shell.signal, job));
  const lines = given.value(json) ? [reportJson(report)] : tableLines(report);
  // Text for people may go to a terminal, as NDJSON may.
  const output = shell.output('ndjson');
  await output.write(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  await output.end();
  const { failures, files } = report;
  for (const failure of failures) shell.say(messageOf(failure), factsOf(failure));
  if (failures.length === 0) return;
  const found = `${countOf(failures.length, 'failure')}, ${countOf(files.length, 'file')} read`;
  throw new AsbError('FORMAT', `${found}: what is in them cannot be restored whole`);
};
