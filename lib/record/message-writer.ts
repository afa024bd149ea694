import {
  AT_FIELD_COUNT,
  AT_GENERATION,
  AT_INFO1,
  AT_INFO2,
  AT_INFO3,
  AT_OP_COUNT,
  AT_RECORD_TTL,
  AT_RESULT,
  AT_TRANSACTION_TTL,
  FIELD_HEADER_SIZE,
  HEADER_SIZE,
  OP_HEADER_SIZE,
} from './layout.ts';

/** What a message's header may say; what is left out is 0. */
export interface MessageHeader {
  readonly info1?: number;
  readonly info2?: number;
  readonly info3?: number;
  readonly resultCode?: number;
  readonly generation?: number;
  /** Seconds; in a scanned record, the void time. */
  readonly recordTtl?: number;
  /** Milliseconds; in the reply to a batch, the index of the record. */
  readonly transactionTtl?: number;
}

const NO_BYTES = new Uint8Array(0);

/**
 * Writes messages back to back into one growing buffer: `begin`, then `field`s, then `op`s, then
 * `end`. The same writer makes requests, the sandbox's replies and the batches of a
 * {@link BatchBuilder}.
 */
export class MessageWriter {
  #buffer: Buffer;
  #length = 0;
  #start = 0;
  #fields = 0;
  #ops = 0;

  /** @param capacity bytes to start with; it grows as needed */
  constructor(capacity = 4096) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** Starts a message and gives its offset. */
  begin(header: MessageHeader = {}): number {
    this.#reserve(HEADER_SIZE);
    const at = this.#length;
    const out = this.#buffer;
    out.fill(0, at, at + HEADER_SIZE);
    out[at] = HEADER_SIZE;
    out[at + AT_INFO1] = header.info1 ?? 0;
    out[at + AT_INFO2] = header.info2 ?? 0;
    out[at + AT_INFO3] = header.info3 ?? 0;
    out[at + AT_RESULT] = header.resultCode ?? 0;
    out.writeUInt32BE(header.generation ?? 0, at + AT_GENERATION);
    out.writeUInt32BE(header.recordTtl ?? 0, at + AT_RECORD_TTL);
    out.writeUInt32BE(header.transactionTtl ?? 0, at + AT_TRANSACTION_TTL);
    this.#start = at;
    this.#fields = 0;
    this.#ops = 0;
    this.#length = at + HEADER_SIZE;
    return at;
  }

  /** Adds a field; fields come before ops. */
  field(id: number, data: Uint8Array): void {
    this.#reserve(FIELD_HEADER_SIZE + data.length);
    this.#buffer.writeUInt32BE(data.length + 1, this.#length);
    this.#buffer[this.#length + 4] = id;
    this.#buffer.set(data, this.#length + FIELD_HEADER_SIZE);
    this.#length += FIELD_HEADER_SIZE + data.length;
    this.#fields++;
  }

  /** Adds the key field: the particle type, then the particle. */
  keyField(id: number, type: number, particle: Uint8Array): void {
    this.#reserve(FIELD_HEADER_SIZE + 1 + particle.length);
    this.#buffer.writeUInt32BE(particle.length + 2, this.#length);
    this.#buffer[this.#length + 4] = id;
    this.#buffer[this.#length + 5] = type;
    this.#buffer.set(particle, this.#length + 6);
    this.#length += 6 + particle.length;
    this.#fields++;
  }

  /** Adds an op: in a record one for each bin. */
  op(code: number, particleType: number, name: Uint8Array, value: Uint8Array = NO_BYTES): void {
    this.#reserve(OP_HEADER_SIZE + name.length + value.length);
    const at = this.#length;
    const out = this.#buffer;
    out.writeUInt32BE(4 + name.length + value.length, at);
    out[at + 4] = code;
    out[at + 5] = particleType;
    out[at + 6] = 0;
    out[at + 7] = name.length;
    out.set(name, at + OP_HEADER_SIZE);
    out.set(value, at + OP_HEADER_SIZE + name.length);
    this.#length = at + OP_HEADER_SIZE + name.length + value.length;
    this.#ops++;
  }

  /** Ends the message and gives the offset after it. */
  end(): number {
    this.#buffer.writeUInt16BE(this.#fields, this.#start + AT_FIELD_COUNT);
    this.#buffer.writeUInt16BE(this.#ops, this.#start + AT_OP_COUNT);
    return this.#length;
  }

  /** Gives away all that was written; the writer starts anew with an empty buffer. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#length);
    this.#buffer = Buffer.allocUnsafe(Math.max(64, this.#length));
    this.#length = 0;
    return taken;
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + size));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}
