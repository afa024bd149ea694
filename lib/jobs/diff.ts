import { addAbortSignal } from 'node:stream';
import type { RecordBatch } from '../record/batch.ts';
import type { Global } from '../record/globals.ts';
import type { AsbRecord } from '../record/record.ts';
import { DigestSort, type DigestSortOptions } from '../sort/digest-sort.ts';
import type { SortedBatch } from '../sort/sorted-output.ts';
import type { BackupInput } from './backup-input.ts';
import {
  type BinDifference,
  binsOf,
  changesOf,
  type DiffRules,
  type RecordField,
} from './diff-record.ts';
import { JobControl } from './job-control.ts';
import { globalKey, isSameGlobal, MergedGlobals } from './merged-globals.ts';

/** Where it is: only in the first backup, only in the second, or in both and not the same. */
export type DifferenceKind = 'removed' | 'added' | 'changed';

/** A record that is not the same in both backups. Views are good only in the call that gets them. */
export interface RecordDifference {
  readonly what: 'record';
  readonly kind: DifferenceKind;
  readonly before: AsbRecord | undefined;
  readonly after: AsbRecord | undefined;
  /** What differs beside bins; of a record on one side only, nothing. */
  readonly fields: readonly RecordField[];
  /** Bins that differ; of a record on one side only, all. */
  readonly bins: readonly BinDifference[];
}

/** An index or UDF module that is not the same in both. */
export interface GlobalDifference {
  readonly what: 'global';
  readonly kind: DifferenceKind;
  readonly before: Global | undefined;
  readonly after: Global | undefined;
}

export type Difference = RecordDifference | GlobalDifference;

export interface DiffOptions
  extends Omit<DiffRules, 'bins'>,
    Pick<DigestSortOptions, 'memory' | 'tempDirectory'> {
  /** What `openInput` gives. */
  readonly before: BackupInput;
  readonly after: BackupInput;
  /** Only bins of these names are compared. Default: all. */
  readonly bins?: readonly string[] | undefined;
  /** Gets each difference: those of globals first, then those of records in digest order. */
  readonly onDifference?: (difference: Difference) => Promise<void> | void;
}

/** How many there are of each kind. */
export type DifferenceCounts = Readonly<Record<DifferenceKind | 'same', number>>;

export interface DiffReport {
  /** Whether there is no difference. Namespaces may differ: their names are not compared. */
  readonly isSame: boolean;
  readonly records: DifferenceCounts;
  readonly globals: DifferenceCounts;
  /** Of `bins`, those that no record has: nothing was compared there. */
  readonly missingBins: readonly string[];
  /** Namespaces of the two; `undefined` if nothing says one. */
  readonly namespaces: {
    readonly before: string | undefined;
    readonly after: string | undefined;
  };
  /** Milliseconds from begin to end. */
  readonly elapsed: number;
}

/** A comparison under way. */
export interface DiffJob {
  readonly progress: {
    /** Records read. */
    readonly records: number;
    /** Bytes read, as they are stored. */
    readonly bytes: number;
    /** How much of both was read, 0 to 1; `undefined` if nobody can know. */
    readonly share: number | undefined;
  };
  /** Resolves when all was compared. Rejects with an AsbError, or what `onDifference` throws. */
  readonly done: Promise<DiffReport>;
  /** Stops; `done` rejects with `ABORTED`. */
  abort(reason?: string): void;
}

class Diff implements DiffJob {
  readonly #options: DiffOptions;
  readonly #rules: DiffRules;
  readonly #onDifference: (difference: Difference) => Promise<void> | void;
  readonly #control = new JobControl('diff');
  /** Names of `bins` of which no record had a bin so far. */
  readonly #unseen: Set<string>;
  readonly #records = { same: 0, removed: 0, added: 0, changed: 0 };
  readonly #globals = { same: 0, removed: 0, added: 0, changed: 0 };
  readonly done: Promise<DiffReport>;

  constructor(options: DiffOptions) {
    this.#options = options;
    const { bins, onDifference = () => {} } = options;
    this.#rules = { ...options, bins: bins === undefined ? undefined : new Set(bins) };
    this.#unseen = new Set(bins);
    this.#onDifference = onDifference;
    this.done = this.#control.done(this.#run());
  }

  get progress() {
    const { before, after } = this.#options;
    const bytes = before.info.bytesRead + after.info.bytesRead;
    const total = (before.bytesTotal ?? Number.NaN) + (after.bytesTotal ?? Number.NaN);
    const records = before.info.records + after.info.records;
    return { records, bytes, share: total > 0 ? bytes / total : undefined };
  }

  abort(reason?: string): void {
    this.#control.abort(reason);
  }

