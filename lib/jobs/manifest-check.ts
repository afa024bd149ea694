/** Holds the files of a place against what its manifests say. */
import { AsbError, codeOf, toError } from '../errors.ts';
import { type Document, documentAt, documentNames } from '../storage/documents.ts';
import { backupFiles, joinLocation } from '../storage/homes.ts';
import { MANIFEST_SUFFIX } from '../storage/names.ts';
import type { S3Options } from '../storage/s3/options.ts';
import type { StoredFile } from '../storage/stored-file.ts';
import { type ExpectedFile, sizeFailure } from './file-check.ts';
import { type BackupShape, type Manifest, parseManifest } from './manifest.ts';
import { type Shard, shardText } from './shard.ts';
import { type ReadManifest, shardFailures } from './shard-check.ts';

export interface ManifestOptions {
  /** How S3 is reached, and what is asked of it. */
  readonly s3?: S3Options;
  /** Whether manifests are looked at. Default true. */
  readonly manifest?: boolean;
}

/** A manifest that was found, without its list of files. */
export interface FoundManifest extends Omit<Manifest, 'files' | 'options'> {
  readonly location: string;
  /** Of an incremental backup: it has only what was written then or later. */
  readonly modifiedAfter?: Date;
  /** It has only what was written before. */
  readonly modifiedBefore?: Date;
  /** Of a backup with some of the bins, their names; with none of them, none. */
  readonly bins?: readonly string[];
}

/** A place, and what its manifests say of it. */
export interface CheckedPlace {
  /** As it was given: a file, a directory, or `s3://bucket/…`. */
  readonly location: string;
  /** What there is, sorted by name. */
  readonly files: readonly StoredFile[];
  /** None: nobody can tell whether a file is missing, or was cut between two records. */
  readonly manifests: readonly FoundManifest[];
  /** What is wrong with manifests, and files that are missing or strangers. */
  readonly failures: readonly Error[];
  /** Files that are not as large as they must be; who reads them to the end finds that, too. */
  readonly wrongSizes: readonly Error[];
  /** What each file must be; those that no manifest names are not in it. */
  readonly expected: ReadonlyMap<StoredFile, ExpectedFile>;
}

/**
 * Finds the files of a place (as {@link backupFiles} does), and holds them against its manifests:
 * the `*.manifest.json` in a directory or under a prefix, `FILE.manifest.json` beside a file.
 *
 * `failures` has, in this order: manifests that cannot be read (`FORMAT` …) or are of a backup that is
 * not complete (`TRUNCATED`); shards that are missing or do not belong together ({@link shardFailures});
 * files that are missing (`NOT_FOUND`) or named by no manifest (`FORMAT`).
 * `wrongSizes` has `TRUNCATED` for a file that is too small, and `FORMAT` for one too large.
 *
 * @throws AsbError `NOT_FOUND` and `EMPTY` if there is neither a file nor a manifest; `STORAGE` if the
 *   file system or S3 refuses
 */
export const checkPlace = async (
  location: string,
  options: ManifestOptions = {},
): Promise<CheckedPlace> => {
  const { s3, manifest = true } = options;
  if (!manifest) return unchecked(location, await backupFiles(location, s3));
  const place = await lookAt(location, s3);
  const check = new PlaceCheck(place);
  for (const document of await manifestsOf(place, s3)) {
    const read = await parsed(document);
    if (read !== undefined) check.add(document.location, read);
  }
  if (check.isEmpty && place.absence !== undefined) throw place.absence;
  return check.isEmpty ? unchecked(location, place.files) : check.end();
};

/** Without a manifest there is nothing to hold the files against. */
const unchecked = (location: string, files: readonly StoredFile[]): CheckedPlace => ({
  location,
  files,
  manifests: [],
  failures: [],
  wrongSizes: [],
  expected: new Map(),
});

/** What there is at a location. */
interface Place {
  readonly location: string;
  readonly files: readonly StoredFile[];
  /** One file, there or not, and no directory or prefix. */
  readonly isFile: boolean;
  /** Why there is no file; a manifest may still tell which are missing. */
  readonly absence?: Error;
}

const lookAt = async (location: string, s3: S3Options | undefined): Promise<Place> => {
  try {
    const files = await backupFiles(location, s3);
    return { location, files, isFile: files[0]?.location === location };
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'NOT_FOUND' && code !== 'EMPTY') throw error;
    return { location, files: [], isFile: code === 'NOT_FOUND', absence: toError(error) };
  }
};

/** Where manifests are, or may be. */
const manifestsOf = async (
  { location, files, isFile }: Place,
  s3: S3Options | undefined,
): Promise<Document[]> => {
  if (!isFile) {
    const names = await documentNames(location, MANIFEST_SUFFIX, s3);
    return names.map((name) => documentAt(joinLocation(location, name), s3));
  }
  const isPipe = files.some(({ size }) => size === undefined);
  return isPipe ? [] : [documentAt(`${location}${MANIFEST_SUFFIX}`, s3)];
};

/** @returns the manifest, or why it is none; `undefined` if it is not there */
const parsed = async (document: Document): Promise<Manifest | Error | undefined> => {
  try {
    const text = await document.read();
    return text === undefined ? undefined : parseManifest(text, document.location);
  } catch (error) {
    return toError(error);
  }
};

