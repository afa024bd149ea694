import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { AsbError } from '../errors.ts';
import { keepsNothing } from './continuation.ts';
import { fileExists, stateExists } from './exists.ts';
import { kindOf } from './kind.ts';
import { LocalFile } from './local-file.ts';
import { localFiles } from './local-files.ts';
import { MANIFEST_SUFFIX, STATE_SUFFIX } from './names.ts';
import { partOf } from './part.ts';
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
 * older backup stays. A device or FIFO is written as it is, and not removed. `prepare` with `removeFiles` removes
 * what a run that was killed has left beside the file, and the documents there (`F.manifest.json`,
 * `F.state`).
 *
 * `prepare` throws AsbError `EXISTS` for a file or a document that is there already, `USAGE` for a
 * directory. What the file system refuses is an AsbError `STORAGE` with the path and the cause.
 */
export const singleFile = (path: string): Home & { readonly name: string } => {
  const manifest = `${path}${MANIFEST_SUFFIX}`;
  const state = `${path}${STATE_SUFFIX}`;
  let goesOn = false;

  return {
    name: basename(path),
    location: path,

    async prepare({ removeFiles }) {
      const kind = await checkedKind(path);
      if (kind === 'device') return;
      if (removeFiles) {
        // What a run that was killed has left would be in the way of its own part.
        for (const left of [partOf(path), state, manifest]) await remove(left);
        return;
      }
      if ((await kindOf(state)) === 'file') throw stateExists(state);
      if (kind === 'file') throw fileExists(path);
      if ((await kindOf(manifest)) === 'file') throw fileExists(manifest);
    },

    async prepareToContinue(kept) {
      if (kept.length > 0) throw keepsNothing(path);
      if ((await checkedKind(path)) === 'file') throw fileExists(path);
      goesOn = true;
    },

    async create() {
      if ((await kindOf(path)) === 'device') return LocalFile.openDevice(path);
      if (goesOn) await remove(partOf(path));
      return LocalFile.create(path, { resumable: true });
    },

    resume: (_name, bytes, inspect) => LocalFile.resume(path, bytes, inspect),
    async remove() {
      if ((await kindOf(path)) !== 'device') await remove(path);
    },
    files: () => localFiles(path),
  };
};

const checkedKind = async (path: string): Promise<'none' | 'file' | 'device'> => {
  const kind = await kindOf(path);
  if (kind !== 'directory') return kind;
  throw new AsbError('USAGE', `${path} is a directory; name a file, or back up to a directory`, {
    file: path,
    expected: 'a file',
  });
};
