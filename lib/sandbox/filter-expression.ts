import { MAX_NESTING, MsgpackReader, Token } from '../record/msgpack-reader.ts';
import { ParticleType } from '../record/particle.ts';
import {
  binType,
  binValue,
  COMPARISONS,
  Code,
  comparison,
  constant,
  digestModulo,
  type Expression,
  FALSE,
  keyValue,
  latin1,
  logical,
  METADATA,
  not,
  RESULT_TYPES,
  type ResultType,
  refused,
  TRUE,
} from './expression.ts';
import type { StoredRecord } from './store.ts';

/**
 * A filter over records.
 * @param now milliseconds since 1970-01-01T00:00:00Z
 */
export type Filter = (record: StoredRecord, now: number) => boolean;

/**
 * Reads a filter expression: comparisons of a record's metadata and of bins of the basic types
 * with constants and with one another, and, or, not, bin type (so "bin exists"), key exists,
 * digest modulo.
 *
 * @param bytes field 43: msgpack, a list `[op code, arguments …]`, nested
 * @returns nothing if it is not one that is known here, or has types that don't go together: the
 *   sandbox refuses it, as the server does with what it does not know
 */
export const parseFilter = (bytes: Buffer): Filter | undefined => {
  try {
    const parser = new Parser(bytes);
    const expression = parser.expression(0);
    if (!parser.done || expression.type !== 'bool') return undefined;
    return (record, now) => expression.evaluate(record, now) === TRUE;
  } catch {
    return undefined; // it says what it could not read; a result code has no place for words
  }
};

class Parser {
  readonly #bytes: Buffer;
  readonly #reader: MsgpackReader;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#reader = new MsgpackReader(bytes);
  }

  get done(): boolean {
    return this.#reader.done;
  }

  /** @throws AsbError `FORMAT` for what is not known, or no expression */
  expression(depth: number): Expression {
    const reader = this.#reader;
    const token = reader.next();
    if (token === Token.LIST && depth < MAX_NESTING) return this.#call(reader.count, depth + 1);
    if (token === Token.NIL) return constant('nil', FALSE);
    if (token === Token.FALSE) return constant('bool', FALSE);
    if (token === Token.TRUE) return constant('bool', TRUE);
    if (token === Token.INTEGER) return constant('int', BigInt(reader.number));
    if (token === Token.BIG_INTEGER) return constant('int', reader.bigint);
    if (token === Token.DOUBLE) return constant('float', reader.number);
    if (token !== Token.BYTES) throw refused('a constant of another type');
    const payload = this.#payload();
    if (payload[0] === ParticleType.STRING) return constant('string', latin1(payload, 1));
    if (payload[0] === ParticleType.BLOB) return constant('blob', latin1(payload, 1));
    throw refused('bytes of another particle type');
  }

  #call(count: number, depth: number): Expression {
    const code = this.#integer();
    const metadata = METADATA.get(code);
    if (metadata !== undefined) return metadata;
    const compare = COMPARISONS.get(code);
    if (compare !== undefined) {
      return comparison(compare, this.expression(depth), this.expression(depth));
    }
    if (code === Code.AND) return logical(this.#bools(count - 1, depth), FALSE);
    if (code === Code.OR) return logical(this.#bools(count - 1, depth), TRUE);
    if (code === Code.NOT) return not(this.#bool(depth));
    if (code === Code.DIGEST_MODULO) return digestModulo(this.#integer());
    if (code === Code.KEY) return keyValue(this.#resultType());
    if (code === Code.BIN) return binValue(this.#resultType(), this.#name());
    if (code === Code.BIN_TYPE) return binType(this.#name());
    throw refused(`op code ${code}`);
  }

  /** The arguments of "and" and "or": two at least. */
  #bools(count: number, depth: number): Expression[] {
    if (count < 2) throw refused('fewer than two arguments');
    return Array.from({ length: count }, () => this.#bool(depth));
  }

  #bool(depth: number): Expression {
    const expression = this.expression(depth);
    if (expression.type !== 'bool') throw refused('no boolean where one must be');
    return expression;
  }

  #resultType(): ResultType {
    const result = RESULT_TYPES.get(this.#integer());
    if (result === undefined) throw refused('a bin or key of another type');
    return result;
  }

  /** A bin's name: bytes without a particle type before them. */
  #name(): Buffer {
    if (this.#reader.next() !== Token.BYTES) throw refused('no bin name where one must be');
    return this.#payload();
  }

  #integer(): number {
    if (this.#reader.next() !== Token.INTEGER) throw refused('no integer where one must be');
    return this.#reader.number;
  }

  #payload(): Buffer {
    return this.#bytes.subarray(this.#reader.payloadStart, this.#reader.payloadEnd);
  }
}
