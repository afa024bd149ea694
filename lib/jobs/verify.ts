import type { Readable } from 'node:stream';
import type { Encryption } from '../crypto/key.ts';
import { AsbError, toError } from '../errors.ts';
import type { Meter } from '../meter/meter.ts';
import { Census } from '../record/census.ts';
import { EPOCH_SECONDS } from '../record/layout.ts';
import { type StoredFile, streamedFile, totalSize } from '../storage/stored-file.ts';
import type { ExpectedFile } from './file-check.ts';
import { JobControl } from './job-control.ts';
import { checkPlace, type FoundManifest, type ManifestOptions } from './manifest-check.ts';
import { FileVerifier, type VerifiedFile } from './verified-file.ts';

/** Files read at once: while one waits for zstd or the disk, the other is parsed. */
const FILES_AT_ONCE = 2;

export interface VerifyOptions extends ManifestOptions {
  /** Files, and directories with `*.asb` in them; either may be `s3://bucket/…`. */
  readonly paths?: readonly string[];
  /** One more backup, as a stream of its bytes; `-` in the report. */
  readonly input?: Readable;
  /** How those of them are encrypted that are. */
  readonly encryption?: Encryption;
  /** Largest zstd window to decode, as a power of two (10–31). Default 27, 128 MiB. */
  readonly windowLog?: number;
  /** When records with an earlier void time count as expired. Default: now. */
  readonly now?: Date;
  /** Told of the stages that read: `read`, `unpack`, `parse`, `count`. */
  readonly meter?: Meter | undefined;
}

/** What the records of one namespace are. */
export interface VerifiedNamespace {
  readonly namespace: string;
  readonly census: Census;
}

/** Where files were, and who says what they must be. */
export interface VerifiedPlace {
  /** As it was given, or `-` for an input. */
  readonly location: string;
  /**
   * None: nobody can tell whether a file is missing, was cut exactly between two records, or was
   * changed to something else that can be read.
   */
  readonly manifests: readonly FoundManifest[];
}

/** What was found in all files. */
export interface VerifyReport {
  /** In the order in which they were given; not those where nothing was found. */
  readonly places: readonly VerifiedPlace[];
  /** In the order in which they were given; those of a directory by name. */
  readonly files: readonly VerifiedFile[];
  /** Versions of the format, each once, ascending. */
  readonly versions: readonly string[];
  /** Namespaces that headers or records name, in the order of their names. */
  readonly namespaces: readonly VerifiedNamespace[];
  readonly records: number;
  readonly expired: number;
  readonly indexes: number;
  readonly udfs: number;
  /** Bytes of all files, as they are stored, and of the text in them. */
  readonly bytes: number;
  readonly textBytes: number;
  /**
   * What is wrong, with file and place: paths that could not be read, what manifests name and is not
   * there, or do not name; then the files' damage.
   */
  readonly failures: readonly Error[];
  /** Milliseconds from begin to end. */
  readonly elapsed: number;
}

/** A verification under way. */
export interface VerifyJob {
  readonly progress: {
    readonly records: number;
    readonly bytes: number;
    /** Bytes of all files; `undefined` if nobody can say. */
    readonly totalBytes: number | undefined;
  };
  /**
   * Resolves when every file was read, whatever is wrong with some: see `failures`.
   * Rejects with `ABORTED`, or `USAGE` if there is nothing to read.
   */
  readonly done: Promise<VerifyReport>;
  /** Stops; `done` rejects with `ABORTED`. */
  abort(reason?: string): void;
}

class Verify implements VerifyJob {
  readonly #options: VerifyOptions;
  /** Seconds, as void times count. */
  readonly #now: number;
  readonly #control = new JobControl('verify');
  readonly #censuses = new Map<string, Census>();
  readonly #running = new Set<FileVerifier>();
  readonly #failures: Error[] = [];
  readonly #places: VerifiedPlace[] = [];
  readonly #expected = new Map<StoredFile, ExpectedFile>();
  #files: readonly StoredFile[] = [];
  #finished = { records: 0, bytes: 0 };
  readonly done: Promise<VerifyReport>;

  constructor(options: VerifyOptions) {
    this.#options = options;
    const now = options.now ?? new Date();
    this.#now = Math.floor(now.getTime() / 1000) - EPOCH_SECONDS;
    this.done = this.#control.done(this.#run());
  }

