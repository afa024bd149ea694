import { AsbError } from '../../errors.ts';
import * as layout from '../../record/layout.ts';
import { decodeProtoHeader, PROTO_HEADER_SIZE, ProtoType } from '../proto.ts';
import { ResultCode } from '../result-code.ts';
import type { RowLayout } from './row-layout.ts';

const {
  AT_FIELD_COUNT,
  AT_GENERATION,
  AT_INFO3,
  AT_OP_COUNT,
  AT_RECORD_TTL,
  AT_RESULT,
  AT_TRANSACTION_TTL,
  HEADER_SIZE,
} = layout;
const { LAST } = layout.Info3;
const { OK } = ResultCode;

/** In place of a result code: no answer has come. */
export const NO_ANSWER = -1;

/** Bytes of one message of a reply at most: it has no bins, and hardly a field. */
export const MAX_REPLY_MESSAGE_SIZE = 16 * 1024;

const BUFFER_SIZE = 64 * 1024;
const INCOMPLETE = -1;

/**
 * The pure engine that reads what a node answers to a write request: to a batch, messages in any
 * order that say which row they answer, and a last one; to puts, a message for each, in order.
 *
 *     reply.begin('batch', request.rows);
 *     const room = reply.space(); // put bytes there
 *     reply.received(size);       // until `ended`
 *
 * It is used again for the next request on the same connection.
 */
export class WriteReply {
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_SIZE);
  readonly #view = layout.viewOf(this.#buffer);
  #filled = 0;
  #bodyLeft = 0;
  #isBatch = true;
  #rows = 0;
  #answered = 0;
  #failed = 0;
  #results = new Int16Array(0);
  #generations = new Uint16Array(0);
  #voidTimes = new Uint32Array(0);
  #ended = true;
  #resultCode: number = OK;

  /** Forgets the reply before, and expects answers to so many rows. */
  begin(kind: RowLayout['kind'], rows: number): void {
    if (rows > this.#results.length) {
      this.#results = new Int16Array(rows);
      this.#generations = new Uint16Array(rows);
      this.#voidTimes = new Uint32Array(rows);
    }
    this.#results.fill(NO_ANSWER, 0, rows);
    this.#isBatch = kind === 'batch';
    this.#rows = rows;
    this.#filled = 0;
    this.#bodyLeft = 0;
    this.#answered = 0;
    this.#failed = 0;
    this.#ended = false;
    this.#resultCode = OK;
  }

  /** Nothing more is expected. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The result of the batch as a whole, once it ended; 0 for puts. */
  get resultCode(): number {
    return this.#resultCode;
  }

  /** Whether every row was answered with result 0. */
  get allWritten(): boolean {
    return this.#failed === 0 && this.#answered === this.#rows;
  }

  /** The result code of a row, or `NO_ANSWER`. */
  result(row: number): number {
    return this.#results[row]!;
  }

  /** The generation that the record has now, if the row was answered. */
  generation(row: number): number {
    return this.#generations[row]!;
  }

  /** When the record expires, in seconds since 2010, if the row was answered; 0: never. */
  voidTime(row: number): number {
    return this.#voidTimes[row]!;
  }

  /** Room for the next bytes. */
  space(): Uint8Array {
    return this.#buffer.subarray(this.#filled);
  }

  /**
   * Reads on over `size` bytes that were put into {@link space}.
   * @throws AsbError `PROTOCOL` if they are no answer to the request
   */
  received(size: number): void {
    this.#filled += size;
    let at = 0;
    while (!this.#ended) {
      if (this.#bodyLeft === 0) {
        if (this.#filled - at < PROTO_HEADER_SIZE) break;
        const { type, size: body } = decodeProtoHeader(this.#buffer, at);
        if (type !== ProtoType.MESSAGE) throw wrong(`a proto of type ${type}`);
        this.#bodyLeft = body;
        at += PROTO_HEADER_SIZE;
        continue;
      }
      const end = this.#measure(at, this.#filled);
      if (end === INCOMPLETE) break;
      if (end - at > this.#bodyLeft) throw wrong('a message beyond its proto');
      this.#bodyLeft -= end - at;
      this.#take(at);
      at = end;
    }
    if (this.#ended && at < this.#filled) throw wrong(`${this.#filled - at} bytes after its end`);
    this.#buffer.copyWithin(0, at, this.#filled);
    this.#filled -= at;
  }

  /** The end of the message at `start`, or `INCOMPLETE`. */
  #measure(start: number, limit: number): number {
    const view = this.#view;
    let at = start + HEADER_SIZE;
    if (at > limit) return INCOMPLETE;
    if (view.getUint8(start) !== HEADER_SIZE) {
      throw wrong(`a message header of ${view.getUint8(start)} bytes`);
    }
    const parts = view.getUint16(start + AT_FIELD_COUNT) + view.getUint16(start + AT_OP_COUNT);
    for (let left = parts; left > 0; left--) {
      if (at + 4 > limit) return INCOMPLETE;
      at += 4 + view.getUint32(at);
      if (at - start > MAX_REPLY_MESSAGE_SIZE) throw wrong(`a message of over ${at - start} bytes`);
    }
    return at > limit ? INCOMPLETE : at;
  }

  #take(at: number): void {
    const view = this.#view;
    const resultCode = view.getUint8(at + AT_RESULT);
    if (!this.#isBatch) {
      this.#answer(this.#answered, at, resultCode);
      this.#ended = this.#answered === this.#rows;
    } else if ((view.getUint8(at + AT_INFO3) & LAST) === 0) {
      this.#answer(view.getUint32(at + AT_TRANSACTION_TTL), at, resultCode);
    } else {
      this.#end(resultCode);
    }
  }

  #answer(row: number, at: number, resultCode: number): void {
    if (row >= this.#rows) throw wrong(`an answer to row ${row} of ${this.#rows}`);
    if (this.#results[row] !== NO_ANSWER) throw wrong(`a second answer to row ${row}`);
    this.#results[row] = resultCode;
    this.#generations[row] = this.#view.getUint32(at + AT_GENERATION);
    this.#voidTimes[row] = this.#view.getUint32(at + AT_RECORD_TTL);
    this.#answered++;
    if (resultCode !== OK) this.#failed++;
  }

  #end(resultCode: number): void {
    if (this.#bodyLeft > 0) throw wrong('messages after the last one');
    const missing = this.#rows - this.#answered;
    if (resultCode === OK && missing > 0) throw wrong(`no answer to ${missing} rows`);
    this.#ended = true;
    this.#resultCode = resultCode;
  }
}

const wrong = (what: string): AsbError =>
  new AsbError('PROTOCOL', `the node's reply to a write request holds ${what}`);
