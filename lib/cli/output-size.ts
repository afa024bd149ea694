import { fstatSync } from 'node:fs';

/** Bytes that a file has which standard output is appended to; `undefined` for a pipe or device. */
export const outputSizeOf = (fd: number): number | undefined => {
  const found = fstatSync(fd);
  return found.isFile() ? found.size : undefined;
};
