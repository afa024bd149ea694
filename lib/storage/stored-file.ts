import type { Readable } from 'node:stream';

/** What was found of a file: enough for another thread to open the same one. */
export interface FoundFile {
  /** For messages: a path or URL. */
  readonly location: string;
  /** Bytes; `undefined` if nobody can say: a pipe, which can be opened only once. */
  readonly size: number | undefined;
  /** Of an object, its ETag: another content under the same name has another. */
  readonly etag?: string;
}

/** A file of a backup, wherever it rests, to be read from its beginning. */
export interface StoredFile extends FoundFile {
  /** Without the place: `test_00000.asb`. */
  readonly name: string;
  /**
   * Starts to read. The chunks are bytes, cut anywhere; whoever needs one no more may give it back
   * (`giveBack`), so that its memory is used again.
   *
   * The stream fails with AsbError `STORAGE`.
   */
  open(): Readable;
}

/** A stream of one file's bytes, as a file that can be opened once. */
export const streamedFile = (input: Readable, location = '-'): StoredFile => ({
  name: '-',
  location,
  size: undefined,
  open: () => input,
});

/** Bytes of all files; `undefined` if nobody can say. */
export const totalSize = (files: readonly Pick<StoredFile, 'size'>[]): number | undefined =>
  files.reduce<number | undefined>(
    (sum, { size }) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );
