/** Names of a backup's files. */
import { AsbError } from '../errors.ts';

/** Names that a message tells of. */
const NAMES_TOLD = 3;

/** Whether a name is that of a backup's file, and not of one that is being written. */
export const isBackupFile = (name: string): boolean =>
  name.endsWith('.asb') && !name.startsWith('.');

/** The number that a run of digits is, without what JavaScript's numbers lose of a long one. */
const byNumber = (one: string, other: string): number => {
  const [mine, yours] = [one.replace(/^0+/, ''), other.replace(/^0+/, '')];
  return mine.length - yours.length || byText(mine, yours);
};

const byText = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** `_99999` before `_100000`: numbers in names compare as numbers. */
export const compareNames = (one: string, other: string): number => {
  // Digits stand at the odd places of both.
  const [mine, yours] = [one.split(/(\d+)/), other.split(/(\d+)/)];
  for (const [index, part] of mine.entries()) {
    const against = yours[index] ?? '';
    const order = index % 2 === 1 ? byNumber(part, against) : byText(part, against);
    if (order !== 0) return order;
  }
  return byText(one, other);
};

/** Nothing in a place is of a backup: an `EMPTY` that tells what else is there. */
export const noBackup = (path: string, names: readonly string[]): AsbError => {
  const told = names.slice(0, NAMES_TOLD).map((name) => `"${name}"`);
  if (names.length > told.length) told.push(`${names.length - told.length} more`);
  const there = told.length === 0 ? 'it is empty' : `there is ${told.join(', ')}`;
  return new AsbError('EMPTY', `${path} is a directory without an *.asb file: ${there}`, {
    file: path,
    expected: '*.asb',
  });
};
