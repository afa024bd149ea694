import { createHash, type Hash } from 'node:crypto';
import type { Storage, StorageFile } from './storage.ts';

/** A storage that knows the SHA-256 of what it stores. */
export interface HashedStorage extends Storage {
  /** SHA-256, in hex, of what was written to the file of this name so far. */
  sha256Of(name: string): string;
}

/**
 * The same place, with a sum over the bytes of each file as they are stored: so it stands behind
 * encryption.
 *
 *     const home = hashed(directory('out'));
 *     const storage = encrypted(home, encryption);
 */
export const hashed = (storage: Storage): HashedStorage => {
  const sums = new Map<string, () => string>();
  const hashing = (file: StorageFile, hash: Hash): StorageFile => {
    sums.set(file.name, () => hash.copy().digest('hex'));
    const { checkpoint } = file;
    return {
      name: file.name,
      location: file.location,
      async write(chunk) {
        hash.update(chunk);
        await file.write(chunk);
      },
      async close() {
        await file.close();
        const sum = hash.digest('hex');
        sums.set(file.name, () => sum);
      },
      abort: () => file.abort(),
      ...(checkpoint === undefined ? {} : { checkpoint: () => checkpoint.call(file) }),
    };
  };
  const { resume } = storage;
  return {
    ...storage,
    sha256Of: (name) => sums.get(name)!(),
    create: async (name) => hashing(await storage.create(name), createHash('sha256')),
    ...(resume === undefined
      ? {}
      : {
          async resume(name, bytes, inspect) {
            const hash = createHash('sha256');
            const file = await resume.call(storage, name, bytes, (chunk) => {
              hash.update(chunk);
              inspect(chunk);
            });
            return hashing(file, hash);
          },
        }),
  };
};
