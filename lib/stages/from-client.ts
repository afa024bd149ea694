import { Readable } from 'node:stream';
import { clientError } from '../client/client-error.ts';
import { type ClientReading, ClientRecordReader } from '../client/record-reader.ts';
import type { ClientQuery } from '../client/source.ts';
import type { Doubt } from '../client/value-reader.ts';
import { AsbError, toError } from '../errors.ts';
import type { RecordBatch } from '../record/batch.ts';
import { PARTITION_COUNT } from '../record/layout.ts';

export interface FromClientOptions extends ClientReading {
  /** A query or scan policy of the client, for each page. */
  readonly policy?: object;
  /** Partitions to read. Default all: `{ begin: 0, count: 4096 }`. */
  readonly partitions?: { readonly begin: number; readonly count: number };
  /** Bytes of records that a page is meant to have. Default 4 MiB. */
  readonly pageSize?: number;
  /** Bytes of records that a page may have: what lies in memory at most. Default 256 MiB. */
  readonly pageLimit?: number;
  /** The time in ms, for void times. Default `Date.now`. */
  readonly now?: () => number;
}

export interface FromClientInfo {
  readonly records: number;
  /** Queries that were made. */
  readonly pages: number;
  /** How often something was accepted that the client leaves open. */
  readonly accepted: Readonly<Record<Doubt, number>>;
}

/** A `fromClient` stage: gives batches of records. */
export interface FromClientStage extends Readable {
  readonly info: FromClientInfo;
}

export const DEFAULT_PAGE_SIZE = 4 * 1024 * 1024;
export const DEFAULT_PAGE_LIMIT = 256 * 1024 * 1024;
const BATCH_SIZE = 512 * 1024;
const BATCHES_WAITING = 2;
/** A page has at most so many times the partitions of the one before. */
const GROWTH = 16;

/** @throws AsbError `USAGE` for a query that makes pages or picks partitions itself, or partitions that are none */
const check = (query: ClientQuery, { partitions }: FromClientOptions): void => {
  if (query.partFilter !== undefined) {
    throw usage(
      'the query has partitions, of its own or of another fromClient: make a new one, and give them to fromClient',
    );
  }
  if (query.paginate || query.maxRecords) {
    throw usage('the query has pages or a largest number of records: fromClient makes the pages');
  }
  if (partitions === undefined) return;
  const { begin, count } = partitions;
  if (![begin, count].every(Number.isInteger) || begin < 0 || count < 1) {
    throw usage(`no partitions: ${count} from ${begin} on`);
  }
  if (begin + count > PARTITION_COUNT) {
    throw usage(`there are ${PARTITION_COUNT} partitions, and not ${begin + count}`);
  }
};

const usage = (message: string): AsbError => new AsbError('USAGE', message);

class FromClient extends Readable implements FromClientStage {
  readonly #query: ClientQuery;
  readonly #options: FromClientOptions;
  readonly #reader: ClientRecordReader;
  #records = 0;
  #pages = 0;
  #go: (() => void) | undefined;
  /** Settles when no query is under way, nor will be. */
  #over: Promise<void> | undefined;

  constructor(query: ClientQuery, options: FromClientOptions, reader: ClientRecordReader) {
    super({ objectMode: true, highWaterMark: BATCHES_WAITING });
    this.#query = query;
    this.#options = options;
    this.#reader = reader;
  }

