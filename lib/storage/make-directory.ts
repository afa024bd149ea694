import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../errors.ts';

/** Only the owner may enter: a backup holds what the database does. */
const DIRECTORY_MODE = 0o700;

/** Makes the entries of a directory durable: a new name is lost in a crash without it. */
export const syncDirectory = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
};

/**
 * Makes a directory and those above it that are missing, mode 0700, all durable. Node's own
 * recursive `mkdir` never ends where the file system answers "no such file" for every try, as /proc
 * does.
 *
 * @param path absolute, or below the working directory
 * @returns the directories that were made, the highest first
 */
export const makeDirectory = async (path: string): Promise<string[]> => {
  const made = await makeMissing(path);
  for (const each of made) await syncDirectory(dirname(each));
  return made;
};

const makeMissing = async (path: string): Promise<string[]> => {
  try {
    await mkdir(path, { mode: DIRECTORY_MODE });
    return [path];
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return [];
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const above = await makeMissing(dirname(path));
  await mkdir(path, { mode: DIRECTORY_MODE });
  return [...above, path];
};
