import { createHash } from 'node:crypto';
import { AsbError } from '../errors.ts';
import type { StoredFile } from '../storage/stored-file.ts';
import type { ManifestFile } from './manifest.ts';

/** What a manifest says of a file. */
export interface ExpectedFile extends ManifestFile {
  /** Path or URL of the manifest. */
  readonly manifest: string;
}

/** What was found in a file. */
export interface FoundContent {
  readonly records: number;
  readonly indexes: number;
  readonly udfs: number;
}

/**
 * Holds a file against its manifest while it is read.
 *
 *     const check = new FileCheck(file, expected);
 *     for await (const bytes of file.open()) check.update(bytes);
 *     check.end({ records, indexes, udfs });
 */
export class FileCheck {
  readonly #file: StoredFile;
  readonly #expected: ExpectedFile;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor(file: StoredFile, expected: ExpectedFile) {
    this.#file = file;
    this.#expected = expected;
  }

  /** The next bytes, as they are stored. */
  update(bytes: Buffer): void {
    this.#bytes += bytes.length;
    this.#hash.update(bytes);
  }

  /**
   * All was read.
   * @throws AsbError `TRUNCATED` if there were fewer bytes, `FORMAT` if there were more, or others; if
   *   the bytes are the same and hold something else, the manifest is wrong: `FORMAT`, too
   */
  end(found: FoundContent): void {
    const expected = this.#expected;
    const { location: file } = this.#file;
    const failure = sizeFailure(this.#file, expected, this.#bytes);
    if (failure !== undefined) throw failure;
    if (this.#hash.digest('hex') !== expected.sha256) {
      throw new AsbError(
        'FORMAT',
        `${file} was changed since the backup was made: its SHA-256 is not that of ` +
          `${expected.manifest}; restore from another copy`,
        { file, expected: `SHA-256 ${expected.sha256}` },
      );
    }
    for (const what of ['records', 'indexes', 'udfs'] as const) {
      if (found[what] === expected[what]) continue;
      throw new AsbError(
        'FORMAT',
        `${file} holds ${found[what]} ${what}, and ${expected.manifest} says ${expected[what]}: the ` +
          'manifest was changed; bring it from a copy',
        { file, expected: `${expected[what]} ${what}` },
      );
    }
  }
}

/**
 * @param bytes that the file has
 * @returns `TRUNCATED` or `FORMAT` unless it has as many as the manifest says
 */
export const sizeFailure = (
  { location: file }: StoredFile,
  { manifest, bytes: right }: ExpectedFile,
  bytes: number,
): AsbError | undefined => {
  if (bytes === right) return undefined;
  const was = bytes < right ? 'was cut' : 'has grown';
  return new AsbError(
    bytes < right ? 'TRUNCATED' : 'FORMAT',
    `${file} ${was}: it has ${bytes} bytes, and ${manifest} says ${right}; restore from another copy`,
    { file, expected: `${right} bytes` },
  );
};
