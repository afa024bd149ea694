import { fstatSync } from 'node:fs';
import type { Command } from '../command.ts';
import { runPipeline } from '../filter.ts';
import { formatBytes } from '../format.ts';
import { OBJECT_OPERAND, objectOf } from '../object-operand.ts';
import { flag, integer } from '../option.ts';
import { verbose } from '../options/common.ts';
import { profile } from '../options/profile.ts';
import { s3Of, s3WritingOptions } from '../options/s3.ts';

/** 10,000 parts of 5 GiB. */
const MAX_OBJECT_SIZE = 10_000 * 5 * 1024 ** 3;

export const expectedSize = integer({
  name: 'expected-size',
  describe:
    'About how much there is, which the size of the parts follows from; a file is looked at',
  min: 0,
  max: MAX_OBJECT_SIZE,
  unit: 'bytes',
});

export const removeFiles = flag({
  name: 'remove-files',
  alias: ['r'],
  describe:
    'Let it take the place of an object that is there already, and abort unfinished uploads of it, ' +
    'instead of refusing',
});

export const uploadCommand: Command = {
  name: 'upload',
  heading: 'Filters, for pipes',
  summary: 'Store standard input as an object in S3',
  description:
    'Reads bytes of any kind from standard input and stores them as one object. It ends with 0 only\n' +
    'when the object is complete and its size and checksum were compared. One that is there already\n' +
    'is refused, or with --remove-files stays until then. No input is a failure, and so is .asb\n' +
    'text, zstd frames or NDJSON whose writer failed.',
  options: [expectedSize, removeFiles, ...s3WritingOptions, profile, verbose],
  operands: OBJECT_OPERAND,
  examples: [
    ['asb upload s3://vault/monday.asb < test.asb', 'Store a file'],
    [
      'asb scan -n test | asb serialize -n test | asb compress | asb upload s3://vault/monday.asb',
      'Back up to one object',
    ],
    [
      'asb cat out | asb upload --s3-endpoint-override http://10.0.0.9:9000 s3://vault/all.asb',
      'To another server than AWS',
    ],
  ],
  async run(given, shell) {
    const { url, ...object } = objectOf(given, 'cp copies files');
    const s3 = s3Of(given, shell, [url]);
    const size = given.value(expectedSize) ?? sizeOfInput();
    const input = shell.input('bytes');
    const { asyncTransform } = await import('../../stages/async-transform.ts');
    const { EndCheck } = await import('../../stages/end-check.ts');
    const { upload } = await import('../../stages/upload.ts');
    const sink = upload({
      ...s3,
      ...object,
      ...(size === undefined ? {} : { largestFile: size }),
      removeFiles: given.value(removeFiles),
    });
    const check = new EndCheck();
    // In a stage of its own: what it throws at the end comes before the object is completed.
    const checked = asyncTransform({
      async transform(chunk, push) {
        check.push(chunk);
        await push(chunk);
      },
      async flush() {
        check.end();
      },
      readableObjectMode: true,
    });
    await runPipeline(shell, { input, check: checked, upload: sink });
    if (shell.verbose) shell.say(`uploaded ${formatBytes(sink.info.bytes)} to ${url}`);
  },
};

/** Bytes of standard input if it is a file. */
const sizeOfInput = (): number | undefined => {
  const stats = fstatSync(0);
  return stats.isFile() ? stats.size : undefined;
};
