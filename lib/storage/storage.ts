import type { StoredFile } from './stored-file.ts';

/** Where bytes come to rest: a directory, a bucket, a command. */
export interface Storage {
  /** For messages: a path or URL. */
  readonly location: string;
  /** Bytes that each file has beside those that are written to it; none if left out. */
  readonly overhead?: number;
  /**
   * Makes the place ready for a new backup.
   * @throws AsbError `EXISTS` if it holds a backup (any `*.asb`) and `removeFiles` is not set
   */
  prepare(options: { readonly removeFiles: boolean }): Promise<void>;
  /** Starts a file. It is not seen under `name` before {@link StorageFile.close} is done. */
  create(name: string): Promise<StorageFile>;
  /** Removes a file that was closed; one that is not there is none. */
  remove(name: string): Promise<void>;
}

/** A storage whose files can be read, too. */
export interface Home extends Storage {
  /**
   * The files of the backup that rests there, sorted by name.
   * @throws AsbError `NOT_FOUND` if there is nothing; `EMPTY` if none is a file of a backup
   */
  files(): Promise<readonly StoredFile[]>;
}

export interface StorageFile {
  readonly name: string;
  /** For messages: the whole path or URL. */
  readonly location: string;
  /**
   * Writes all of `chunk`; resolves when the next may come, which may be before it is written, so
   * its bytes must not change any more. One call at a time. A failure may show in a later call.
   */
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves when every byte is durable and the file is seen under its name. */
  close(): Promise<void>;
  /**
   * Leaves nothing behind of a file that is not whole; never throws. May come at any time, also
   * while a `write` or `close` is under way.
   */
  abort(): Promise<void>;
}
