import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AsbError } from '../errors.ts';
import { kindOf } from './kind.ts';
import { localStoredFile, readPool } from './local-stored-file.ts';
import { compareNames, isBackupFile, noBackup } from './names.ts';
import { storageError } from './storage-error.ts';
import type { StoredFile } from './stored-file.ts';

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
  const files = names.filter((name) => isBackupFile(name) && !directories.has(name));
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
export const localFiles = async (path: string): Promise<readonly StoredFile[]> => {
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
