import { AsbError } from '../errors.ts';
import {
  AT_FIELD_COUNT,
  AT_GENERATION,
  AT_INFO1,
  AT_INFO2,
  AT_INFO3,
  AT_OP_COUNT,
  AT_RECORD_TTL,
  AT_TRANSACTION_TTL,
  FIELD_HEADER_SIZE,
  HEADER_SIZE,
  OP_AT_CODE,
  OP_AT_NAME_LENGTH,
  OP_AT_PARTICLE_TYPE,
  OP_HEADER_SIZE,
  readU16,
  readU32,
} from '../record/layout.ts';

/** One op of a request. */
export interface RequestOp {
  readonly code: number;
  readonly particleType: number;
  readonly name: Buffer;
  readonly value: Buffer;
}

/** A request as it came: header, fields by id, ops. */
export interface Request {
  readonly info1: number;
  readonly info2: number;
  readonly info3: number;
  readonly generation: number;
  /** Seconds; see `TtlSpecial` in write.ts. */
  readonly recordTtl: number;
  /** Milliseconds. */
  readonly transactionTtl: number;
  readonly fields: ReadonlyMap<number, Buffer>;
  readonly ops: readonly RequestOp[];
}

const NO_BYTES = Buffer.alloc(0);

/** The data of a field; empty if the request has none. */
export const fieldOf = (request: Request, id: number): Buffer => request.fields.get(id) ?? NO_BYTES;

/** Walks the fields and ops of a message, or of a row of a batch. */
export class RequestReader {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  /**
   * The next `size` bytes.
   * @throws AsbError `PROTOCOL` if there are not so many
   */
  take(size: number): Buffer {
    if (this.at + size > this.#bytes.length) {
      throw new AsbError('PROTOCOL', `a request ends within its part at offset ${this.at}`, {
        offset: this.at,
      });
    }
    this.at += size;
    return this.#bytes.subarray(this.at - size, this.at);
  }

  u8(): number {
    return this.take(1)[0]!;
  }

  u16(): number {
    return readU16(this.take(2), 0);
  }

  u32(): number {
    return readU32(this.take(4), 0);
  }

  /** @throws AsbError `PROTOCOL` if one is cut off or too small for its own head */
  fields(count: number): Map<number, Buffer> {
    const fields = new Map<number, Buffer>();
    for (let left = count; left > 0; left--) {
      const field = this.#sized(FIELD_HEADER_SIZE - 4);
      fields.set(field[0]!, field.subarray(1));
    }
    return fields;
  }

  /** @throws AsbError `PROTOCOL` if one is cut off or too small for its own head */
  ops(count: number): RequestOp[] {
    const ops: RequestOp[] = [];
    for (let left = count; left > 0; left--) {
      const op = this.#sized(OP_HEADER_SIZE - 4);
      const nameEnd = OP_HEADER_SIZE - 4 + op[OP_AT_NAME_LENGTH - 4]!;
      if (nameEnd > op.length) throw this.#malformed('an op is shorter than its bin name');
      ops.push({
        code: op[OP_AT_CODE - 4]!,
        particleType: op[OP_AT_PARTICLE_TYPE - 4]!,
        name: op.subarray(OP_HEADER_SIZE - 4, nameEnd),
        value: op.subarray(nameEnd),
      });
    }
    return ops;
  }

  #sized(least: number): Buffer {
    const size = this.u32();
    if (size < least) throw this.#malformed(`a field or op of ${size} bytes`);
    return this.take(size);
  }

  #malformed(what: string): AsbError {
    return new AsbError('PROTOCOL', `request: ${what}, before offset ${this.at}`, {
      offset: this.at,
    });
  }
}

/**
 * Reads the body of a type-3 proto. The bytes are copied: what is stored must not keep, or change
 * with, the buffers of a socket.
 *
 * @throws AsbError `PROTOCOL` if it is no whole message
 */
export const parseRequest = (body: Uint8Array): Request => {
  const reader = new RequestReader(Buffer.from(body));
  const header = reader.take(HEADER_SIZE);
  return {
    info1: header[AT_INFO1]!,
    info2: header[AT_INFO2]!,
    info3: header[AT_INFO3]!,
    generation: readU32(header, AT_GENERATION),
    recordTtl: readU32(header, AT_RECORD_TTL),
    transactionTtl: readU32(header, AT_TRANSACTION_TTL),
    fields: reader.fields(readU16(header, AT_FIELD_COUNT)),
    ops: reader.ops(readU16(header, AT_OP_COUNT)),
  };
};
