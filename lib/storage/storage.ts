import type { StoredFile } from './stored-file.ts';

/** Where bytes come to rest: a directory, a bucket, a command. */
export interface Storage {
  /** For messages: a path or URL. */
  readonly location: string;
  /** Bytes that each file has beside those that are written to it; none if left out. */
  readonly overhead?: number;
  /**
   * Makes the place ready for a new backup.
   * @throws AsbError `EXISTS` if it holds a backup (any `*.asb`, a manifest or a state, or a part that
   *   was cut off) and `removeFiles` is not set
   */
  prepare(options: { readonly removeFiles: boolean }): Promise<void>;
  /**
   * Makes the place ready for a backup that goes on: what it has is looked at first, and only then is
   * anything removed. Removed is what a run that was cut off has left beside what is kept: whole
   * files that nobody knows of, parts, unfinished uploads. A single file keeps nothing but its part,
   * which {@link Storage.resume} goes on with, or {@link Storage.create} replaces.
   *
   * @param kept the whole files that it has already, as they are stored
   * @param isOurs whether a name is one that this backup gives
   * @throws AsbError `NOT_FOUND` or `TRUNCATED` if a kept file is missing or shorter; `FORMAT` if it is
   *   longer, or its name is none; `EXISTS` if there is a file of another backup, or a single file is
   *   whole already; `USAGE` if nothing is kept here
   */
  prepareToContinue(kept: readonly KeptFile[], isOurs: (name: string) => boolean): Promise<void>;
  /** Starts a file. It is not seen under `name` before {@link StorageFile.close} is done. */
  create(name: string): Promise<StorageFile>;
  /**
   * Goes on with a file that was cut off behind a {@link StorageFile.checkpoint}, in a place where
   * there are such: its first bytes stay, what stands behind them goes.
   *
   * @param bytes stored bytes that stay
   * @param inspect gets them, in order, before this resolves; a chunk is good only in the call
   * @throws AsbError `NOT_FOUND` if there is no such part; `TRUNCATED` if it is shorter; `FORMAT` if
   *   it is none; what `inspect` throws. Then all stays as it was
   */
  resume?(name: string, bytes: number, inspect: (chunk: Uint8Array) => void): Promise<StorageFile>;
  /** Removes a file that was closed; one that is not there is none. */
  remove(name: string): Promise<void>;
}

/** A whole file that stays. */
export interface KeptFile {
  readonly name: string;
  /** As it is stored. */
  readonly bytes: number;
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
  /**
   * Resolves when every byte so far is durable, although not seen. From then on `abort` leaves what
   * there is, for {@link Storage.resume}; more than was written before may be in it. Only where
   * files can be resumed.
   */
  checkpoint?(): Promise<void>;
  /** Resolves when every byte is durable and the file is seen under its name. */
  close(): Promise<void>;
  /**
   * Leaves nothing behind of a file that is not whole, unless it has a checkpoint; never throws. May
   * come at any time, also while a `write` or `close` is under way.
   */
  abort(): Promise<void>;
}
