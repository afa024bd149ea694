import { AsbError, toError } from '../errors.ts';
import { type Document, documentAt } from '../storage/documents.ts';
import { joinLocation } from '../storage/homes.ts';
import type { StoredFile } from '../storage/stored-file.ts';
import type { ReadFile } from './restore-file.ts';
import type { RestoreOptions } from './restore-options.ts';
import { pathsOf, type RestoreFiles } from './restore-source.ts';
import {
  parseRestoreState,
  type RestoredFile,
  type RestoreState,
  restoreStateText,
  shapeOfRestore,
} from './restore-state.ts';
import { requireSameShape, stateLocation } from './state.ts';
import { packageVersion } from './version.ts';

/** What follows the namespace in the name of a state in a directory. */
export const RESTORE_STATE_SUFFIX = '.restore.state';

/**
 * The books of a restore: which files are done, told to the state as they are.
 *
 *     const ledger = await RestoreLedger.open(options, files, 'test');
 *     if (!ledger.wasDone(0, file)) … ledger.add(0, file, sums);
 *     await ledger.settle();
 *     await ledger.remove();
 */
export class RestoreLedger {
  readonly #places: readonly string[];
  readonly #document: Document;
  readonly #files: RestoreFiles;
  readonly #state: RestoreState;
  /** Place and name of the files that were done when this run began. */
  readonly #begun: ReadonlySet<string>;
  readonly #done: RestoredFile[];
  #saving: Promise<void> | undefined;
  #isSaved = true;
  #failure: Error | undefined;

  private constructor(
    places: readonly string[],
    document: Document,
    files: RestoreFiles,
    state: RestoreState,
  ) {
    this.#places = places;
    this.#document = document;
    this.#files = files;
    this.#state = state;
    this.#done = [...state.files];
    this.#begun = new Set(state.files.map(({ place, name }) => keyOf(place, name)));
  }

  /**
   * Begins a state, or takes up that of a restore that was cut off.
   *
   * @param namespace where records go: the state in a directory has its name
   * @returns `undefined` if nobody asked for one
   * @throws AsbError `EXISTS` for a new one where one is; `NOT_FOUND` if there is none to go on from,
   *   `FORMAT` if it is none, or a file that is done has changed; `USAGE` if it is of a restore with
   *   other options; and what {@link Document} throws
   */
  static async open(
    options: RestoreOptions,
    files: RestoreFiles,
    namespace: string,
  ): Promise<RestoreLedger | undefined> {
    const { stateFile, continueFrom, s3 } = options;
    const asked = continueFrom ?? stateFile;
    if (asked === undefined) return undefined;
    const location = await stateLocation(asked, `${namespace}${RESTORE_STATE_SUFFIX}`);
    const document = documentAt(location, s3);
    const shape = shapeOfRestore(options);
    const places = pathsOf(options);
    const text = await document.read();
    if (continueFrom !== undefined) {
      if (text === undefined) throw noState(document.location);
      const state = parseRestoreState(text, document.location);
      requireSameShape(shape, state.options, document.location, 'a restore');
      const ledger = new RestoreLedger(places, document, files, state);
      ledger.#requireSameFiles();
      return ledger;
    }
    if (text !== undefined) throw stateExists(document.location);
    const tool = `asb-streams ${packageVersion()}`;
    const state = { tool, begun: new Date(), options: shape, files: [] };
    const ledger = new RestoreLedger(places, document, files, state);
    await ledger.#save();
    return ledger;
  }

  /** Where the state is. */
  get location(): string {
    return this.#document.location;
  }

  /** What was done when this run began. */
  get begun(): { readonly files: number; readonly records: number } {
    const { files } = this.#state;
    const records = files.reduce((sum, file) => sum + file.records, 0);
    return { files: files.length, records };
  }

  /** Whether a file was done when this run began. */
  wasDone(place: number, { name }: StoredFile): boolean {
    return this.#begun.has(keyOf(place, name));
  }

  /**
   * Every record of a file is acknowledged. The state is saved beside what goes on; what ends while
   * it is being saved goes with the next one.
   *
   * @throws AsbError if it could not be saved before
   */
  add(
    place: number,
    file: StoredFile,
    { bytes, records }: Pick<ReadFile, 'bytes' | 'records'>,
  ): void {
    const { name } = file;
    const sha256 = this.#files.expected.get(file)?.sha256;
    const known = sha256 === undefined ? {} : { sha256 };
    this.#done.push({ place, name, bytes, ...known, records });
    this.#isSaved = false;
    this.#saving ??= this.#saveAll();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Settles when the state is saved. @throws AsbError `STORAGE`, `LIMIT` if it cannot be */
  async settle(): Promise<void> {
    await this.#saving;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** All is done: nobody has to go on. */
  remove(): Promise<void> {
    return this.#document.remove();
  }

  /** Never rejects. */
  async #saveAll(): Promise<void> {
    try {
      while (!this.#isSaved) {
        this.#isSaved = true;
        await this.#save();
      }
    } catch (error) {
      this.#failure = toError(error);
    }
    this.#saving = undefined;
  }

  #save(): Promise<void> {
    return this.#document.write(restoreStateText({ ...this.#state, files: this.#done }));
  }

  /** What is done must still be what was restored. */
  #requireSameFiles(): void {
    const { groups, expected } = this.#files;
    for (const { place, name, bytes, sha256 } of this.#state.files) {
      const file = groups[place]?.find((one) => one.name === name);
      if (file === undefined) {
        const where = joinLocation(this.#places[place] ?? '', name);
        throw changed(where, this.location, 'is not there any more');
      }
      if (file.size !== bytes) {
        const now = `had ${bytes} bytes then, and has ${file.size} now`;
        throw changed(file.location, this.location, now);
      }
      const now = expected.get(file)?.sha256;
      if (sha256 !== undefined && now !== undefined && now !== sha256) {
        throw changed(file.location, this.location, 'has another SHA-256 now');
      }
    }
  }
}

/** No name has a slash in it. */
const keyOf = (place: number, name: string): string => `${place}/${name}`;

const noState = (file: string): AsbError =>
  new AsbError(
    'NOT_FOUND',
    `there is no state of a restore at ${file}: it came to its end, or was never begun`,
    { file, expected: 'the state of a restore that was cut off' },
  );

const stateExists = (file: string): AsbError =>
  new AsbError(
    'EXISTS',
    `${file} exists: a restore that was cut off left it; go on with it (--continue ${file}), or ` +
      'remove it',
    { file },
  );

const changed = (file: string, state: string, how: string): AsbError =>
  new AsbError(
    'FORMAT',
    `${file} is restored already, as ${state} says, but ${how}; begin anew with another state`,
    { file, expected: 'the files that were there when the restore was cut off' },
  );
