import { addAbortSignal } from 'node:stream';
import { Serializer } from '../asb/serializer.ts';
import { RecordBatch } from '../record/batch.ts';
import { PARTITION_COUNT } from '../record/layout.ts';
import { type ScanOptions, scan } from '../stages/scan.ts';
import { isFiltered } from '../wire/scan/scan-selection.ts';
import { type Estimated, exactly, Moments, shareOf } from './estimate-math.ts';

/** A sample has records of so many partitions, if each has enough of them. */
const SPREAD = 64;
/** Fewer records of a partition would not tell which share of it passes. */
const FEWEST = 20;
/** Where partitions are small, a sample comes in about so many scans. */
const GROUPS = 8;
/** Filters may look at so many records for each of the sample: what then was found has to do. */
const MOST_LOOKED_AT = 100;

export interface SampleOptions {
  /** Which records; of the partitions, only those that are wanted. */
  readonly scan: ScanOptions & { readonly partitions: readonly number[] };
  /** Blobs raw and not in base64. */
  readonly compact: boolean;
  /** Records of the namespace, or of the sets: in all partitions, without filters. */
  readonly records: number;
  /** Records that the sample should have. */
  readonly samples: number;
  readonly signal: AbortSignal;
}

/** Where a scan of one partition began and was cut off: the digests of those two records. */
interface Cut {
  readonly first: Buffer;
  readonly end: Buffer;
}

/**
 * Takes a sample of records from everywhere: digests are hashes, so those at the begin of a partition
 * are as good as any. Where there are filters, it counts what they leave out.
 */
export class Sample {
  readonly #options: SampleOptions;
  readonly #serializer: Serializer;
  readonly #filtered: boolean;
  /** Bytes of .asb text of each record. If none passed, and not all were seen: of some that did not. */
  readonly sizes = new Moments();
  /** Records that were looked at, and those of them that passed the filters. */
  #looked = 0;
  #passed = 0;
  #complete: boolean;

  constructor(options: SampleOptions) {
    const { scan: wanted, compact } = options;
    const { namespace, bins = [] } = wanted;
    this.#options = options;
    this.#complete = wanted.partitions.length === 0;
    this.#serializer = new Serializer({ namespace, compact, reuseMemory: true, continues: 'text' });
    // The server leaves out records that have none of the bins.
    this.#filtered = isFiltered(wanted) || bins.length > 0;
  }

  /** Whether every record that is wanted was seen. */
  get complete(): boolean {
    return this.#complete;
  }

  /** The share of records that pass the filters. */
  get share(): Estimated {
    if (!this.#filtered) return exactly(1);
    return shareOf(this.#passed, this.#looked, this.#options.records);
  }

  /** Takes it; gives the text of the records, lent. */
  async *text(): AsyncGenerator<Buffer> {
    const { samples } = this.#options;
    const ids = [...this.#options.scan.partitions].sort(
      (one, other) => scattered(one) - scattered(other),
    );
    const inEach = this.#options.records / PARTITION_COUNT;
    const spread = Math.min(SPREAD, ids.length);
    const isLarge = inEach * spread > samples;
    let size = isLarge ? 1 : samples / inEach / GROUPS;
    let isCut = false;
    for (let at = 0; at < ids.length && !this.#enough; ) {
      const partitions = ids.slice(at, at + Math.ceil(size));
      at += partitions.length;
      const most = isLarge && partitions.length === 1 ? samples / spread : 0;
      const cut = yield* this.#take(partitions, Math.max(most && FEWEST, Math.ceil(most)));
      isCut ||= cut !== undefined;
      this.#complete = at === ids.length && !isCut;
      if (this.#filtered) this.#looked += await this.#count(partitions, cut);
      // Where few records pass, more partitions at once: but not many more than are needed.
      const needed = (samples / GROUPS / this.sizes.count) * at;
      size = cut === undefined ? Math.max(1, Math.min(2 * size, needed)) : 1;
    }
    if (this.sizes.count > 0 || this.#complete) return;
    for await (const batch of this.#scan({ maxRecords: FEWEST }, withoutFilters)) {
      yield* this.#measured(batch);
      batch.release();
    }
  }

  get #enough(): boolean {
    const { samples } = this.#options;
    return this.sizes.count >= samples || this.#looked >= samples * MOST_LOOKED_AT;
  }

  /**
   * Takes records of some partitions.
   * @param enough so many at most; 0: all
   * @returns where that was cut off
   */
  async *#take(
    partitions: readonly number[],
    enough: number,
  ): AsyncGenerator<Buffer, Cut | undefined> {
    let first: Buffer | undefined;
    let end: Buffer | undefined;
    let count = 0;
    for await (const batch of this.#scan({ partitions, maxRecords: enough })) {
      count += batch.length;
      first ??= digestAt(batch, 0);
      end = digestAt(batch, batch.length - 1);
      yield* this.#measured(batch);
      batch.release();
    }
    this.#passed += count;
    if (first === undefined || end === undefined || count !== enough) return undefined;
    // Where it was cut off stands a record that passed: that is certain, and so tells nothing.
    this.#passed--;
    return { first, end };
  }

  *#measured({ bytes, offsets }: RecordBatch): Generator<Buffer> {
    for (let index = 0; index < offsets.length; index += 2) {
      const text = this.#serializer.push(
        new RecordBatch(bytes, offsets.subarray(index, index + 2)),
      );
      this.sizes.add(text.reduce((sum, { length }) => sum + length, 0));
      yield* text;
    }
  }

  /** How many records partitions have without the filters; before the cut, if there was one. */
  async #count(partitions: readonly number[], cut: Cut | undefined): Promise<number> {
    let count = 0;
    for await (const batch of this.#scan({ partitions, noBins: true }, withoutFilters)) {
      for (const { digest } of batch) {
        if (cut !== undefined && !isBefore(digest, cut)) return count;
        count++;
      }
      batch.release();
    }
    return count;
  }

  /** @param change of what is scanned */
  #scan(
    options: Partial<ScanOptions>,
    change: (wanted: ScanOptions) => ScanOptions = (wanted) => wanted,
  ): AsyncIterable<RecordBatch> {
    const stage = scan({
      ...change(this.#options.scan),
      noIndexes: true,
      noUdfs: true,
      reuseMemory: true,
      ...options,
    });
    return addAbortSignal(this.#options.signal, stage);
  }
}

/** The same records, and those that filters leave out. */
const withoutFilters = ({
  bins: _bins,
  modifiedAfter: _modifiedAfter,
  modifiedBefore: _modifiedBefore,
  noTtlOnly: _noTtlOnly,
  filterExpression: _filterExpression,
  ...wanted
}: ScanOptions): ScanOptions => wanted;

/** A copy: the batch's memory is used again. */
const digestAt = (batch: RecordBatch, index: number): Buffer =>
  Buffer.from(batch.at(index)!.digest);

/** The digests of a partition fall, or rise: not every server need have the same order. */
const isBefore = (digest: Buffer, { first, end }: Cut): boolean =>
  Buffer.compare(digest, end) === Buffer.compare(first, end);

/** A partition's place in an order in which any first few come from everywhere. */
const scattered = (partition: number): number => (partition * 2531) % PARTITION_COUNT;
