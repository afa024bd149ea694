/**
 * The few filter expressions that a scan makes itself. An expression is msgpack: a list of an op
 * code and its arguments, which may be lists again.
 */
import { MsgpackWriter } from '../../record/msgpack-writer.ts';

const Code = {
  EQUAL: 1,
  GREATER_OR_EQUAL: 4,
  LESS: 5,
  AND: 16,
  OR: 17,
  LAST_UPDATE: 66,
  VOID_TIME: 68,
  SET_NAME: 70,
} as const;

/** What an expression reads as the void time of a record that has none. */
const NEVER_EXPIRES = -1;

/** An expression as msgpack. */
export type Expression = Uint8Array;

const list = (code: number, args: readonly ((writer: MsgpackWriter) => void)[]): Expression => {
  const writer = new MsgpackWriter();
  writer.listHead(args.length + 1, 0);
  writer.integer(code);
  for (const write of args) write(writer);
  return writer.take();
};

const nested = (expression: Expression) => (writer: MsgpackWriter) => writer.raw(expression);

/** True for records of this set. */
export const setIs = (set: string): Expression =>
  list(Code.EQUAL, [nested(list(Code.SET_NAME, [])), (writer) => writer.value(set)]);

/**
 * True for records that were last written then or later.
 * @param nanoseconds since 1970-01-01T00:00:00Z, as the server counts here
 */
export const lastUpdateFrom = (nanoseconds: bigint): Expression =>
  list(Code.GREATER_OR_EQUAL, [
    nested(list(Code.LAST_UPDATE, [])),
    (writer) => writer.bigint(nanoseconds),
  ]);

/**
 * True for records that were last written before then.
 * @param nanoseconds since 1970-01-01T00:00:00Z
 */
export const lastUpdateBefore = (nanoseconds: bigint): Expression =>
  list(Code.LESS, [nested(list(Code.LAST_UPDATE, [])), (writer) => writer.bigint(nanoseconds)]);

/** True for records that never expire. */
export const neverExpires = (): Expression =>
  list(Code.EQUAL, [nested(list(Code.VOID_TIME, [])), (writer) => writer.integer(NEVER_EXPIRES)]);

/** True if any of two or more expressions is. */
export const anyOf = (expressions: readonly Expression[]): Expression =>
  list(Code.OR, expressions.map(nested));

/** True if all of two or more expressions are. */
export const allOf = (expressions: readonly Expression[]): Expression =>
  list(Code.AND, expressions.map(nested));
