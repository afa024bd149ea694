/** Files under the name that they have until they are whole. */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AsbError, codeOf } from '../errors.ts';
import { partNameOf } from './names.ts';
import { storageError } from './storage-error.ts';

/** Only the owner may read: a backup holds what the database does. */
export const FILE_MODE = 0o600;

const READ_SIZE = 1024 * 1024;

/** The path of the part of a file. */
export const partOf = (location: string): string =>
  join(dirname(location), partNameOf(basename(location)));

/**
 * Begins a part.
 * @throws AsbError `EXISTS` if somebody else writes this file, or was cut off while doing so;
 *   `STORAGE` if it cannot be made
 */
export const createPart = async (location: string): Promise<FileHandle> => {
  const part = partOf(location);
  try {
    return await open(part, 'wx', FILE_MODE);
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') throw storageError('create', location, cause);
    throw new AsbError(
      'EXISTS',
      `${part} exists: another backup writes it, or was cut off; remove it, or choose another place`,
      { file: part, cause },
    );
  }
};

/**
 * Opens a part again, and stands behind its first bytes; nothing follows them any more.
 *
 * @param bytes how many stay
 * @param inspect gets them, in order; a chunk is good only in the call
 * @throws AsbError `NOT_FOUND` if there is no part; `TRUNCATED` if it is shorter; `FORMAT` if it is
 *   no file; `STORAGE` if it cannot be read or written; what `inspect` throws
 */
export const reopenPart = async (
  location: string,
  bytes: number,
  inspect: (chunk: Uint8Array) => void,
): Promise<FileHandle> => {
  const part = partOf(location);
  const refused = (cause: unknown): never => {
    throw storageError('go on with', part, cause);
  };
  const handle = await openFound(part);
  try {
    const found = await handle.stat().catch(refused);
    if (!found.isFile()) throw noPart(part);
    if (found.size < bytes) throw tooShort(part, found.size, bytes);
    const room = Buffer.allocUnsafe(Math.min(READ_SIZE, bytes));
    // From where the file stands, so that it stands behind them in the end.
    for (let at = 0; at < bytes; ) {
      const size = Math.min(room.length, bytes - at);
      const { bytesRead } = await handle.read(room, 0, size, null).catch(refused);
      if (bytesRead === 0) throw tooShort(part, at, bytes);
      inspect(room.subarray(0, bytesRead));
      at += bytesRead;
    }
    await handle.truncate(bytes).catch(refused);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
};

/** What tells a file from others, as `stat` gives it; good for as long as the file is there. */
export interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
}

/** Whether a path still names this file. Throws what Node throws. */
export const isSameFile = async ({ dev, ino }: FileIdentity, path: string): Promise<boolean> => {
  const found = await lstat(path);
  return found.ino === ino && found.dev === dev;
};

const openFound = async (part: string): Promise<FileHandle> => {
  try {
    // No link: it would lead to a file that is not ours. And no FIFO is waited for.
    return await open(part, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT') throw missing(part);
    if (code === 'ELOOP' || code === 'EISDIR') throw noPart(part);
    throw storageError('open', part, cause);
  }
};

const missing = (file: string): AsbError =>
  new AsbError('NOT_FOUND', `there is no ${file}: this backup cannot be gone on with; begin anew`, {
    file,
    expected: 'what an earlier run has left',
  });

const noPart = (file: string): AsbError =>
  new AsbError('FORMAT', `${file} is no file: this backup cannot be gone on with; begin anew`, {
    file,
    expected: 'a file',
  });

const tooShort = (file: string, size: number, bytes: number): AsbError =>
  new AsbError(
    'TRUNCATED',
    `${file} ends after ${size} bytes, of which ${bytes} were safe: somebody has changed it; begin anew`,
    { file, offset: size, expected: `${bytes} bytes or more` },
  );
