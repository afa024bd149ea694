import { Writable } from 'node:stream';
import { clientCode, clientError } from '../client/client-error.ts';
import { ClientRecordWriter, type ClientWriting } from '../client/record-writer.ts';
import type { ClientPut, WritingClient } from '../client/target.ts';
import type { Loss } from '../client/value-writer.ts';
import { AsbError } from '../errors.ts';
import type { RecordChunk } from '../record/chunk.ts';
import { ResultCode } from '../wire/result-code.ts';
import type { WriteInfo } from '../wire/write/write-info.ts';

export interface ToClientOptions extends ClientWriting {
  /**
   * Puts that may be under way. Default 64: the client refuses a put for which it would need more
   * connections than its `maxConnsPerNode`, which is 100.
   */
  readonly maxPuts?: number;
  /** Passes over secondary indexes and UDF modules, which else are an error. Default false. */
  readonly skipGlobals?: boolean;
  /** The time in ms, for void times. Default `Date.now`. */
  readonly now?: () => number;
}

/** What has become of the records; the words are those of `load`. */
export interface ToClientInfo
  extends Pick<WriteInfo, 'total' | 'inserted' | 'existed' | 'fresher' | 'expired' | 'skipped'> {
  readonly globalsSkipped: number;
  /** How often a loss was accepted. */
  readonly accepted: Readonly<Record<Loss, number>>;
}

/** A `toClient` stage: record chunks go in, and are acknowledged when it finishes. */
export interface ToClientStage extends Writable {
  readonly info: ToClientInfo;
}

const DEFAULT_MAX_PUTS = 64;
/** Chunks that may wait: each may have up to 512 KiB. */
const CHUNKS_WAITING = 2;

class ToClient extends Writable implements ToClientStage {
  readonly #client: WritingClient;
  readonly #options: ToClientOptions;
  readonly #writer: ClientRecordWriter;
  readonly #maxPuts: number;
  readonly #counts = {
    total: 0,
    inserted: 0,
    existed: 0,
    fresher: 0,
    expired: 0,
    skipped: 0,
    globalsSkipped: 0,
  };
  #underWay = 0;
  /** Whoever waits for a put to be over. */
  #wake: (() => void) | undefined;

  constructor(client: WritingClient, options: ToClientOptions) {
    super({ objectMode: true, highWaterMark: CHUNKS_WAITING });
    this.#client = client;
    this.#options = options;
    this.#writer = new ClientRecordWriter(options);
    this.#maxPuts = options.maxPuts ?? DEFAULT_MAX_PUTS;
    if (!Number.isInteger(this.#maxPuts) || this.#maxPuts < 1) {
      throw new AsbError(
        'USAGE',
        `maxPuts is ${this.#maxPuts}; it must be a whole number from 1 on`,
      );
    }
  }

  get info(): ToClientInfo {
    return { ...this.#counts, accepted: this.#writer.accepted };
  }

  override _write(
    chunk: RecordChunk,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.#take(chunk).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#fewerThan(1).then(() => done(), done);
  }

  /** Whoever hears that this is closed may close the client, which crashes amid a put. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#wake?.();
    this.#settled().then(() => done(error));
  }

  async #take(chunk: RecordChunk): Promise<void> {
    if (chunk.kind !== 'records') {
      if (this.#options.skipGlobals !== true) throw isGlobal(chunk.kind);
      this.#counts.globalsSkipped++;
      return;
    }
    const { now = Date.now } = this.#options;
    for (const record of chunk) {
      await this.#fewerThan(this.#maxPuts);
      if (this.destroyed) return;
      this.#counts.total++;
      const put = this.#writer.put(record, now());
      if (typeof put === 'string') this.#counts[put]++;
      else void this.#send(put);
    }
    await this.#fewerThan(1);
    chunk.release();
  }

  /** Settles when fewer puts than that are under way, or the stage is destroyed. */
  async #fewerThan(count: number): Promise<void> {
    while (this.#underWay >= count && !this.destroyed) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Settles when no put is under way. */
  async #settled(): Promise<void> {
    while (this.#underWay > 0) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** Never rejects: a put that fails ends the stage. */
  async #send({ key, bins, meta, policy }: ClientPut): Promise<void> {
    this.#underWay++;
    try {
      await this.#client.put(key, bins, meta, policy);
      this.#counts.inserted++;
    } catch (error) {
      const code = clientCode(error);
      if (code === ResultCode.EXISTS) this.#counts.existed++;
      else if (code === ResultCode.GENERATION) this.#counts.fresher++;
      else this.destroy(clientError(error, key.ns));
    } finally {
      this.#underWay--;
      this.#wake?.();
    }
  }
}

const isGlobal = (kind: string): AsbError =>
  new AsbError(
    'USAGE',
    `the client writes records only, and a ${kind} came: take it out before, or say skipGlobals`,
  );

/**
 * Writes records with the official client (npm package `aerospike`, 6.x, which is the caller's): record
 * chunks in, as `scan`, `parse` and `fromNdjson` give them, one put for each record. For pipelines
 * around a client that is there already; {@link load} is faster, loses nothing, and tries again.
 *
 *     import Aerospike from 'aerospike';
 *     const client = await Aerospike.connect({ hosts: '10.0.0.2:3000' });
 *     await pipeline(cat(files), parse(), toClient(client, { aerospike: Aerospike, namespace: 'test', skipGlobals: true }));
 *
 * `finish` means that every record was acknowledged, or is counted in `info` as one that is not
 * written. The client stays open. `destroy` sends no more, and closes when what is on its way is
 * settled: only then may the client be closed. A put that fails ends the stage: how often the client
 * tries again, its `policy` says.
 *
 * **What the client would change** ({@link Loss}) is an error unless `accept` says otherwise; that is
 * counted in `info.accepted`. **What it cannot write** is an error: a text with a NUL, a string or name
 * that is no UTF-8, an item of msgpack that is unknown, a key of a map that is no integer, string or
 * blob, two bins of one name. Secondary indexes and UDF
 * modules are an error, or passed over with `skipGlobals`. Void times are written as seconds that are
 * left, by this machine's clock: they may be off by one, and by what the clock is off. Generations are
 * held against those that are stored, and begin anew, as with every tool. The payload bits of a NaN,
 * and heads of msgpack that are longer than they need be, are not kept. (All tried with 6.7.1.)
 *
 * @throws AsbError `USAGE` for a wrong option. As the stream's error: `FORMAT` for what cannot be
 *   written as it is, `USAGE` for a global, `SERVER` and `NETWORK` for what the client says, with its
 *   error as `cause`
 */
export const toClient = (client: WritingClient, options: ToClientOptions): ToClientStage =>
  new ToClient(client, options);
