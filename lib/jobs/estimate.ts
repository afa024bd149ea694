import { addAbortSignal, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Serializer } from '../asb/serializer.ts';
import { COUNTER_SIZE } from '../crypto/ctr.ts';
import type { Encryption } from '../crypto/key.ts';
import { AsbError } from '../errors.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import { PARTITION_COUNT } from '../record/layout.ts';
import { type CompressStage, compress } from '../stages/compress.ts';
import { type ScanOptions, scan } from '../stages/scan.ts';
import type { Cluster } from '../wire/cluster.ts';
import { connectTo } from '../wire/connect.ts';
import { partitionsOfNodes } from '../wire/scan/scan-nodes.ts';
import { countRecords } from '../wire/statistics.ts';
import {
  type Estimated,
  exactly,
  type Moments,
  mapped,
  meanOf,
  partOf,
  productOf,
} from './estimate-math.ts';
import { Sample } from './estimate-sample.ts';
import { JobControl } from './job-control.ts';

export type { Estimated } from './estimate-math.ts';

/** Records in a sample, unless told otherwise. */
export const DEFAULT_SAMPLES = 10_000;

export interface EstimateOptions
  extends Omit<ScanOptions, 'cluster' | 'refuseEmpty' | 'noRecords'> {
  /** About how many records are read and measured. Default 10000. */
  readonly samples?: number;
  readonly compact?: boolean;
  readonly compress?: 'zstd';
  /** zstd level. Default 3. */
  readonly compressionLevel?: number;
  readonly encryption?: Encryption | undefined;
  /** That there is no record is no error. Default false. */
  readonly allowEmpty?: boolean;
}

/** What a backup with the same options would hold now. */
export interface EstimateSummary {
  readonly records: Estimated;
  /** Of .asb text, in one file: with header, indexes and UDF modules. */
  readonly bytes: Estimated;
  /**
   * The same as it would be stored, by the ratio of the sample: a few thousandths more than will be,
   * since more text compresses better. `undefined` without `compress`.
   */
  readonly compressedBytes: number | undefined;
  /** Records that were measured. */
  readonly samples: number;
  /** Milliseconds. */
  readonly elapsed: number;
}

/** An estimate under way. */
export interface EstimateJob {
  readonly progress: {
    /** Records measured so far, and how many shall be. */
    readonly samples: number;
    readonly wanted: number;
    /** Of their text. */
    readonly bytes: number;
  };
  /** Rejects with an AsbError. */
  readonly done: Promise<EstimateSummary>;
  /** Stops; `done` rejects with `ABORTED`. */
  abort(reason?: string): void;
}

class Estimate implements EstimateJob {
  readonly #options: EstimateOptions;
  readonly #wanted: number;
  readonly #control = new JobControl('estimate');
  readonly done: Promise<EstimateSummary>;
  #sample: Sample | undefined;

  constructor(options: EstimateOptions) {
    this.#options = options;
    this.#wanted = options.samples ?? DEFAULT_SAMPLES;
    this.done = this.#control.done(this.#run());
  }

