/** Small texts beside a backup: its manifest, its state. */
import { AsbError } from '../errors.ts';
import { localDocument, localNames } from './local-document.ts';
import { compareNames } from './names.ts';
import type { S3Options } from './s3/options.ts';
import { s3Document, s3Names } from './s3/s3-document.ts';
import { isS3Url, parseS3Url } from './s3/url.ts';

/** Bytes of the largest document that is read or written: of a backup of 400,000 files, and more. */
export const MAX_DOCUMENT = 128 * 1024 * 1024;

/** A text that is there as a whole or not at all. Calls come one at a time. */
export interface Document {
  /** For messages: a path or URL. */
  readonly location: string;
  /**
   * The text; `undefined` if it is not there.
   * @throws AsbError `LIMIT` above {@link MAX_DOCUMENT}; `FORMAT` unless it is UTF-8; `USAGE` if a
   *   directory or device has its name; `STORAGE`
   */
  read(): Promise<string | undefined>;
  /**
   * Takes the place of an older one at once, and resolves when it is durable.
   * @throws AsbError `LIMIT` above {@link MAX_DOCUMENT}; `STORAGE`
   */
  write(text: string): Promise<void>;
  /**
   * Removes it; one that is not there is none.
   * @throws AsbError `STORAGE`
   */
  remove(): Promise<void>;
}

/** The same for bytes: what each kind of place knows to do. */
export interface DocumentBytes {
  readonly location: string;
  /**
   * @param most bytes; of a larger one, that many and one more are enough
   * @returns `undefined` if it is not there
   */
  read(most: number): Promise<Buffer | undefined>;
  write(bytes: Buffer): Promise<void>;
  remove(): Promise<void>;
}

/**
 * A document, wherever it rests. In S3, all its requests go over one connection, made when it is
 * first needed.
 *
 * A local one is written under a hidden name beside it (mode 0600), synced, and renamed; the
 * directory is made if it is missing (0700). What a run that was killed has left is replaced.
 *
 * @param location a path, or `s3://bucket/key`
 * @throws AsbError `USAGE` for a URL without a bucket or key, and options that no transfer can work
 *   with; `RANGE` for such options
 */
export const documentAt = (location: string, s3: S3Options = {}): Document => {
  const bytes = isS3Url(location)
    ? s3Document({ ...s3, ...parseS3Url(location) })
    : localDocument(location);
  return {
    location: bytes.location,

    async read() {
      const found = await bytes.read(MAX_DOCUMENT);
      if (found === undefined) return undefined;
      if (found.length > MAX_DOCUMENT) throw tooLarge(bytes.location);
      return textIn(found, bytes.location);
    },

    async write(text) {
      const encoded = Buffer.from(text);
      if (encoded.length > MAX_DOCUMENT) throw tooLarge(bytes.location);
      await bytes.write(encoded);
    },

    remove: () => bytes.remove(),
  };
};

/**
 * The names of documents in a directory, or right under a prefix, sorted; hidden ones are left out.
 * None if the place is not there.
 *
 * @param place a path, or `s3://bucket/prefix`
 * @param suffix how the names end
 * @throws AsbError `STORAGE` if the file system or the service refuses; and as {@link documentAt}
 */
export const documentNames = async (
  place: string,
  suffix: string,
  s3: S3Options = {},
): Promise<string[]> => {
  const names = isS3Url(place)
    ? await s3Names({ ...s3, ...parseS3Url(place) })
    : await localNames(place);
  return names.filter((name) => name.endsWith(suffix) && !name.startsWith('.')).sort(compareNames);
};

const textIn = (bytes: Buffer, file: string): string => {
  try {
    // What was written is read: a byte order mark, too.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AsbError('FORMAT', `${file} is not UTF-8; was it damaged?`, {
      file,
      expected: 'UTF-8',
      cause,
    });
  }
};

const tooLarge = (file: string): AsbError => {
  const expected = `at most ${MAX_DOCUMENT} bytes`;
  return new AsbError('LIMIT', `${file} is too large; expected ${expected}`, { file, expected });
};
