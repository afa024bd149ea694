import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AsbError } from '../errors.ts';
import { kindOf } from './kind.ts';
import { localStoredFile, readPool } from './local-stored-file.ts';
import { storageError } from './storage-error.ts';
import type { StoredFile } from './stored-file.ts';

/** Names that a message tells of. */
const NAMES_TOLD = 3;

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

const isBackup = (name: string): boolean => name.endsWith('.asb') && !name.startsWith('.');

const noBackup = (path: string, names: readonly string[]): AsbError => {
  const told = names.slice(0, NAMES_TOLD).map((name) => `"${name}"`);
  if (names.length > told.length) told.push(`${names.length - told.length} more`);
  const there = told.length === 0 ? 'it is empty' : `there is ${told.join(', ')}`;
  return new AsbError('EMPTY', `${path} is a directory without an *.asb file: ${there}`, {
    file: path,
    expected: '*.asb',
  });
};

const refusedFor = (path: string) => (cause: unknown) => {
  throw storageError('look at', path, cause);
};

/** Names in a directory, but not those of directories in it. */
const filesIn = async (path: string): Promise<string[]> => {
  const entries = await readdir(path, { withFileTypes: true }).catch(refusedFor(path));
  const names = entries.map((entry) => entry.name).sort(compareNames);
  const directories = new Set(
    entries.filter((entry) => entry.isDirectory()).map(({ name }) => name),
  );
  const files = names.filter((name) => isBackup(name) && !directories.has(name));
  if (files.length === 0) throw noBackup(path, names);
  return files;
};

const sizeOf = async (path: string): Promise<number | undefined> => {
  const found = await stat(path).catch(refusedFor(path));
  return found.isFile() ? found.size : undefined;
};

/**
 * The files of a backup: one file (or device or FIFO), or the `*.asb` of a directory, sorted by
 * name; hidden ones, of a backup that is being written or was cut off, are left out.
 *
 * @throws AsbError `NOT_FOUND` if there is nothing at `path`; `EMPTY` for a directory without
 *   `*.asb`; `STORAGE` if the file system refuses
 */
export const backupFiles = async (path: string): Promise<readonly StoredFile[]> => {
  const kind = await kindOf(path);
  if (kind === 'none') {
    throw new AsbError('NOT_FOUND', `there is no ${path}`, {
      file: path,
      expected: 'a file or directory',
    });
  }
  const pool = readPool();
  const paths =
    kind === 'directory' ? (await filesIn(path)).map((name) => join(path, name)) : [path];
  const files: StoredFile[] = [];
  for (const file of paths) files.push(localStoredFile(file, await sizeOf(file), pool));
  return files;
};
