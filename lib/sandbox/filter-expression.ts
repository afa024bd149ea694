import { AsbError } from '../errors.ts';
import { EPOCH_SECONDS } from '../record/layout.ts';
import { MAX_NESTING, MsgpackReader, Token } from '../record/msgpack-reader.ts';
import { ParticleType } from '../record/particle.ts';
import type { StoredRecord } from './store.ts';

/**
 * A filter over records.
 * @param now milliseconds since 1970-01-01T00:00:00Z
 */
export type Filter = (record: StoredRecord, now: number) => boolean;

/** A value while a filter runs: bytes are latin1 strings, whose order is that of the bytes. */
type Scalar = number | bigint | string;
/** `undefined` is the server's "unknown": a bin that is missing, or of another type. */
type Evaluate = (record: StoredRecord, now: number) => Scalar | undefined;
/** The types that the server checks when it reads an expression. */
type ExpressionType = 'bool' | 'int' | 'float' | 'string' | 'blob' | 'nil';

interface Expression {
  readonly type: ExpressionType;
  readonly evaluate: Evaluate;
}

/** Op codes, by the names that clients have for them. */
const Code = {
  AND: 16,
  OR: 17,
  NOT: 18,
  DIGEST_MODULO: 64,
  LAST_UPDATE: 66,
  SINCE_UPDATE: 67,
  VOID_TIME: 68,
  TTL: 69,
  SET_NAME: 70,
  KEY_EXISTS: 71,
  KEY: 80,
  BIN: 81,
  BIN_TYPE: 82,
} as const;

const COMPARISONS: ReadonlyMap<number, (a: Scalar, b: Scalar) => boolean> = new Map([
  [1, (a: Scalar, b: Scalar) => a === b],
  [2, (a: Scalar, b: Scalar) => a !== b],
  [3, (a: Scalar, b: Scalar) => a > b],
  [4, (a: Scalar, b: Scalar) => a >= b],
  [5, (a: Scalar, b: Scalar) => a < b],
  [6, (a: Scalar, b: Scalar) => a <= b],
]);

const NANOSECONDS = 1_000_000_000n;
const TRUE = 1;
const FALSE = 0;
const bool = (value: boolean): number => (value ? TRUE : FALSE);

/** What a record says about itself. */
const METADATA: ReadonlyMap<number, Expression> = new Map<number, Expression>([
  [Code.LAST_UPDATE, { type: 'int', evaluate: (record) => BigInt(record.lastUpdate) * 1_000_000n }],
  [
    Code.SINCE_UPDATE,
    {
      type: 'int',
      evaluate: (record, now) => BigInt(now - record.lastUpdate),
    },
  ],
  [
    Code.VOID_TIME,
    {
      type: 'int',
      evaluate: ({ voidTime }) =>
        voidTime === 0 ? -1n : BigInt(voidTime + EPOCH_SECONDS) * NANOSECONDS,
    },
  ],
  [
    Code.TTL,
    {
      type: 'int',
      evaluate: ({ voidTime }, now) =>
        voidTime === 0 ? -1n : BigInt(voidTime + EPOCH_SECONDS - Math.floor(now / 1000)),
    },
  ],
  [Code.SET_NAME, { type: 'string', evaluate: (record) => record.set.toString('latin1') }],
  [Code.KEY_EXISTS, { type: 'bool', evaluate: (record) => bool(record.key !== undefined) }],
]);

