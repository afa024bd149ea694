import * as layout from '../../record/layout.ts';
import { PROTO_HEADER_SIZE } from '../proto.ts';
import { NO_BINS, type RowEncoder, writeRowHead } from './row-encoder.ts';
import { BATCH_HEAD_SIZE, BATCH_ROW, PUT_ROW, type RowLayout } from './row-layout.ts';

/** Rows of one request at most: an index for each has its place in every request. */
export const MAX_BATCH_SIZE = 65_536;
/** A request that has grown to so many bytes is full. */
export const FULL_SIZE = 512 * 1024;
/** Ten years in seconds: the server takes no longer record ttl. */
export const MAX_RECORD_TTL = 10 * 365 * 24 * 3600;

const FIRST_CAPACITY = 64 * 1024;

/** On the wire: the record never expires. */
const NEVER_EXPIRES = 0xffffffff;

/** Flags of a batch: allow inline, also on devices' namespaces in memory, answer for every row. */
const ALLOW_INLINE = 1;
const ANSWER_ALL = 4;
const ANSWER_FAILED = 8;
const BATCH_FLAGS = ALLOW_INLINE | ANSWER_ALL | ANSWER_FAILED;

const { FIELD_HEADER_SIZE, HEADER_SIZE, DIGEST_SIZE } = layout;
const { CREATE_ONLY, GENERATION, GENERATION_GREATER } = layout.Info2;

/** What happened to a row that is to be sent again. */
export const RowFlag = {
  /** It was sent, and no answer came: perhaps it is written. */
  IN_DOUBT: 1,
  /** It is written, but with a void time that is a second off; see {@link WriteRequest.mend}. */
  MENDING: 2,
} as const;

/** Rows that {@link WriteRequest.stamp} took out of the request. */
export interface Stamped {
  /** Their void time has come. */
  readonly expired: number;
  /** Their void time is more than `MAX_RECORD_TTL` ahead. */
  readonly tooFar: number;
}

/**
 * Records on their way to one node: a batch, or as many puts one after the other. Its memory is
 * used again after {@link clear}. Rows keep their place until an answer has come for each, so that
 * they can be copied to another request and sent again.
 */
export class WriteRequest {
  readonly layout: RowLayout;
  readonly #most: number;
  #bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  #view = layout.viewOf(this.#bytes);
  /** Where each row begins, and the last one ends. */
  readonly #starts: Uint32Array;
  readonly #voidTimes: Uint32Array;
  readonly #flags: Uint8Array;
  #rows = 0;
  #flagged = 0;
  #expiring = 0;

