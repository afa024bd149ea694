import { readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AsbError } from '../errors.ts';
import { type Findings, superfluousFiles } from './continuation.ts';
import { fileExists, firstInTheWay } from './exists.ts';
import { kindOf } from './kind.ts';
import { LocalFile } from './local-file.ts';
import { localFiles } from './local-files.ts';
import { makeDirectory } from './make-directory.ts';
import { isBackupFile, isDocument, nameOfPart, partNameOf, requireFileName } from './names.ts';
import { ALONE, ownAmong, type Sharing } from './sharing.ts';
import type { Home } from './storage.ts';
import { storageError } from './storage-error.ts';

/** Whether a name is that of a file of ours that was cut off. */
const isLeftover = (name: string): boolean => nameOfPart(name)?.endsWith('.asb') ?? false;
/** The same of a document. It is in nobody's way, since the next one takes its place. */
const isDocumentPart = (name: string, { isOurs }: Sharing): boolean => {
  const file = nameOfPart(name) ?? '';
  return isDocument(file) && isOurs(file);
};

/**
 * Files in a directory, which is made if it is not there (mode 0700, files 0600). A file is
 * written as `.NAME.part` and gets its name when it is whole and synced; so nothing that was cut
 * off looks like a backup. `prepare` with `removeFiles` removes `*.asb`, such left-over parts,
 * and the documents beside them (`*.manifest.json`, `*.asb.state`), and nothing else; without it, any
 * of them is an `EXISTS` that names the first.
 *
 * What the file system refuses is an AsbError `STORAGE` with the path and the cause; a name that
 * leads out of the directory, a `USAGE`.
 *
 * @param sharing whose names are whose, if others work in the same directory. What is theirs is not
 *   looked at; what is nobody's is an `EXISTS`, also with `removeFiles`
 */
export const directory = (path: string, sharing: Sharing = ALONE): Home => {
  const locationOf = (name: string): string => join(path, requireFileName(name, path));
  const remove = async (names: readonly string[]): Promise<void> => {
    for (const name of names) await rm(join(path, name), { force: true });
  };

  return {
    location: path,

    async prepare({ removeFiles }) {
      try {
        await makeDirectory(resolve(path));
        const names = await readdir(path);
        const files = names.filter((name) => isBackupFile(name) || isLeftover(name));
        const documents = names.filter(isDocument);
        const at = (name: string): string => join(path, name);
        // Documents last: whoever finds fewer files than a manifest knows of is told so.
        const ours = ownAmong([...files, ...documents], sharing, at);
        const first = firstInTheWay(ours, at);
        if (first !== undefined && !removeFiles) throw first;
        const parts = names.filter((name) => isDocumentPart(name, sharing));
        await remove([...ours, ...parts]);
      } catch (cause) {
        throw cause instanceof AsbError ? cause : storageError('prepare', path, cause);
      }
    },

    async prepareToContinue(kept, isOurs) {
      try {
        const found = await lookAt(path, sharing);
        const superfluous = superfluousFiles(found, kept, isOurs);
        await makeDirectory(resolve(path));
        await remove([...superfluous, ...Array.from(found.unfinished, partNameOf)]);
      } catch (cause) {
        throw cause instanceof AsbError ? cause : storageError('prepare', path, cause);
      }
    },

    async create(name) {
      const file = locationOf(name);
      if ((await kindOf(file)) !== 'none') throw fileExists(file);
      return LocalFile.create(file);
    },

    async remove(name) {
      const file = locationOf(name);
      await rm(file, { force: true }).catch((cause: unknown) => {
        throw storageError('remove', file, cause);
      });
    },

    files: () => localFiles(path),
  };
};

/** Throws what Node throws, too. */
const lookAt = async (path: string, { isSibling }: Sharing): Promise<Findings> => {
  const all = (await kindOf(path)) === 'none' ? [] : await readdir(path);
  const names = all.filter((name) => !isSibling(nameOfPart(name) ?? name));
  const files = new Map<string, number | undefined>();
  for (const name of names.filter(isBackupFile)) {
    const found = await stat(join(path, name));
    files.set(name, found.isFile() ? found.size : undefined);
  }
  const parts = names.map(nameOfPart).filter((name) => name !== undefined);
  const unfinished = parts.filter((name) => name.endsWith('.asb'));
  return { files, unfinished, locationOf: (name) => join(path, name) };
};
