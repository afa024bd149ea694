import type { Storage, StorageFile } from '../../lib/storage/storage.ts';

/** What happens to the files, in order: `create a`, `close a`, `closed a`, `abort a`. */
export interface MemoryStorage extends Storage {
  readonly files: Map<string, Buffer>;
  readonly events: string[];
}

export interface MemoryStorageOptions {
  /** Runs before each step takes effect; may fail or wait. */
  readonly before?: (step: string, name: string) => Promise<void>;
  /** Sees each chunk that is written. */
  readonly write?: (chunk: Uint8Array) => void;
}

/** Files in memory, for what rotation does to any storage. */
export const memoryStorage = ({
  before = async () => {},
  write = () => {},
}: MemoryStorageOptions = {}): MemoryStorage => {
  const files = new Map<string, Buffer>();
  const events: string[] = [];
  return {
    files,
    events,
    location: 'memory',
    prepare: async () => {},
    prepareToContinue: async () => {},
    async create(name): Promise<StorageFile> {
      await before('create', name);
      events.push(`create ${name}`);
      const chunks: Uint8Array[] = [];
      let closed = false;
      return {
        name,
        location: `memory/${name}`,
        async write(chunk) {
          await before('write', name);
          write(chunk);
          chunks.push(Uint8Array.from(chunk));
        },
        async close() {
          events.push(`close ${name}`);
          await before('close', name);
          closed = true;
          files.set(name, Buffer.concat(chunks));
          events.push(`closed ${name}`);
        },
        async abort() {
          if (!closed) events.push(`abort ${name}`);
        },
      };
    },
    async remove(name) {
      files.delete(name);
    },
  };
};