  get progress() {
    let { records, bytes } = this.#finished;
    for (const { progress } of this.#running) {
      records += progress.records;
      bytes += progress.bytes;
    }
    return { records, bytes, totalBytes: totalSize(this.#files) };
  }

  abort(reason?: string): void {
    this.#control.abort(reason);
  }

  async #run(): Promise<VerifyReport> {
    const { paths = [], input, meter } = this.#options;
    if (paths.length === 0 && input === undefined) {
      throw new AsbError('USAGE', 'nothing to verify: paths or an input are needed');
    }
    this.#files = await this.#find(paths, input);
    meter?.expect('read', 'unpack', 'parse', 'count');
    const verified: VerifiedFile[] = [];
    const queue = this.#files.entries();
    const worker = async (): Promise<void> => {
      // One iterator for all: each takes the next file.
      for (const [index, file] of queue) verified[index] = await this.#verify(file);
    };
    await Promise.all(Array.from({ length: FILES_AT_ONCE }, worker));
    return this.#report(verified);
  }

  async #find(paths: readonly string[], input: Readable | undefined): Promise<StoredFile[]> {
    const files: StoredFile[] = [];
    for (const path of paths) {
      try {
        const place = await checkPlace(path, this.#options);
        files.push(...place.files);
        for (const [file, expected] of place.expected) this.#expected.set(file, expected);
        this.#failures.push(...place.failures);
        this.#places.push({ location: place.location, manifests: place.manifests });
      } catch (error) {
        this.#failures.push(toError(error));
      }
    }
    if (input !== undefined) {
      const file = streamedFile(input);
      files.push(file);
      this.#places.push({ location: file.location, manifests: [] });
    }
    return files;
  }

  async #verify(file: StoredFile): Promise<VerifiedFile> {
    const { signal } = this.#control;
    signal.throwIfAborted();
    const { encryption, windowLog, meter } = this.#options;
    const verifier = new FileVerifier(file, {
      signal,
      meter,
      expected: this.#expected.get(file),
      censusOf: (namespace) => this.#censusOf(namespace),
      ...(encryption === undefined ? {} : { encryption }),
      ...(windowLog === undefined ? {} : { windowLog }),
    });
    this.#running.add(verifier);
    const verified = await verifier.run().finally(() => this.#running.delete(verifier));
    this.#finished.records += verified.records;
    this.#finished.bytes += verified.bytes;
    return verified;
  }

  #censusOf(namespace: string): Census {
    const known = this.#censuses.get(namespace);
    if (known !== undefined) return known;
    const census = new Census(this.#now);
    this.#censuses.set(namespace, census);
    return census;
  }

  #report(files: readonly VerifiedFile[]): VerifyReport {
    const sum = (of: (file: VerifiedFile) => number): number =>
      files.reduce((total, file) => total + of(file), 0);
    // A file without records may still name its namespace.
    for (const { namespace } of files) if (namespace !== undefined) this.#censusOf(namespace);
    const censuses = Array.from(this.#censuses, ([namespace, census]) => ({ namespace, census }));
    censuses.sort((one, other) => (one.namespace < other.namespace ? -1 : 1));
    const versions = files.flatMap(({ version }) => version ?? []);
    return {
      places: this.#places,
      files,
      versions: [...new Set(versions)].sort(),
      namespaces: censuses,
      records: sum(({ records }) => records),
      expired: censuses.reduce((total, { census }) => total + census.expired, 0),
      indexes: sum(({ indexes }) => indexes),
      udfs: sum(({ udfs }) => udfs),
      bytes: sum(({ bytes }) => bytes),
      textBytes: sum(({ textBytes }) => textBytes),
      failures: [...this.#failures, ...files.flatMap(({ failure }) => failure ?? [])],
      elapsed: this.#control.elapsed,
    };
  }
}

/**
 * Reads backups up to their last byte, without a cluster, and tells what is in them, and where they
 * are damaged. Files are of any version and from any writer, plain, compressed or encrypted. Where a
 * backup has a manifest, its files are held against that (`manifest: false` leaves it out).
 *
 *     const report = await verify({ paths: ['out'] }).done;
 *     for (const failure of report.failures) console.error(failure.message);
 */
export const verify = (options: VerifyOptions): VerifyJob => new Verify(options);
