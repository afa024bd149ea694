import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AsbError } from '../errors.ts';
import type { DocumentBytes } from './documents.ts';
import { kindOf } from './kind.ts';
import { makeDirectory, syncDirectory } from './make-directory.ts';
import { FILE_MODE, partOf } from './part.ts';
import { storageError } from './storage-error.ts';

const READ_SIZE = 256 * 1024;

/** A document in the file system; see {@link documentAt}. */
export const localDocument = (path: string): DocumentBytes => ({
  location: path,

  async read(most) {
    if (!(await isThere(path))) return undefined;
    try {
      return await readUpTo(path, most);
    } catch (cause) {
      throw storageError('read', path, cause);
    }
  },

  async write(bytes) {
    await isThere(path);
    const part = partOf(path);
    try {
      await makeDirectory(dirname(path));
      await writePart(part, bytes);
      await rename(part, path);
      await syncDirectory(dirname(path));
    } catch (cause) {
      // What went wrong first tells more.
      await rm(part, { force: true }).catch(() => {});
      throw storageError('write', path, cause);
    }
  },

  async remove() {
    if (!(await isThere(path))) return;
    try {
      await rm(path, { force: true });
      await syncDirectory(dirname(path));
    } catch (cause) {
      throw storageError('remove', path, cause);
    }
  },
});

/**
 * Names in a directory, but not those of directories in it; none if there is no such directory.
 * @throws AsbError `STORAGE` if the file system refuses
 */
export const localNames = async (path: string): Promise<string[]> => {
  if ((await kindOf(path)) !== 'directory') return [];
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  } catch (cause) {
    throw storageError('look at', path, cause);
  }
};

/** @throws AsbError `USAGE` for what is no file: to replace or remove a device is nobody's wish */
const isThere = async (file: string): Promise<boolean> => {
  const kind = await kindOf(file);
  if (kind === 'file' || kind === 'none') return kind === 'file';
  throw new AsbError('USAGE', `${file} is a ${kind}; expected a file`, {
    file,
    expected: 'a file',
  });
};

const writePart = async (part: string, bytes: Buffer): Promise<void> => {
  // What a killed run has left, or a link that somebody laid there.
  await rm(part, { force: true });
  const handle = await open(part, 'wx', FILE_MODE);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** @returns all, or `most` bytes and one more */
const readUpTo = async (path: string, most: number): Promise<Buffer> => {
  const handle = await open(path);
  try {
    const pieces: Buffer[] = [];
    let size = 0;
    while (size <= most) {
      const room = Buffer.allocUnsafe(Math.min(READ_SIZE, most + 1 - size));
      const { bytesRead } = await handle.read(room);
      if (bytesRead === 0) break;
      pieces.push(room.subarray(0, bytesRead));
      size += bytesRead;
    }
    return Buffer.concat(pieces);
  } finally {
    await handle.close();
  }
};
