import { createHash, type Hash } from 'node:crypto';
import type { Storage, StorageFile } from './storage.ts';

/** A storage that knows the SHA-256 of what it stores. */
export interface HashedStorage extends Storage {
  /** SHA-256, in hex, of what was written to a file of this name so far. */
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
  const hashes = new Map<string, Hash>();
  const begin = (name: string): Hash => {
    const hash = createHash('sha256');
    hashes.set(name, hash);
    return hash;
  };
  const { resume } = storage;
  return {
    ...storage,
    sha256Of: (name) => hashes.get(name)!.copy().digest('hex'),
    async create(name) {
      const file = await storage.create(name);
      return hashing(file, begin(file.name));
    },
    ...(resume === undefined
      ? {}
      : {
          async resume(name, bytes, inspect) {
            const hash = begin(name);
            const file = await resume.call(storage, name, bytes, (chunk) => {
              hash.update(chunk);
              inspect(chunk);
            });
            return hashing(file, hash);
          },
        }),
  };
};

const hashing = (file: StorageFile, hash: Hash): StorageFile => ({
  name: file.name,
  location: file.location,
  async write(chunk) {
    hash.update(chunk);
    await file.write(chunk);
  },
  close: () => file.close(),
  abort: () => file.abort(),
  ...(file.checkpoint === undefined ? {} : { checkpoint: () => file.checkpoint!() }),
});
