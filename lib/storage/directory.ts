import { readdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AsbError } from '../errors.ts';
import { fileExists, kindOf } from './kind.ts';
import { LocalFile, syncDirectory } from './local-file.ts';
import { localFiles } from './local-files.ts';
import { makeDirectory } from './make-directory.ts';
import type { Home } from './storage.ts';
import { storageError } from './storage-error.ts';

/** Files of ours: whole ones, and ones that were cut off. */
const isBackup = (name: string): boolean => name.endsWith('.asb');
const isLeftover = (name: string): boolean => /^\..+\.asb\.part$/s.test(name);

/**
 * Files in a directory, which is made if it is not there (mode 0700, files 0600). A file is
 * written as `.NAME.part` and gets its name when it is whole and synced; so nothing that was cut
 * off looks like a backup. `prepare` with `removeFiles` removes `*.asb` and such left-over parts
 * and nothing else; without it, either of them is an `EXISTS` that names the first.
 *
 * What the file system refuses is an AsbError `STORAGE` with the path and the cause.
 */
export const directory = (path: string): Home => ({
  location: path,

  async prepare({ removeFiles }) {
    try {
      for (const made of await makeDirectory(resolve(path))) await syncDirectory(dirname(made));
      const names = (await readdir(path)).filter((name) => isBackup(name) || isLeftover(name));
      const [first] = names.sort();
      if (first !== undefined && !removeFiles) throw fileExists(join(path, first));
      for (const name of names) await rm(join(path, name));
    } catch (cause) {
      throw cause instanceof AsbError ? cause : storageError('prepare', path, cause);
    }
  },

  async create(name) {
    const file = join(path, name);
    if ((await kindOf(file)) !== 'none') throw fileExists(file);
    return LocalFile.create(file);
  },

  async remove(name) {
    const file = join(path, name);
    await rm(file, { force: true }).catch((cause: unknown) => {
      throw storageError('remove', file, cause);
    });
  },

  files: () => localFiles(path),
});