/** Result types on the wire that are known here, and the particle type that each reads. */
const RESULT_TYPES: ReadonlyMap<number, { type: ExpressionType; particle: number }> = new Map([
  [1, { type: 'bool', particle: ParticleType.BOOLEAN }],
  [2, { type: 'int', particle: ParticleType.INTEGER }],
  [3, { type: 'string', particle: ParticleType.STRING }],
  [6, { type: 'blob', particle: ParticleType.BLOB }],
  [7, { type: 'float', particle: ParticleType.DOUBLE }],
]);

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
  const parser = new Parser(bytes);
  let expression: Expression;
  try {
    expression = parser.expression(0);
  } catch (error) {
    if (error instanceof AsbError) return undefined;
    throw error;
  }
  if (!parser.done || expression.type !== 'bool') return undefined;
  return (record, now) => expression.evaluate(record, now) === TRUE;
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
    if (code === Code.AND || code === Code.OR) return this.#logical(code, count - 1, depth);
    if (code === Code.NOT) return not(this.#bool(depth));
    if (code === Code.DIGEST_MODULO) return digestModulo(this.#integer());
    if (code === Code.KEY) return this.#key();
    if (code === Code.BIN) return this.#bin();
    if (code === Code.BIN_TYPE) return binType(this.#name());
    throw refused(`op code ${code}`);
  }

  #logical(code: number, count: number, depth: number): Expression {
    const parts: Expression[] = [];
    for (let left = count; left > 0; left--) parts.push(this.#bool(depth));
    const decisive = code === Code.AND ? FALSE : TRUE;
    return {
      type: 'bool',
      evaluate: (record, now) => {
        const values = parts.map((part) => part.evaluate(record, now));
        if (values.includes(decisive)) return decisive;
        return values.includes(undefined) ? undefined : TRUE - decisive;
      },
    };
  }

  #bool(depth: number): Expression {
    const expression = this.expression(depth);
    if (expression.type !== 'bool') throw refused('no boolean where one must be');
    return expression;
  }

  #bin(): Expression {
    const result = this.#resultType();
    const name = this.#name();
    return {
      type: result.type,
      evaluate: (record) => {
        const bin = record.bins.find((candidate) => candidate.name.equals(name));
        return bin?.type === result.particle ? scalar(bin.type, bin.bytes) : undefined;
      },
    };
  }

  #key(): Expression {
    const result = this.#resultType();
    return {
      type: result.type,
      evaluate: ({ key }) =>
        key?.[0] === result.particle ? scalar(result.particle, key.subarray(1)) : undefined,
    };
  }

  #resultType(): { type: ExpressionType; particle: number } {
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

const refused = (what: string): AsbError => new AsbError('FORMAT', `filter expression: ${what}`);

const latin1 = (bytes: Buffer, start = 0): string => bytes.toString('latin1', start);

const constant = (type: ExpressionType, value: Scalar): Expression => ({
  type,
  evaluate: () => value,
});

const comparison = (
  compare: (a: Scalar, b: Scalar) => boolean,
  left: Expression,
  right: Expression,
): Expression => {
  if (left.type !== right.type) throw refused('a comparison of two types');
  return {
    type: 'bool',
    evaluate: (record, now) => {
      const a = left.evaluate(record, now);
      const b = right.evaluate(record, now);
      return a === undefined || b === undefined ? undefined : bool(compare(a, b));
    },
  };
};

const not = (part: Expression): Expression => ({
  type: 'bool',
  evaluate: (record, now) => {
    const value = part.evaluate(record, now);
    return value === undefined ? undefined : bool(value === FALSE);
  },
});

const digestModulo = (modulus: number): Expression => {
  if (modulus === 0) throw refused('digest modulo 0');
  return {
    type: 'int',
    evaluate: (record) => BigInt(record.digest.readUInt32LE(16) % modulus),
  };
};

const binType = (name: Buffer): Expression => ({
  type: 'int',
  evaluate: (record) =>
    BigInt(record.bins.find((bin) => bin.name.equals(name))?.type ?? ParticleType.NULL),
});

const scalar = (type: number, bytes: Buffer): Scalar => {
  if (type === ParticleType.INTEGER) return bytes.readBigInt64BE();
  if (type === ParticleType.DOUBLE) return bytes.readDoubleBE();
  if (type === ParticleType.BOOLEAN) return bool(bytes[0] !== 0);
  return latin1(bytes);
};
