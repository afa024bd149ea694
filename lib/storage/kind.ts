import { stat } from 'node:fs/promises';
import { codeOf } from '../errors.ts';
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
