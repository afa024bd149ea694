/** Errors on their way between threads: what is copied there would lose its class and its facts. */
import { AsbError, codeOf, type ErrorCode, type ErrorFacts, messageOf } from '../errors.ts';

/** An error as it can be copied to another thread. */
export interface Failure {
  readonly message: string;
  /** Of an AsbError, its code and its facts; of any other neither. */
  readonly code?: ErrorCode;
  readonly facts?: Omit<ErrorFacts, 'cause'>;
  /** Of a system error: `ENOSPC`. */
  readonly systemCode?: string;
  readonly stack?: string;
  readonly cause?: Failure;
}

/** Causes below causes are copied so deep, and no deeper: one may be its own cause. */
const MAX_DEPTH = 8;

/** What can be copied of anything that was thrown. */
export const failureOf = (thrown: unknown, depth = 0): Failure => {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  const below =
    cause === undefined || depth === MAX_DEPTH ? {} : { cause: failureOf(cause, depth + 1) };
  const stack =
    thrown instanceof Error && thrown.stack !== undefined ? { stack: thrown.stack } : {};
  const common = { message: messageOf(thrown), ...stack, ...below };
  if (thrown instanceof AsbError) {
    const { cause: _, ...facts } = thrown.facts;
    return { ...common, code: thrown.code, facts };
  }
  const systemCode = codeOf(thrown);
  return systemCode === undefined ? common : { ...common, systemCode };
};

/** The same error in this thread. */
export const errorOf = ({ message, code, facts, systemCode, stack, cause }: Failure): Error => {
  const below = cause === undefined ? {} : { cause: errorOf(cause) };
  const error =
    code === undefined
      ? Object.assign(
          new Error(message, below),
          systemCode === undefined ? {} : { code: systemCode },
        )
      : new AsbError(code, message, { ...facts, ...below });
  if (stack !== undefined) error.stack = stack;
  return error;
};
