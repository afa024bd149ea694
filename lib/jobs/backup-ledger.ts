import { messageOf } from '../errors.ts';
import { Coverage } from '../record/coverage.ts';
import type { Document } from '../storage/documents.ts';
import { compareNames } from '../storage/names.ts';
import type { HolderBitmaps } from '../wire/scan/holders.ts';
import { ranges } from '../wire/scan/partition-list.ts';
import { type BackupState, type SafePart, stateText } from './backup-state.ts';
import { type ManifestFile, manifestText } from './manifest.ts';

export interface BackupLedgerOptions {
  /** What is safe at the begin. */
  readonly safe: BackupState;
  /** Where the state is kept; a backup that cannot go on has none. */
  readonly state: Document | undefined;
  /** Where the manifest is; a stream has none. */
  readonly manifest: Document | undefined;
  /** Which nodes held the partitions when the scan began. Default: none is known. */
  readonly holders?: () => HolderBitmaps;
  readonly onNotice?: (notice: string) => void;
}

/**
 * The books of a backup: what is safe so far, told to the state at each file's end, and to the
 * manifest at the begin and the end. Calls come one at a time.
 */
export class BackupLedger {
  readonly #options: BackupLedgerOptions;
  readonly #files: ManifestFile[];
  #coverage = new Coverage();
  #part: SafePart | undefined;
  #begun = false;

  constructor(options: BackupLedgerOptions) {
    const { safe } = options;
    this.#options = options;
    this.#files = [...safe.files];
    this.#part = safe.part;
    this.#coverage.merge(safe.coverage);
  }

  /** Where the state is; `undefined` if this backup cannot go on later. */
  get location(): string | undefined {
    return this.#options.state?.location;
  }

  /** Those that are whole, in order. */
  get files(): readonly ManifestFile[] {
    return this.#files;
  }

  /** Whether there is something to go on from. */
  get hasProgress(): boolean {
    return this.#files.length > 0 || this.#part !== undefined;
  }

  /** Before the first byte: whoever looks sees that it is not complete, and can go on with it. */
  async begin(): Promise<void> {
    this.#begun = true;
    await this.#saveState();
    await this.#saveManifest(false);
  }

  /** What was safe is not to be gone on with again: from now on more is written behind it. */
  async forget(): Promise<void> {
    await this.#options.state?.remove();
  }

  /** A file is whole and durable. */
  async addFile(file: ManifestFile, coverage: Coverage): Promise<void> {
    // Threads end files in any order; documents have them in that of their names.
    const after = this.#files.findLastIndex(({ name }) => compareNames(name, file.name) < 0);
    this.#files.splice(after + 1, 0, file);
    this.#coverage.merge(coverage);
    await this.#saveState();
    // Another backup that began here at the same moment, and failed, has taken it away with its own.
    const found = await this.#options.manifest?.read();
    if (found === undefined) await this.#saveManifest(false);
  }

  /**
   * So much of a single file, or of a stream, is safe.
   * @param added what this run has added to it so far
   */
  async reach(bytes: number, sha256: string | undefined, added: Coverage): Promise<void> {
    this.#setCoverage(added);
    const { records, indexes, udfs } = this.#coverage;
    this.#part = { bytes, ...(sha256 === undefined ? {} : { sha256 }), records, indexes, udfs };
    await this.#saveState();
  }

  /** The single file is whole and durable. */
  setFile(name: string, bytes: number, sha256: string, added: Coverage): void {
    this.#setCoverage(added);
    this.#files.push(manifestFileOf({ name, bytes, coverage: this.#coverage }, sha256));
  }

  /** All is safe: the manifest says so, and nobody has to go on. */
  async finish(): Promise<void> {
    await this.#saveManifest(true);
    await this.#options.state?.remove();
  }

  /**
   * The backup failed. What there is to go on from is kept, and else nothing.
   * @returns where the state is, if it is kept
   */
  async fail(): Promise<string | undefined> {
    const { state, manifest, onNotice } = this.#options;
    if (!this.#begun) return undefined; // nothing was touched yet
    try {
      if (state !== undefined && this.hasProgress) {
        await this.#saveManifest(false);
        return state.location;
      }
      await state?.remove();
      await manifest?.remove();
    } catch (error) {
      // As when the disk is full: the state that was saved at the end of the last file still holds.
      onNotice?.(messageOf(error));
      return this.hasProgress ? this.location : undefined;
    }
    return undefined;
  }

  #setCoverage(added: Coverage): void {
    this.#coverage = new Coverage();
    this.#coverage.merge(this.#options.safe.coverage);
    this.#coverage.merge(added);
  }

  async #saveState(): Promise<void> {
    const { safe, state } = this.#options;
    if (state === undefined) return;
    const { tool, namespace, shard, options, begun, replaces } = safe;
    await state.write(
      stateText({
        tool,
        namespace,
        shard,
        options,
        begun,
        replaces,
        files: this.#files,
        part: this.#part,
        coverage: this.#coverage,
        holders: this.#options.holders?.() ?? new Map(),
      }),
    );
  }

  async #saveManifest(complete: boolean): Promise<void> {
    const { safe, manifest } = this.#options;
    if (manifest === undefined) return;
    const { tool, namespace, shard, options, begun } = safe;
    const head = { tool, namespace, shard, options, begun, ended: new Date(), complete };
    await manifest.write(manifestText({ ...head, files: this.#files }));
  }
}

/** A file as the manifest and the state have it. */
export const manifestFileOf = (
  { name, bytes, coverage }: { name: string; bytes: number; coverage: Coverage },
  sha256: string,
): ManifestFile => {
  const { records, indexes, udfs } = coverage;
  const partitions = ranges(coverage.partitions, Number.POSITIVE_INFINITY);
  return { name, bytes, sha256, records, indexes, udfs, partitions };
};
