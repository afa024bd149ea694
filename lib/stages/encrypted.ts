import { COUNTER_SIZE, Encryptor } from '../crypto/ctr.ts';
import type { Encryption } from '../crypto/key.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import type { Storage, StorageFile } from '../storage/storage.ts';

/**
 * The same place, with each file encrypted by itself, as asbackup does it: a file can be read
 * without the others, so encryption comes after `rotate` has cut.
 *
 *     rotate({ storage: encrypted(directory('out'), { mode: 'aes256', key }), name: 'test' })
 */
export const encrypted = (storage: Storage, encryption: Encryption): Storage => ({
  location: storage.location,
  overhead: (storage.overhead ?? 0) + COUNTER_SIZE,
  prepare: (options) => storage.prepare(options),
  remove: (name) => storage.remove(name),
  create: async (name) => new EncryptedFile(await storage.create(name), new Encryptor(encryption)),
});

class EncryptedFile implements StorageFile {
  readonly name: string;
  readonly location: string;
  readonly #file: StorageFile;
  readonly #encryptor: Encryptor;

  constructor(file: StorageFile, encryptor: Encryptor) {
    this.name = file.name;
    this.location = file.location;
    this.#file = file;
    this.#encryptor = encryptor;
  }

  async write(chunk: Uint8Array): Promise<void> {
    const bytes = this.#encryptor.push(chunk);
    giveBack(chunk);
    await this.#file.write(bytes);
  }

  async close(): Promise<void> {
    const counter = this.#encryptor.end();
    if (counter.length > 0) await this.#file.write(counter);
    await this.#file.close();
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }
}
