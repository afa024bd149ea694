/**
 * The few filter expressions that a scan makes itself. An expression is msgpack: a list of an op
 * code and its arguments, which may be lists again.
 */
import { MsgpackWriter } from '../../record/msgpack-writer.ts';

const Code = { EQUAL: 1, AND: 16, OR: 17, SET_NAME: 70 } as const;

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

/** True if any of two or more expressions is. */
export const anyOf = (expressions: readonly Expression[]): Expression =>
  list(Code.OR, expressions.map(nested));

/** True if all of two or more expressions are. */
export const allOf = (expressions: readonly Expression[]): Expression =>
  list(Code.AND, expressions.map(nested));
