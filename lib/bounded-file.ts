import { createReadStream } from 'node:fs';

/**
 * Reads a file that has no business to be large; a pipe (`<(…)` in a shell) will do.
 *
 * @param limit most bytes that it may have; of a larger one, little more is read
 * @returns `undefined` if it is larger
 * @throws what Node throws for a file that can't be read
 */
export const readBounded = async (path: string, limit: number): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  // One byte more than may be in it: `end` counts from 0.
  for await (const chunk of createReadStream(path, { end: limit })) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return bytes.length > limit ? undefined : bytes;
};
