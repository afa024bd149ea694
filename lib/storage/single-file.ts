import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AsbError } from '../errors.ts';
import { fileExists, kindOf } from './kind.ts';
import { LocalFile, partNameOf } from './local-file.ts';
import { localFiles } from './local-files.ts';
import type { Home } from './storage.ts';
import { storageError } from './storage-error.ts';

const remove = async (path: string): Promise<void> => {
  await rm(path, { force: true }).catch((cause: unknown) => {
    throw storageError('remove', path, cause);
  });
};

/**
 * One file at `path`; `name` is its own, whatever name it is made under. It gets its place when it
 * is whole and synced, and only then takes that of an older file (`removeFiles`): until then the
 * older backup stays. A device or FIFO is written as it is. `prepare` with `removeFiles` removes
 * what a run that was killed has left beside the file.
 *
 * `prepare` throws AsbError `EXISTS` for a file that is there already, `USAGE` for a directory.
 * What the file system refuses is an AsbError `STORAGE` with the path and the cause.
 */
export const singleFile = (path: string): Home & { readonly name: string } => ({
  name: basename(path),
  location: path,

  async prepare({ removeFiles }) {
    const kind = await kindOf(path);
    if (kind === 'directory') {
      throw new AsbError(
        'USAGE',
        `${path} is a directory; name a file, or back up to a directory`,
        {
          file: path,
          expected: 'a file',
        },
      );
    }
    if (kind === 'file' && !removeFiles) throw fileExists(path);
    // What a run that was killed has left would be in the way of its own part.
    if (removeFiles) await remove(join(dirname(path), partNameOf(basename(path))));
  },

  async create() {
    return (await kindOf(path)) === 'device' ? LocalFile.openDevice(path) : LocalFile.create(path);
  },

  remove: () => remove(path),

  files: () => localFiles(path),
});