  get info(): FromClientInfo {
    return { records: this.#records, pages: this.#pages, accepted: this.#reader.accepted };
  }

  override _construct(done: (error?: Error | null) => void): void {
    done();
    this.#over = this.#run().catch((error: unknown) => {
      this.destroy(toError(error));
    });
  }

  override _read(): void {
    this.#go?.();
  }

  /** Whoever hears that this is closed may close the client, which crashes amid a query. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#go?.();
    this.#over!.then(() => done(error));
  }

  /** Page by page: the next one is asked for when all of the last was taken. */
  async #run(): Promise<void> {
    const { partitions = { begin: 0, count: PARTITION_COUNT }, pageSize = DEFAULT_PAGE_SIZE } =
      this.#options;
    const end = partitions.begin + partitions.count;
    for (let begin = partitions.begin, count = 1; begin < end; ) {
      const page = await this.#page(begin, Math.min(count, end - begin));
      if (!(await this.#give(page.batches))) return;
      begin += count;
      const growth = Math.min(GROWTH, pageSize / Math.max(1, page.bytes));
      count = Math.max(1, Math.floor(count * growth));
    }
    this.push(null);
  }

  /** Settles when the reader wants more: with false if it never will. */
  async #give(batches: readonly RecordBatch[]): Promise<boolean> {
    for (const batch of batches) {
      if (this.destroyed) return false;
      this.#records += batch.length;
      if (!this.push(batch)) await new Promise<void>((resolve) => (this.#go = resolve));
    }
    return !this.destroyed;
  }

  /**
   * All records of some partitions, as batches. It settles when the query is over, whatever comes:
   * the client may crash, too, when it is closed soon after a query was aborted.
   */
  #page(begin: number, count: number): Promise<{ batches: RecordBatch[]; bytes: number }> {
    const { policy, pageLimit = DEFAULT_PAGE_LIMIT, now = Date.now } = this.#options;
    const reader = this.#reader;
    const batches: RecordBatch[] = [];
    let bytes = 0;
    let failure: Error | undefined;
    const take = (): void => {
      if (reader.byteLength === 0) return;
      bytes += reader.byteLength;
      batches.push(reader.build());
    };
    return new Promise((resolve, reject) => {
      this.#pages++;
      this.#query.partitions(begin, count);
      const stream = this.#query.foreach(policy);
      stream.on('error', (error) => reject(clientError(error, this.#query.ns)));
      stream.on('end', () => {
        if (failure !== undefined) return reject(failure);
        take();
        resolve({ batches, bytes });
      });
      stream.on('data', (record) => {
        if (failure !== undefined || this.destroyed) return;
        try {
          reader.add(record, now());
          if (reader.byteLength >= BATCH_SIZE) take();
          if (bytes + reader.byteLength > pageLimit) throw tooLarge(pageLimit, begin, count);
        } catch (error) {
          failure = toError(error);
        }
      });
    });
  }
}

const tooLarge = (limit: number, begin: number, count: number): AsbError =>
  new AsbError(
    'LIMIT',
    `partitions ${begin} to ${begin + count - 1} have more than ${limit} bytes of records, and the ` +
      'client cannot be stopped in between: raise pageLimit, or use scan, which needs no client',
    { expected: `at most ${limit} bytes`, partitions: [begin] },
  );

/**
 * Reads records with the official client (npm package `aerospike`, 6.x, which is the caller's): a
 * query or scan in, batches of records out, as `scan` gives them. For pipelines around a client
 * that is there already, and for its filters; {@link scan} is faster, and loses nothing.
 *
 *     const query = client.query('test', 'people', { filters: [filter.range('age', 18, 99)] });
 *     await pipeline(
 *       fromClient(query, { types: { age: 'integer', price: 'double', home: 'geojson' } }),
 *       toNdjson(),
 *       process.stdout,
 *     );
 *
 * **Back-pressure.** The client's stream cannot be paused. So the query is made again and again, for
 * a few partitions each time, as many as give about `pageSize` bytes; the next page is asked for when
 * the last one was taken. In memory is one page. One that gets larger than `pageLimit` (one partition
 * is the least) is an error. A secondary index query can be dealt out so on servers from 6.0 on.
 * A stage that fails or is destroyed closes when its page has ended: only then may the client be closed.
 *
 * **What the client leaves open** ({@link Doubt}) is an error, unless `types` says what a bin holds,
 * or `accept` that the ordinary be taken; that is counted in `info.accepted`.
 *
 * **What nobody can see**, and is lost: a string, or the name of a bin or set, ends at its first NUL;
 * a user key that is a double is left out (its digest stays); of a map with the integer 1 and the
 * string "1" for keys only one stays; a bin or key named `__proto__` with an ordinary value goes; a
 * key of a map that is bytes becomes text. Void
 * times are reckoned from seconds that are left, by this machine's clock: they may be off by one, and
 * by what the clock is off. There are no secondary indexes and UDF modules. A user key that is an
 * empty string or blob ends the process, within the client. (All tried with 6.7.1.)
 *
 * @throws AsbError `USAGE` for a query with `paginate`, `maxRecords` or partitions of its own. As the
 *   stream's error: `FORMAT` for what is in doubt, `LIMIT` for a page that is too large, `SERVER` and
 *   `NETWORK` for what the client says, with its error as `cause`
 */
export const fromClient = (
  query: ClientQuery,
  options: FromClientOptions = {},
): FromClientStage => {
  check(query, options);
  return new FromClient(query, options, new ClientRecordReader(query.ns, options));
};
