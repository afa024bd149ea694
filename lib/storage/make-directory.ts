import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../errors.ts';

/** Only the owner may enter: a backup holds what the database does. */
const DIRECTORY_MODE = 0o700;

/**
 * Makes a directory and those above it that are missing, mode 0700. Node's own recursive `mkdir`
 * never ends where the file system answers "no such file" for every try, as /proc does.
 *
 * @returns the directories that were made, the highest first
 */
export const makeDirectory = async (path: string): Promise<string[]> => {
  try {
    await mkdir(path, { mode: DIRECTORY_MODE });
    return [path];
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return [];
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const above = await makeDirectory(dirname(path));
  await mkdir(path, { mode: DIRECTORY_MODE });
  return [...above, path];
};
