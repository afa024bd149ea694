import { COUNTER_SIZE, Decryptor, Encryptor } from '../crypto/ctr.ts';
import type { Encryption } from '../crypto/key.ts';
import { AsbError, inFile } from '../errors.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import type { Storage, StorageFile } from '../storage/storage.ts';
import { BACKUP_BEGINNING } from './content.ts';
import { DECRYPTED_MAGIC_SIZE } from './decrypt.ts';

/**
 * The same place, with each file encrypted by itself, as asbackup does it: a file can be read
 * without the others, so encryption comes after `rotate` has cut.
 *
 *     rotate({ storage: encrypted(directory('out'), { mode: 'aes256', key }), name: 'test' })
 *
 * `resume` counts bytes as they are stored, and `inspect` gets them so. It goes on with the counter
 * that the file has, and throws AsbError `KEY` if key or mode are not those that it was begun with.
 */
export const encrypted = (storage: Storage, encryption: Encryption): Storage => ({
  location: storage.location,
  overhead: (storage.overhead ?? 0) + COUNTER_SIZE,
  prepare: (options) => storage.prepare(options),
  prepareToContinue: (kept, isOurs) => storage.prepareToContinue(kept, isOurs),
  remove: (name) => storage.remove(name),
  create: async (name) => new EncryptedFile(await storage.create(name), new Encryptor(encryption)),
  ...(storage.resume === undefined
    ? {}
    : { resume: resumeOf(storage.resume.bind(storage), storage.location, encryption) }),
});

type Resume = NonNullable<Storage['resume']>;

const resumeOf =
  (resume: Resume, location: string, encryption: Encryption): Resume =>
  async (name, bytes, inspect) => {
    if (bytes < COUNTER_SIZE) throw noCounter(location, bytes);
    let head: Buffer = Buffer.alloc(0);
    const file = await resume(name, bytes, (chunk) => {
      if (head.length < DECRYPTED_MAGIC_SIZE) {
        head = Buffer.concat([head, chunk.subarray(0, DECRYPTED_MAGIC_SIZE - head.length)]);
        // Before anything is cut: nobody could read bytes of another key behind those of the first.
        if (head.length === DECRYPTED_MAGIC_SIZE) checkKey(head, location, encryption);
      }
      inspect(chunk);
    });
    return new EncryptedFile(file, new Encryptor(encryption, { head, bytes }));
  };

/** @throws AsbError `KEY` */
const checkKey = (head: Buffer, location: string, encryption: Encryption): void => {
  try {
    new Decryptor(encryption, BACKUP_BEGINNING).push(head);
  } catch (error) {
    throw inFile(error, location);
  }
};

const noCounter = (file: string, bytes: number): AsbError => {
  const expected = `${COUNTER_SIZE} bytes or more`;
  return new AsbError(
    'FORMAT',
    `${file}: no encrypted file goes on behind ${bytes} bytes; expected ${expected}`,
    { file, expected },
  );
};

class EncryptedFile implements StorageFile {
  readonly name: string;
  readonly location: string;
  readonly checkpoint?: () => Promise<void>;
  readonly #file: StorageFile;
  readonly #encryptor: Encryptor;

  constructor(file: StorageFile, encryptor: Encryptor) {
    this.name = file.name;
    this.location = file.location;
    this.#file = file;
    this.#encryptor = encryptor;
    const checkpoint = file.checkpoint?.bind(file);
    if (checkpoint !== undefined) {
      this.checkpoint = async () => {
        await this.#writeCounter();
        await checkpoint();
      };
    }
  }

  async write(chunk: Uint8Array): Promise<void> {
    const bytes = this.#encryptor.push(chunk);
    giveBack(chunk);
    await this.#file.write(bytes);
  }

  async close(): Promise<void> {
    await this.#writeCounter();
    await this.#file.close();
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }

  /** Of a file without any bytes; else it stands before the first ones. */
  async #writeCounter(): Promise<void> {
    const counter = this.#encryptor.end();
    if (counter.length > 0) await this.#file.write(counter);
  }
}
