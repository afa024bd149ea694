import { AsbError } from '../errors.ts';
import { EPOCH_SECONDS } from '../record/layout.ts';
import { ParticleType } from '../record/particle.ts';
import type { StoredRecord } from './store.ts';

/** A value while a filter runs: bytes are latin1 strings, whose order is that of the bytes. */
export type Scalar = number | bigint | string;
/** `undefined` is the server's "unknown": a bin that is missing, or of another type. */
export type Evaluate = (record: StoredRecord, now: number) => Scalar | undefined;
/** The types that the server checks when it reads an expression. */
export type ExpressionType = 'bool' | 'int' | 'float' | 'string' | 'blob' | 'nil';

/** A part of a filter: what the server calls an expression. */
export interface Expression {
  readonly type: ExpressionType;
  readonly evaluate: Evaluate;
}

/** Op codes, by the names that clients have for them. */
export const Code = {
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

/** Comparisons by op code. Of a NaN all are false but "not equal". */
export const COMPARISONS: ReadonlyMap<number, (a: Scalar, b: Scalar) => boolean> = new Map([
  [1, (a: Scalar, b: Scalar) => a === b],
  [2, (a: Scalar, b: Scalar) => a !== b],
  [3, (a: Scalar, b: Scalar) => a > b],
  [4, (a: Scalar, b: Scalar) => a >= b],
  [5, (a: Scalar, b: Scalar) => a < b],
  [6, (a: Scalar, b: Scalar) => a <= b],
]);

const NANOSECONDS = 1_000_000_000n;
export const TRUE = 1;
export const FALSE = 0;
const bool = (value: boolean): number => (value ? TRUE : FALSE);

/** What a record says about itself. */
export const METADATA: ReadonlyMap<number, Expression> = new Map<number, Expression>([
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

/** What an expression that reads a bin or key gives, and the particle type that it takes. */
export interface ResultType {
  readonly type: ExpressionType;
  readonly particle: number;
}

/** Result types on the wire that are known here, and the particle type that each reads. */
export const RESULT_TYPES: ReadonlyMap<number, ResultType> = new Map([
  [1, { type: 'bool', particle: ParticleType.BOOLEAN }],
  [2, { type: 'int', particle: ParticleType.INTEGER }],
  [3, { type: 'string', particle: ParticleType.STRING }],
  [6, { type: 'blob', particle: ParticleType.BLOB }],
  [7, { type: 'float', particle: ParticleType.DOUBLE }],
]);

/** What the parser fails with. */
export const refused = (what: string): AsbError =>
  new AsbError('FORMAT', `filter expression: ${what}`);

/** Bytes as a {@link Scalar}. */
export const latin1 = (bytes: Buffer, start = 0): string => bytes.toString('latin1', start);

export const constant = (type: ExpressionType, value: Scalar): Expression => ({
  type,
  evaluate: () => value,
});

/** @throws AsbError `FORMAT` if the two are not of one type */
export const comparison = (
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

export const not = (part: Expression): Expression => ({
  type: 'bool',
  evaluate: (record, now) => {
    const value = part.evaluate(record, now);
    return value === undefined ? undefined : bool(value === FALSE);
  },
});

/**
 * The last 4 bytes of the digest, little endian, modulo a number.
 * @throws AsbError `FORMAT` for 0
 */
export const digestModulo = (modulus: number): Expression => {
  if (modulus === 0) throw refused('digest modulo 0');
  return {
    type: 'int',
    evaluate: (record) => BigInt(record.digest.readUInt32LE(16) % modulus),
  };
};

/** The particle type of a bin; 0 if it is not there. */
export const binType = (name: Buffer): Expression => ({
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

/** True if all are (`decisive` 0: and), or if one is (`decisive` 1: or). */
export const logical = (parts: readonly Expression[], decisive: number): Expression => ({
  type: 'bool',
  evaluate: (record, now) => {
    const values = parts.map((part) => part.evaluate(record, now));
    if (values.includes(decisive)) return decisive;
    return values.includes(undefined) ? undefined : TRUE - decisive;
  },
});

/** A bin's value. */
export const binValue = (result: ResultType, name: Buffer): Expression => ({
  type: result.type,
  evaluate: (record) => {
    const bin = record.bins.find((candidate) => candidate.name.equals(name));
    return bin?.type === result.particle ? scalar(bin.type, bin.bytes) : undefined;
  },
});

/** The user key, if it is stored. */
export const keyValue = (result: ResultType): Expression => ({
  type: result.type,
  evaluate: ({ key }) =>
    key?.[0] === result.particle ? scalar(result.particle, key.subarray(1)) : undefined,
});
