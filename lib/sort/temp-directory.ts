import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { storageError } from '../storage/storage-error.ts';

/** How the names of the directories begin: hidden, and found again if a process was killed. */
export const TEMP_PREFIX = '.asb-sort-';

/**
 * A hidden directory of one process's own (mode 0700, its files 0600), made when the first file is.
 * What is in it is of no use to anybody else, and goes with it.
 */
export class TempDirectory {
  readonly #parent: string;
  #path: Promise<string> | undefined;
  #files = 0;

  /** @param parent the directory that it is made in; it must be there */
  constructor(parent: string) {
    this.#parent = parent;
  }

  /**
   * A new file, open for writing.
   * @throws AsbError `STORAGE`
   */
  async create(): Promise<{ readonly path: string; readonly handle: FileHandle }> {
    this.#path ??= mkdtemp(join(this.#parent, TEMP_PREFIX)).catch((cause: unknown) => {
      throw storageError('make a directory in', this.#parent, cause);
    });
    const path = join(await this.#path, `run-${this.#files++}`);
    const handle = await open(path, 'wx', 0o600).catch((cause: unknown) => {
      throw storageError('create', path, cause);
    });
    return { path, handle };
  }

  /**
   * Removes the directory with all that is in it.
   * @throws AsbError `STORAGE`
   */
  async remove(): Promise<void> {
    // Where there is none, whoever wanted one was told so.
    const path = await this.#path?.catch(() => undefined);
    if (path === undefined) return;
    await rm(path, { recursive: true, force: true }).catch((cause: unknown) => {
      throw storageError('remove', path, cause);
    });
  }
}