  get progress() {
    const { count = 0, mean = 0 } = this.#sample?.sizes ?? {};
    return { samples: count, wanted: this.#wanted, bytes: Math.round(count * mean) };
  }

  abort(reason?: string): void {
    this.#control.abort(reason);
  }

  async #run(): Promise<EstimateSummary> {
    if (!Number.isInteger(this.#wanted) || this.#wanted < 1) {
      const expected = 'a whole number above 0';
      throw new AsbError('USAGE', `samples is ${this.#wanted}; expected ${expected}`, { expected });
    }
    const cluster = await connectTo(this.#options);
    return this.#of(cluster).finally(() => cluster.close());
  }

  async #of(cluster: Cluster): Promise<EstimateSummary> {
    const { namespace, sets = [], maxRecords = 0 } = this.#options;
    const { compress: method, compressionLevel: level } = this.#options;
    this.#control.signal.throwIfAborted();
    cluster.requireNamespace(namespace);
    const head = await this.#head(cluster);
    const packer =
      method === undefined ? undefined : compress(level === undefined ? {} : { level });
    const all = await countRecords(cluster.nodes, namespace, sets);
    const { found, sizes } = await this.#count(cluster, all, head, packer);
    if (found.most === 0 && this.#options.allowEmpty !== true) throw empty(this.#options);
    const records = maxRecords === 0 ? found : mapped(found, (n) => Math.min(n, maxRecords));
    const text = productOf(records, meanOf(sizes, found.value, records.value));
    const counter = this.#options.encryption === undefined ? 0 : COUNTER_SIZE;
    const bytes = mapped(text, (size) => Math.round(head.length + size + counter));
    const { bytesIn = 1, bytesOut = 1 } = packer?.info ?? {};
    const packed = Math.round((bytes.value * bytesOut) / bytesIn);
    return {
      records: mapped(records, Math.round),
      bytes,
      compressedBytes: packer === undefined ? undefined : packed,
      samples: sizes.count,
      elapsed: this.#control.elapsed,
    };
  }

  /** The text before the first record. */
  async #head(cluster: Cluster): Promise<Buffer> {
    const serializer = new Serializer(this.#options);
    const globals = scan({ ...this.#options, cluster, noRecords: true });
    for await (const global of addAbortSignal(this.#control.signal, globals))
      serializer.push(global);
    return Buffer.concat(serializer.end());
  }

  /**
   * Takes the sample, and finds out how many records a backup would have.
   * @param all records of the namespace or the sets, as the servers count them
   */
  async #count(
    cluster: Cluster,
    all: number,
    head: Buffer,
    packer: CompressStage | undefined,
  ): Promise<{ readonly found: Estimated; readonly sizes: Moments }> {
    const { signal } = this.#control;
    const partitions = await this.#partitions(cluster);
    const { nodes: _nodes, ...options } = this.#options;
    const sample = new Sample({
      scan: { ...options, cluster, partitions, maxRecords: 0 },
      compact: options.compact === true,
      records: all,
      samples: this.#wanted,
      signal,
    });
    this.#sample = sample;
    const packers = packer === undefined ? [] : [packer];
    await pipeline([Readable.from(after(head, sample.text())), ...packers, sink()], { signal });
    const { sizes, complete } = sample;
    const part = partOf(all, weightOf(partitions, options.positions) / PARTITION_COUNT);
    return { found: complete ? exactly(sizes.count) : productOf(part, sample.share), sizes };
  }

  async #partitions(cluster: Cluster): Promise<readonly number[]> {
    const { nodes = [], partitions } = this.#options;
    if (nodes.length > 0) return partitionsOfNodes(cluster, { ...this.#options, nodes });
    return [...new Set(partitions ?? Array(PARTITION_COUNT).keys())];
  }
}

/** Takes what was measured. */
const sink = (): Writable =>
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      giveBack(chunk);
      done();
    },
  });

async function* after(head: Buffer, texts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* texts;
}

/**
 * How many whole partitions these have the records of: of those that are begun, what is left. Their
 * records come from the largest digest to the smallest; the first byte and a half are the partition's.
 */
const weightOf = (
  partitions: readonly number[],
  positions: ReadonlyMap<number, Uint8Array> = new Map(),
): number =>
  partitions.reduce((sum, partition) => {
    const digest = positions.get(partition);
    if (digest === undefined) return sum + 1;
    return sum + (((digest[1]! & 0xf0) << 12) | (digest[2]! << 8) | digest[3]!) / 2 ** 20;
  }, 0);

const empty = ({ namespace, sets = [] }: EstimateOptions): AsbError => {
  const where = sets.length === 0 ? '' : ` in set ${sets.join(', ')}`;
  const what = `found no such record in namespace ${namespace}${where}`;
  return new AsbError('EMPTY', `${what}; if that is right, say --allow-empty`, { namespace });
};

/**
 * Estimates what a backup with these options would hold: scans some records, with all its filters, and
 * measures their text. Nothing is written. The bounds of each number hold in 99.9 % of cases, if nobody
 * writes in the meantime. Those of the bytes suppose that the sample has large records as all have them:
 * of one in a million, which makes half of the bytes, it knows nothing.
 *
 *     const { records, bytes } = await estimate({ seeds, namespace: 'test' }).done;
 *
 * Errors (of `done`): those of `scan`; `USAGE`, `EMPTY` (no record, unless `allowEmpty`), `ABORTED`.
 */
export const estimate = (options: EstimateOptions): EstimateJob => new Estimate(options);
