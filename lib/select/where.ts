import { compileFunction } from 'node:vm';
import { AsbError, messageOf, toError } from '../errors.ts';
import type { AsbRecord } from '../record/record.ts';
import { answerOf } from './answer.ts';
import { WhereRecord } from './where-record.ts';

/** Longest expression, in characters. */
export const MAX_EXPRESSION_LENGTH = 1_000_000;

export interface WhereOptions {
  /**
   * What becomes of a record on which the expression throws: `fail` ends it all with an error,
   * `skip` leaves the record out, and counts it. Default `fail`.
   */
  readonly errors?: 'fail' | 'skip';
  /** From when `record.ttl` counts. Default: now. */
  readonly now?: Date;
}

/** An expression that was compiled. */
export interface Where {
  /**
   * Asks it of a record.
   * @returns whether its value is true; `skip` if it threw, and that is to be so
   * @throws AsbError `FORMAT`, with the record's digest and the cause, if it threw; `USAGE` if its
   *   value is a function or a promise, which would be true of every record
   */
  readonly test: (record: AsbRecord) => boolean | 'skip';
  /** Records that were skipped, and why the first one was; live. */
  readonly info: { readonly skipped: number; readonly firstError: Error | undefined };
}

/** How messages name the expression as a place; the stack of a syntax error begins with it. */
const NAME = 'where';

/**
 * Compiles a JavaScript expression over `record`, in strict mode: see {@link WhereRecord} for what a
 * record has. It is code, and can do what this process can: never take one from somebody else.
 *
 *     const { test } = compileWhere('record.bins.age > 30');
 *
 * @throws AsbError `USAGE`, with line and column in the expression, if it is none
 */
export const compileWhere = (expression: string, options: WhereOptions = {}): Where => {
  const { errors = 'fail', now = new Date() } = options;
  const ask = compile(expression);
  const seconds = now.getTime() / 1000;
  const info: { skipped: number; firstError: Error | undefined } = {
    skipped: 0,
    firstError: undefined,
  };
  const test = (record: AsbRecord): boolean | 'skip' => {
    let value: unknown;
    try {
      value = ask(new WhereRecord(record, seconds));
    } catch (cause) {
      const error = failure(record, cause);
      if (errors === 'fail') throw error;
      info.skipped++;
      info.firstError ??= error;
      return 'skip';
    }
    return answerOf(value);
  };
  return { test, info };
};

const compile = (expression: string): ((record: WhereRecord) => unknown) => {
  if (expression.length > MAX_EXPRESSION_LENGTH) {
    throw new AsbError('LIMIT', `an expression has at most ${MAX_EXPRESSION_LENGTH} characters`);
  }
  // In lines of its own, so that places in it are those that were typed, and a comment ends.
  const code = `'use strict'; return (\n${expression}\n)`;
  try {
    const compiled = compileFunction(code, ['record'], { filename: NAME, lineOffset: -1 });
    return (record) => compiled(record);
  } catch (cause) {
    throw syntaxError(expression, toError(cause));
  }
};

/** The stack begins with `where:LINE`, the line itself, and a caret below the place. */
const syntaxError = (expression: string, cause: Error): AsbError => {
  const [place = '', , carets = ''] = stackOf(cause).split('\n');
  const lines = expression.split('\n');
  const line = Number(place.slice(NAME.length + 1));
  const text = lines[line - 1];
  const what = `the expression: ${messageOf(cause)}`;
  if (text === undefined) {
    return new AsbError('USAGE', `${what} behind its end; something is missing`, { cause });
  }
  const column = carets.indexOf('^') + 1;
  const rest = text.slice(column - 1, column + 19);
  return new AsbError('USAGE', `${what} at line ${line}, column ${column}: ${rest}`, {
    line,
    column,
    cause,
  });
};

const stackOf = ({ stack }: Error): string => String(stack);

const failure = (record: AsbRecord, cause: unknown): AsbError => {
  const digest = record.digest.toString('hex');
  const where = /\bwhere:\d+:\d+/.exec(stackOf(toError(cause)))?.[0];
  const place = where === undefined ? '' : ` (${where})`;
  return new AsbError(
    'FORMAT',
    `the expression fails on the record with digest ${digest}: ${messageOf(cause)}${place}`,
    { cause },
  );
};
