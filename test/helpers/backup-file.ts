/** Files of a backup, written by hand. */
import { BatchBuilder } from '../../lib/record/builder.ts';

/**
 * One file of a backup.
 * @param records the value of bin `v` by user key
 * @param head lines of globals
 */
export const fileOf = (
  namespace: string,
  records: Readonly<Record<string, number>>,
  head = '',
): string => {
  const text = Object.entries(records).map(([key, value]) => {
    const digest = new BatchBuilder(namespace).add({ key, bins: {} }).build().at(0)!.digest;
    const [generation, voidTime] = [1, 0];
    return (
      `+ k S ${key.length} ${key}\n+ n ${namespace}\n+ d ${digest.toString('base64')}\n` +
      `+ g ${generation}\n+ t ${voidTime}\n+ b 1\n- I v ${value}\n`
    );
  });
  return `Version 3.1\n# namespace ${namespace}\n# first-file\n${head}${text.join('')}`;
};

/** A line of an index on a bin. */
export const indexLine = (bin: string): string => `* i test  by-value N 1 ${bin} N\n`;

/** Keys with the same value, as {@link fileOf} takes them. */
export const keysFrom = (first: number, count: number, value = 1): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`key ${first + at}`, value]));