/** The files of one place against one manifest after the other. */
class PlaceCheck {
  readonly #place: Place;
  readonly #byName: ReadonlyMap<string, StoredFile>;
  readonly #expected = new Map<StoredFile, ExpectedFile>();
  readonly #read: ReadManifest[] = [];
  /** Locations of manifests that could not be read. */
  readonly #unread = new Set<string>();
  /** Of manifests first: what is wrong with files may follow from it. */
  readonly #ofManifests: Error[] = [];
  readonly #ofFiles: Error[] = [];
  readonly #wrongSizes: Error[] = [];

  constructor(place: Place) {
    this.#place = place;
    this.#byName = new Map(place.files.map((file) => [file.name, file]));
  }

  /** Whether there was no manifest yet. */
  get isEmpty(): boolean {
    return this.#read.length === 0 && this.#unread.size === 0;
  }

  add(location: string, manifest: Manifest | Error): void {
    if (manifest instanceof Error) {
      this.#ofManifests.push(manifest);
      this.#unread.add(location);
      return;
    }
    const { files, complete, shard } = manifest;
    this.#read.push({ location, manifest });
    if (!complete) this.#ofManifests.push(incomplete(location, shard));
    // A single file may have been renamed together with its manifest.
    const only = this.#place.isFile && files.length === 1 ? this.#place.files[0] : undefined;
    for (const said of files) {
      this.#hold({ ...said, manifest: location }, only ?? this.#byName.get(said.name));
    }
  }

  end(): CheckedPlace {
    const { location, files } = this.#place;
    this.#ofManifests.push(...shardFailures(location, this.#read, this.#unread));
    // A manifest that is not complete, or was not read, may not name every file.
    const strangers = this.#ofManifests.length > 0 ? [] : files;
    for (const file of strangers) {
      if (!this.#expected.has(file)) this.#ofFiles.push(this.#foreign(file));
    }
    return {
      location,
      files,
      manifests: this.#read.map(foundIn),
      failures: [...this.#ofManifests, ...this.#ofFiles],
      wrongSizes: this.#wrongSizes,
      expected: this.#expected,
    };
  }

  #hold(expected: ExpectedFile, file: StoredFile | undefined): void {
    if (file === undefined) {
      const { location, isFile } = this.#place;
      const where = isFile ? location : joinLocation(location, expected.name);
      this.#ofFiles.push(missing(where, expected.manifest));
      return;
    }
    const other = this.#expected.get(file) ?? expected;
    if (other.sha256 !== expected.sha256) {
      this.#ofFiles.push(disputed(file.location, other.manifest, expected.manifest));
      return;
    }
    this.#expected.set(file, expected);
    const failure = file.size === undefined ? undefined : sizeFailure(file, expected, file.size);
    if (failure !== undefined) this.#wrongSizes.push(failure);
  }

  #foreign({ location: file }: StoredFile): AsbError {
    const manifests = this.#read.map(({ location }) => location).join(', ');
    return new AsbError(
      'FORMAT',
      `${file} is not of this backup: ${manifests} does not name it; take it away, or take all ` +
        'that is there (--no-manifest)',
      { file, expected: 'only files that a manifest names' },
    );
  }
}

const foundIn = ({ location, manifest }: ReadManifest): FoundManifest => {
  const { tool, namespace, shard, begun, ended, complete } = manifest;
  const which = shard === undefined ? {} : { shard };
  const times = {
    ...timeIn(manifest.options, 'modifiedAfter'),
    ...timeIn(manifest.options, 'modifiedBefore'),
  };
  const some = binsOf(manifest.options);
  const chosen = some === undefined ? {} : { bins: some };
  return { location, tool, namespace, ...which, begun, ended, complete, ...times, ...chosen };
};

/** Options are only shown, and may be any JSON: what is no time is none. */
const timeIn = (
  options: BackupShape,
  name: 'modifiedAfter' | 'modifiedBefore',
): Pick<FoundManifest, 'modifiedAfter' | 'modifiedBefore'> => {
  const text = options[name];
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? {} : { [name]: new Date(time) };
};

const binsOf = ({ bins, noBins }: BackupShape): string[] | undefined => {
  if (noBins === true) return [];
  return Array.isArray(bins) ? bins.map(String) : undefined;
};

const incomplete = (file: string, shard: Shard | undefined): AsbError => {
  const which = shard === undefined ? '' : ` --shard ${shardText(shard)}`;
  return new AsbError(
    'TRUNCATED',
    `${file} is of a backup that is not complete: it still runs, or was cut off; go on with it ` +
      `(asb backup --continue${which}), or take what is there (--no-manifest)`,
    { file, expected: 'a complete backup' },
  );
};

const missing = (file: string, manifest: string): AsbError =>
  new AsbError('NOT_FOUND', `${file} is missing: ${manifest} names it; bring it from a copy`, {
    file,
    expected: `the file that ${manifest} names`,
  });

const disputed = (file: string, one: string, other: string): AsbError =>
  new AsbError('FORMAT', `${one} and ${other} name different files ${file}; remove the wrong one`, {
    file,
    expected: 'one manifest that names it',
  });
