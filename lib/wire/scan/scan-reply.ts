import { AsbError, toError } from '../../errors.ts';
import type { BufferPool, PooledBuffer } from '../../memory/buffer-pool.ts';
import { RecordBatch } from '../../record/batch.ts';
import * as layout from '../../record/layout.ts';
import { decodeProtoHeader, PROTO_HEADER_SIZE, ProtoType } from '../proto.ts';
import { ResultCode } from '../result-code.ts';
import type { PartitionTracker } from './partition-tracker.ts';

// Names of this file: V8 does not fold what is imported, which made a fifth of all the time.
const {
  AT_FIELD_COUNT,
  AT_GENERATION,
  AT_INFO3,
  AT_OP_COUNT,
  AT_RESULT,
  DIGEST_SIZE,
  FIELD_HEADER_SIZE,
  HEADER_SIZE,
  MAX_MESSAGE_SIZE,
  OP_AT_NAME_LENGTH,
  PARTITION_COUNT,
} = layout;
const { DIGEST: DIGEST_FIELD, SET: SET_FIELD } = layout.Field;
const { LAST, PARTITION_DONE } = layout.Info3;
const { NOT_FOUND, OK } = ResultCode;

/** Memory that the socket reads into is taken in pieces of this many bytes. */
export const CHUNK_SIZE = 512 * 1024;
/** With less room than this share of a piece left, a new one is begun. */
const LEAST_ROOM = 1 / 8;

/** The server's own records of transactions: they are no user's data, and no peer backs them up. */
const MONITOR_SET = Buffer.from('<ERO~MRT');

const INCOMPLETE = -1;

/**
 * The pure engine that reads the reply to a partition scan: bytes in, batches out. Messages stay
 * where the socket put them; only one that is cut by the end of a piece of memory is moved.
 *
 *     const room = reply.space(); // put bytes there
 *     const batch = reply.received(size);
 *
 * A wrong byte ends the reply with `failure` set; the records before it are still given out.
 */
export class ScanReply {
  readonly #tracker: PartitionTracker;
  readonly #pool: BufferPool;
  #piece: PooledBuffer;
  #buffer: Buffer;
  #view: DataView;
  /** Bytes in the buffer. */
  #filled = 0;
  /** Where reading stands. */
  #at = 0;
  /** Bytes of the current proto's body that are still to come or to be read. */
  #bodyLeft = 0;
  #offsets = new Uint32Array(8192);
  #count = 0;
  /** Where the digest of the message that was measured last stands; 0 if it has none. */
  #digestAt = 0;
  #isMonitor = false;
  /** The end has been read. */
  ended = false;
  /** The result with which the node ended the scan or refused it. */
  resultCode: number = OK;
  failure: Error | undefined;

  /**
   * @param tracker told of every record and of every partition that the node could not serve
   * @param pool gives the memory that bytes are read into
   */
  constructor(tracker: PartitionTracker, pool: BufferPool) {
    this.#tracker = tracker;
    this.#pool = pool;
    this.#piece = pool.take();
    this.#buffer = this.#piece.bytes;
    this.#view = layout.viewOf(this.#buffer);
  }

  /** Whether nothing more is expected. */
  get over(): boolean {
    return this.ended || this.failure !== undefined;
  }

  /** Room for the next bytes. */
  space(): Uint8Array {
    const room = this.#buffer.length - this.#filled;
    if (room < this.#buffer.length * LEAST_ROOM || room === 0) this.#renew();
    return this.#buffer.subarray(this.#filled);
  }

  /**
   * Reads on over `size` bytes that were put into {@link space}.
   * @returns the records that became complete, if any
   */
  received(size: number): RecordBatch | undefined {
    this.#filled += size;
    this.#count = 0;
    this.#attempt(() => this.#read());
    // Also after a wrong byte: what came before it is given out, and must not come again.
    this.#attempt(() => this.#tracker.settle());
    if (this.#count === 0) return undefined;
    return new RecordBatch(this.#buffer, this.#offsets.slice(0, this.#count), this.#lease());
  }

  /** The batch's hold on its piece of memory; releasing it twice does no harm. */
  #lease(): () => void {
    const piece = this.#piece;
    piece.retain();
    let held = true;
    return () => {
      if (held) piece.release();
      held = false;
    };
  }

  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.failure ??= toError(error);
    }
  }