  async #run(): Promise<DiffReport> {
    const { before, after, memory, tempDirectory } = this.#options;
    const { signal } = this.#control;
    const sort = new DigestSort({ memory, tempDirectory, keep: 'last-of-each-source' });
    try {
      const globals = await this.#read(sort, before, 0);
      await this.#compareGlobals(globals, await this.#read(sort, after, 1));
      for await (const batch of sort.sorted()) {
        signal.throwIfAborted();
        await this.#compareBatch(batch);
        batch.records.release();
      }
    } finally {
      await sort.close();
    }
    const counts = [this.#records, this.#globals];
    return {
      isSame: counts.every(({ removed, added, changed }) => removed + added + changed === 0),
      records: this.#records,
      globals: this.#globals,
      missingBins: [...this.#unseen],
      namespaces: { before: before.namespace, after: after.namespace },
      elapsed: this.#control.elapsed,
    };
  }

  /** @returns its globals */
  async #read(sort: DigestSort, input: BackupInput, source: number): Promise<MergedGlobals> {
    const globals = new MergedGlobals();
    for await (const chunk of addAbortSignal(this.#control.signal, input.chunks())) {
      if (chunk.kind === 'records') {
        await sort.add(chunk, source);
        chunk.release();
      } else {
        globals.add(chunk);
      }
    }
    return globals;
  }

  async #compareGlobals(first: MergedGlobals, second: MergedGlobals): Promise<void> {
    for (const [key, before] of first.entries()) {
      const after = second.get(key);
      if (after !== undefined && isSameGlobal(before, after)) this.#globals.same++;
      else await this.#tellGlobal(before, after);
    }
    for (const [, after] of second.entries()) {
      if (first.get(globalKey(after)) === undefined) await this.#tellGlobal(undefined, after);
    }
  }

  async #tellGlobal(before: Global | undefined, after: Global | undefined): Promise<void> {
    const kind = kindOf(before, after);
    this.#globals[kind]++;
    await this.#onDifference({ what: 'global', kind, before, after });
  }

  async #compareBatch({ records, sources }: SortedBatch): Promise<void> {
    for (let index = 0; index < sources.length; index++) {
      this.#look(records, index);
      if (sources[index] === 0 && sources[index + 1] === 1 && isPair(records, index)) {
        this.#look(records, index + 1);
        await this.#comparePair(records, index++);
      } else if (sources[index] === 0) {
        await this.#tellRecord(records.at(index), undefined);
      } else {
        await this.#tellRecord(undefined, records.at(index));
      }
    }
  }

  /** Also records that are the same: whoever mistypes a bin is not told that all is well. */
  #look(records: RecordBatch, index: number): void {
    if (this.#unseen.size === 0) return;
    for (const { name } of records.at(index)!.binList()) this.#unseen.delete(name);
  }

  async #comparePair(records: RecordBatch, index: number): Promise<void> {
    if (!isSameMessage(records, index)) {
      const [before, after] = [records.at(index)!, records.at(index + 1)!];
      const { fields, bins } = changesOf(before, after, this.#rules);
      if (fields.length > 0 || bins.length > 0) {
        this.#records.changed++;
        await this.#onDifference({ what: 'record', kind: 'changed', before, after, fields, bins });
        return;
      }
    }
    this.#records.same++;
  }

  async #tellRecord(before: AsbRecord | undefined, after: AsbRecord | undefined): Promise<void> {
    const kind = kindOf(before, after);
    const bins = binsOf(before, after, this.#rules);
    this.#records[kind]++;
    await this.#onDifference({ what: 'record', kind, before, after, fields: [], bins });
  }
}

const kindOf = (before: object | undefined, after: object | undefined): DifferenceKind => {
  if (after === undefined) return 'removed';
  return before === undefined ? 'added' : 'changed';
};

/** Whether the record at `index` and the next one have one digest. */
const isPair = (records: RecordBatch, index: number): boolean =>
  records.at(index)!.digest.equals(records.at(index + 1)!.digest);

/** Most records are the same to the last byte; nothing else is looked at then. */
const isSameMessage = ({ bytes, offsets }: RecordBatch, index: number): boolean => {
  const [start, end, next, nextEnd] = offsets.subarray(index * 2, index * 2 + 4);
  return bytes.compare(bytes, next, nextEnd, start, end) === 0;
};

/**
 * Compares two backups, record by record, in bounded memory however large they are (see `DigestSort`).
 * Records are the same if they have the same digest, set, key, generation, void time and bins; of a
 * backup that has a digest twice, the later record counts. What the namespaces are called does not
 * count, nor does how the backups are packed and in which order their records stand.
 *
 *     const { isSame } = await diffBackups({
 *       before: await openInput({ paths: ['monday'] }),
 *       after: await openInput({ paths: ['tuesday'] }),
 *       onDifference: ({ what, kind }) => console.log(what, kind),
 *     }).done;
 *
 * Errors (of `done`): what is wrong in a backup; `STORAGE` if the temporary directory fails; `RANGE` for
 * a memory outside its limits; `LIMIT` for too many globals.
 */
export const diffBackups = (options: DiffOptions): DiffJob => new Diff(options);
