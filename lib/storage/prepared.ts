import type { Storage } from './storage.ts';

/**
 * Prepares a storage, but removes an older backup only when the first file is begun: a run that
 * fails before that, or finds nothing, shall not cost the backup that is there.
 *
 * @throws AsbError `EXISTS` and what else `Storage.prepare` throws; with `removeFiles`, the first
 *   `create` does
 */
export const prepared = async (storage: Storage, removeFiles: boolean): Promise<Storage> => {
  if (!removeFiles) {
    await storage.prepare({ removeFiles });
    return storage;
  }
  let removed: Promise<void> | undefined;
  return {
    ...storage,
    async create(name) {
      removed ??= storage.prepare({ removeFiles });
      await removed;
      return storage.create(name);
    },
  };
};
