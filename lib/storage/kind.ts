import { stat } from 'node:fs/promises';
import { AsbError, codeOf } from '../errors.ts';
import { storageError } from './storage-error.ts';

/** What is at a path. A `device` is anything but a file or directory: a FIFO, /dev/null. */
export type Kind = 'none' | 'file' | 'directory' | 'device';

/** @throws AsbError `STORAGE` if the path cannot be looked at */
export const kindOf = async (path: string): Promise<Kind> => {
  try {
    const found = await stat(path);
    if (found.isFile()) return 'file';
    return found.isDirectory() ? 'directory' : 'device';
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return 'none';
    throw storageError('look at', path, cause);
  }
};

export const fileExists = (file: string): AsbError =>
  new AsbError(
    'EXISTS',
    `${file} exists; choose another place, or have it removed first (--remove-files)`,
    {
      file,
    },
  );