  /** @param most rows, up to `MAX_BATCH_SIZE` */
  constructor(kind: RowLayout['kind'], most: number) {
    this.layout = kind === 'batch' ? BATCH_ROW : PUT_ROW;
    this.#most = most;
    this.#starts = new Uint32Array(most + 1);
    this.#voidTimes = new Uint32Array(most);
    this.#flags = new Uint8Array(most);
    this.#starts[0] = this.#headSize;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Bytes of the request so far. */
  get size(): number {
    return this.#starts[this.#rows]!;
  }

  get full(): boolean {
    return this.#rows === this.#most || this.size >= FULL_SIZE;
  }

  /** Whether a row has a void time, so that {@link stamp} is needed. */
  get expiring(): boolean {
    return this.#expiring > 0;
  }

  /** Whether a row has a flag. */
  get flagged(): boolean {
    return this.#flagged > 0;
  }

  /** Forgets all rows. Memory that a very large record asked for is let go. */
  clear(): void {
    this.#rows = 0;
    this.#flagged = 0;
    this.#expiring = 0;
    if (this.#bytes.length > 2 * FULL_SIZE) this.#resize(FIRST_CAPACITY);
  }

  /**
   * Adds the record of the message from `start` to `end`.
   *
   * @returns false if it has no bin to write
   * @throws AsbError as {@link RowEncoder.encode} does
   */
  add(encoder: RowEncoder, bytes: Buffer, view: DataView, start: number, end: number): boolean {
    const at = this.#starts[this.#rows]!;
    const needed = at + encoder.room(end - start);
    if (needed > this.#bytes.length) this.#grow(needed);
    const row = this.layout;
    const rowEnd = encoder.encode(row, this.#bytes, this.#view, at, bytes, view, start);
    if (rowEnd === NO_BINS) return false;
    this.#push(rowEnd, Math.min(encoder.voidTime, NEVER_EXPIRES), 0);
    return true;
  }

  /** Adds a row of another request, which may be of the other kind, and the flags that it has. */
  addRow(from: WriteRequest, row: number): void {
    const start = from.#starts[row]!;
    const end = from.#starts[row + 1]!;
    const at = this.#starts[this.#rows]!;
    const [to, old] = [this.layout, from.layout];
    const rowEnd = at + to.headSize + (end - start - old.headSize);
    if (rowEnd > this.#bytes.length) this.#grow(rowEnd);
    const bytes = this.#bytes;
    const view = this.#view;
    writeRowHead(to, bytes, view, at);
    from.#bytes.copy(bytes, at + to.digest, start + old.digest, start + old.digest + DIGEST_SIZE);
    bytes[at + to.info2] = from.#bytes[start + old.info2]!;
    bytes[at + to.info3] = from.#bytes[start + old.info3]!;
    view.setUint16(at + to.generation, from.#view.getUint16(start + old.generation));
    const fields = from.#view.getUint16(start + old.fieldCount) - old.headFields + to.headFields;
    view.setUint16(at + to.fieldCount, fields);
    view.setUint16(at + to.opCount, from.#view.getUint16(start + old.opCount));
    from.#bytes.copy(bytes, at + to.headSize, start + old.headSize, end);
    this.#push(rowEnd, from.#voidTimes[row]!, from.#flags[row]!);
  }

  /** Adds every row of another request. */
  addAll(from: WriteRequest): void {
    for (let row = 0; row < from.rows; row++) this.addRow(from, row);
  }

  /** Seconds since 2010 at which the row's record is to expire; 0: never. */
  voidTime(row: number): number {
    return this.#voidTimes[row]!;
  }

  /** The generation that the row says: the backup's, unless it is mending. */
  generation(row: number): number {
    return this.#view.getUint16(this.#starts[row]! + this.layout.generation);
  }

  hasFlag(row: number, flag: number): boolean {
    return (this.#flags[row]! & flag) !== 0;
  }

  setFlag(row: number, flag: number): void {
    this.#flags[row]! |= flag;
    this.#flagged++;
  }

  /** A copy of the row's digest. */
  digest(row: number): Buffer {
    const at = this.#starts[row]! + this.layout.digest;
    return Buffer.from(this.#bytes.subarray(at, at + DIGEST_SIZE));
  }

  /** The partition of the row's digest. */
  partition(row: number): number {
    return layout.partitionOf(this.#bytes, this.#starts[row]! + this.layout.digest);
  }

  /**
   * Makes the row one that writes again what it has written, to mend its void time, and only if
   * nobody else has written the record in the meantime.
   *
   * @param generation that the write gave the record
   */
  mend(row: number, generation: number): void {
    const at = this.#starts[row]!;
    const info2 = this.#bytes[at + this.layout.info2]!;
    this.#bytes[at + this.layout.info2] =
      (info2 & ~(CREATE_ONLY | GENERATION_GREATER)) | GENERATION;
    this.#view.setUint16(at + this.layout.generation, generation);
    this.setFlag(row, RowFlag.MENDING);
  }

  /**
   * Gives each row the record ttl that lets it expire at its void time: in seconds from now on, as
   * the wire has it. Rows that can't have one are taken out.
   *
   * @param now the node's time, in seconds since 2010
   */
  stamp(now: number): Stamped {
    let expired = 0;
    let tooFar = 0;
    let kept = 0;
    for (let row = 0; row < this.#rows; row++) {
      const ttl = this.#voidTimes[row]! - now;
      if (this.#voidTimes[row] !== 0 && (ttl <= 0 || ttl > MAX_RECORD_TTL)) {
        if (this.hasFlag(row, RowFlag.MENDING)) continue; // it is written, and counted
        if (ttl <= 0) expired++;
        else tooFar++;
        continue;
      }
      if (this.#voidTimes[row] !== 0) this.#setTtl(row, ttl);
      if (kept < row) this.#move(row, kept);
      kept++;
    }
    this.#rows = kept;
    return { expired, tooFar };
  }

  /**
   * The bytes to send, valid until the request changes.
   *
   * @param timeout ms after which the server is to give up; 0: its own default
   */
  message(timeout: number): Uint8Array {
    const bytes = this.#bytes.subarray(0, this.size);
    if (this.layout === BATCH_ROW) this.#finishBatch(timeout);
    else this.#finishPuts(timeout);
    return bytes;
  }

  get #headSize(): number {
    return this.layout === BATCH_ROW ? BATCH_HEAD_SIZE : 0;
  }

  #push(end: number, voidTime: number, flags: number): void {
    const row = this.#rows++;
    this.#starts[row + 1] = end;
    this.#voidTimes[row] = voidTime;
    this.#flags[row] = flags;
    if (flags !== 0) this.#flagged++;
    if (voidTime !== 0) this.#expiring++;
    else this.#setTtl(row, NEVER_EXPIRES);
  }

  #setTtl(row: number, ttl: number): void {
    this.#view.setUint32(this.#starts[row]! + this.layout.recordTtl, ttl);
  }

  /** Moves a row down to another's place; the rows between are gone. */
  #move(row: number, to: number): void {
    const at = this.#starts[to]!;
    const [start, end] = [this.#starts[row]!, this.#starts[row + 1]!];
    this.#bytes.copyWithin(at, start, end);
    this.#starts[to + 1] = at + end - start;
    this.#voidTimes[to] = this.#voidTimes[row]!;
    this.#flags[to] = this.#flags[row]!;
  }

  #finishBatch(timeout: number): void {
    const view = this.#view;
    const fieldAt = PROTO_HEADER_SIZE + HEADER_SIZE;
    this.#bytes.fill(0, 0, fieldAt);
    writeProtoHeader(view, 0, this.size);
    this.#bytes[PROTO_HEADER_SIZE] = HEADER_SIZE;
    this.#bytes[PROTO_HEADER_SIZE + layout.AT_INFO1] = layout.Info1.BATCH;
    view.setUint32(PROTO_HEADER_SIZE + layout.AT_TRANSACTION_TTL, timeout);
    view.setUint16(PROTO_HEADER_SIZE + layout.AT_FIELD_COUNT, 1);
    view.setUint32(fieldAt, this.size - fieldAt - 4);
    this.#bytes[fieldAt + 4] = layout.Field.BATCH;
    view.setUint32(fieldAt + FIELD_HEADER_SIZE, this.#rows);
    this.#bytes[fieldAt + FIELD_HEADER_SIZE + 4] = BATCH_FLAGS;
    for (let row = 0; row < this.#rows; row++) view.setUint32(this.#starts[row]!, row);
  }

  #finishPuts(timeout: number): void {
    for (let row = 0; row < this.#rows; row++) {
      const at = this.#starts[row]!;
      writeProtoHeader(this.#view, at, this.#starts[row + 1]! - at);
      this.#view.setUint32(at + PROTO_HEADER_SIZE + layout.AT_TRANSACTION_TTL, timeout);
    }
  }

  #grow(needed: number): void {
    this.#resize(Math.max(needed, this.#bytes.length * 2));
  }

  #resize(size: number): void {
    const old = this.#bytes;
    this.#bytes = Buffer.allocUnsafeSlow(size);
    old.copy(this.#bytes, 0, 0, Math.min(size, this.size));
    this.#view = layout.viewOf(this.#bytes);
  }
}

/** @param size bytes of the whole proto */
const writeProtoHeader = (view: DataView, at: number, size: number): void => {
  view.setUint32(at, 0x02030000); // version 2, type 3; 48 bits of size
  view.setUint32(at + 4, size - PROTO_HEADER_SIZE);
};
