import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { Encryption } from '../crypto/key.ts';
import { encrypted } from '../stages/encrypted.ts';
import { oneFile } from '../stages/one-file.ts';
import { rotate } from '../stages/rotate.ts';
import { type HomeOptions, homeAt } from '../storage/homes.ts';
import type { Home } from '../storage/storage.ts';
import { storageError } from '../storage/storage-error.ts';
import type { BenchSettings } from './settings.ts';

/** How the names of files begin that a benchmark writes. */
export const FILE_PREFIX = 'asb-bench';

/** The end of a chain, where bytes come to rest. */
export interface End {
  readonly stream: Writable;
  /** Bytes of all files so far. */
  readonly bytes: () => number;
  /** Where they are, to be read. */
  readonly home: Home;
  /** Removes the files that were written. */
  clear(): Promise<void>;
}

export interface EndOptions {
  readonly settings: BenchSettings;
  /** Of the files of `rotate`, where they are encrypted. */
  readonly encryption: Encryption;
}

/** Where benchmarks write: a directory or a prefix in S3, with nothing of a backup in it. */
export class BenchPlace {
  readonly #location: string;
  readonly #options: HomeOptions;
  readonly #isTemporary: boolean;

  private constructor(location: string, options: HomeOptions, isTemporary: boolean) {
    this.#location = location;
    this.#options = options;
    this.#isTemporary = isTemporary;
  }

  /**
   * @param location a path, or `s3://bucket/prefix`; left out: a new temporary directory
   * @throws AsbError `STORAGE` if none can be made
   */
  static async open(location: string | undefined, options: HomeOptions): Promise<BenchPlace> {
    if (location !== undefined) return new BenchPlace(location, options, false);
    const parent = tmpdir();
    const path = await mkdtemp(join(parent, `${FILE_PREFIX}-`)).catch((cause: unknown) => {
      throw storageError('make a directory in', parent, cause);
    });
    return new BenchPlace(path, options, true);
  }

  /**
   * Files as `rotate` makes them. The stream fails with `EXISTS` if there is a backup.
   * @throws AsbError as `homeAt` and `rotate`
   */
  files({ settings, encryption }: EndOptions): End {
    const home = this.#home(settings);
    const { fileLimit, encrypt } = settings;
    const storage =
      encrypt === undefined ? home : encrypted(home, { ...encryption, mode: encrypt });
    const stream = rotate({
      storage,
      name: FILE_PREFIX,
      ...(fileLimit === undefined ? {} : { fileLimit }),
    });
    const names = () => stream.info.files.map(({ name }) => name);
    return { stream, home, bytes: () => stream.info.bytes, clear: () => clear(home, names()) };
  }

  /**
   * One file, as `upload` makes it. The stream fails with `EXISTS` if there is a backup.
   * @throws AsbError as `homeAt`
   */
  file({ settings }: Pick<EndOptions, 'settings'>): End {
    const home = this.#home(settings);
    const name = `${FILE_PREFIX}.asb`;
    let isOurs = false;
    const stream = oneFile({
      prepare: () => home.prepare({ removeFiles: false }),
      open: async () => {
        const file = await home.create(name);
        isOurs = true;
        return file;
      },
    });
    const names = () => (isOurs ? [name] : []);
    return { stream, home, bytes: () => stream.info.bytes, clear: () => clear(home, names()) };
  }

  /** Removes a temporary directory. */
  async close(): Promise<void> {
    if (this.#isTemporary) await rm(this.#location, { recursive: true, force: true });
  }

  #home({ minPartSize, maxAsyncUploads }: BenchSettings): Home {
    return homeAt(this.#location, {
      ...this.#options,
      ...(minPartSize === undefined ? {} : { minPartSize }),
      ...(maxAsyncUploads === undefined ? {} : { maxAsyncUploads }),
    });
  }
}

const clear = async (home: Home, names: readonly string[]): Promise<void> => {
  for (const name of names) await home.remove(name);
};