  #read(): void {
    while (!this.over) {
      if (this.#bodyLeft === 0) {
        if (this.#filled - this.#at < PROTO_HEADER_SIZE) return;
        const { type, size } = decodeProtoHeader(this.#buffer, this.#at);
        if (type !== ProtoType.MESSAGE) throw wrong(`a proto of type ${type}`);
        this.#bodyLeft = size;
        this.#at += PROTO_HEADER_SIZE;
        continue;
      }
      const end = this.#measure(this.#at, Math.min(this.#filled, this.#at + this.#bodyLeft));
      if (end === INCOMPLETE) {
        if (this.#filled - this.#at >= this.#bodyLeft) throw wrong('a message beyond its proto');
        return;
      }
      this.#bodyLeft -= end - this.#at;
      this.#take(this.#at, end);
      this.#at = end;
    }
  }

  /** The end of the message at `start`, or `INCOMPLETE` if it lies beyond `limit`. */
  #measure(start: number, limit: number): number {
    const bytes = this.#buffer;
    const view = this.#view;
    let at = start + HEADER_SIZE;
    if (at > limit) return INCOMPLETE;
    if (bytes[start] !== HEADER_SIZE) throw wrong(`a message header of ${bytes[start]} bytes`);
    this.#digestAt = 0;
    this.#isMonitor = false;
    for (let left = view.getUint16(start + AT_FIELD_COUNT); left > 0; left--) {
      if (at + FIELD_HEADER_SIZE > limit) return INCOMPLETE;
      const size = view.getUint32(at);
      if (size === 0 || size > MAX_MESSAGE_SIZE) throw wrong(`a field of ${size} bytes`);
      const id = bytes[at + 4];
      if (id === DIGEST_FIELD) {
        if (size !== DIGEST_SIZE + 1) throw wrong(`a digest of ${size - 1} bytes`);
        this.#digestAt = at + FIELD_HEADER_SIZE;
      } else if (id === SET_FIELD && bytes[at + FIELD_HEADER_SIZE] === MONITOR_SET[0]) {
        if (at + 4 + size > limit) return INCOMPLETE;
        this.#isMonitor = MONITOR_SET.equals(bytes.subarray(at + FIELD_HEADER_SIZE, at + 4 + size));
      }
      at += 4 + size;
    }
    for (let left = view.getUint16(start + AT_OP_COUNT); left > 0; left--) {
      if (at + OP_AT_NAME_LENGTH >= limit) return INCOMPLETE;
      const size = view.getUint32(at);
      if (size > MAX_MESSAGE_SIZE || size < 4 + bytes[at + OP_AT_NAME_LENGTH]!) {
        throw wrong(`an op of ${size} bytes`);
      }
      at += 4 + size;
    }
    return at > limit ? INCOMPLETE : at;
  }

  #take(start: number, end: number): void {
    const bytes = this.#buffer;
    const info3 = bytes[start + AT_INFO3]!;
    const resultCode = bytes[start + AT_RESULT]!;
    if ((info3 & LAST) !== 0) {
      this.#end(resultCode);
    } else if ((info3 & PARTITION_DONE) !== 0) {
      const partition = layout.readU32(bytes, start + AT_GENERATION);
      if (partition >= PARTITION_COUNT) throw wrong(`a mark for partition ${partition}`);
      if (resultCode !== OK) this.#tracker.unavailable(partition);
    } else if (resultCode !== OK) {
      this.#end(resultCode);
    } else {
      if (this.#digestAt === 0) throw wrong('a record without a digest');
      this.#tracker.record(bytes, this.#digestAt);
      if (!this.#isMonitor) this.#keep(start, end);
    }
  }

  #end(resultCode: number): void {
    this.ended = true;
    // An unknown set: the scan is done, and found nothing.
    this.resultCode = resultCode === NOT_FOUND ? OK : resultCode;
  }

  #keep(start: number, end: number): void {
    if (this.#count + 2 > this.#offsets.length) {
      const larger = new Uint32Array(this.#offsets.length * 2);
      larger.set(this.#offsets);
      this.#offsets = larger;
    }
    this.#offsets[this.#count++] = start;
    this.#offsets[this.#count++] = end;
  }

  /** Begins a new piece of memory with the bytes that were not read yet. */
  #renew(): void {
    const unread = this.#filled - this.#at;
    const next = this.#pool.take(unread * 2);
    next.bytes.set(this.#buffer.subarray(this.#at, this.#filled));
    this.#piece.release();
    this.#piece = next;
    this.#buffer = next.bytes;
    this.#view = layout.viewOf(next.bytes);
    this.#filled = unread;
    this.#at = 0;
  }
}

const wrong = (what: string): AsbError =>
  new AsbError('PROTOCOL', `the node's reply to the scan holds ${what}`);
