import { AsbError, codeOf } from '../errors.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is larger than allowed here',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'a part of the path is no directory',
  EISDIR: 'it is a directory',
  EEXIST: 'a file is in its place',
  EIO: 'the device failed',
};

/** @param doing as in "cannot write"; @param file the path concerned; @param cause what Node threw */
export const storageError = (doing: string, file: string, cause: unknown): AsbError => {
  const code = codeOf(cause);
  const words = code === undefined ? String(cause) : `${WORDS[code] ?? 'it failed'} (${code})`;
  return new AsbError('STORAGE', `cannot ${doing} ${file}: ${words}`, { file, cause });
};
