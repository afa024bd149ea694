/**
 * Every failure that this package foresees is an {@link AsbError}: a literal `code` for programs,
 * the facts as fields, a message for people that says what was wrong, where, and what to do, and
 * `cause` for what lay below.
 */

/** What can go wrong; tests and callers match on these, never on the words of a message. */
export type ErrorCode =
  /** A wrong option, or options that exclude each other. */
  | 'USAGE'
  /** Input that does not have the form it must have. */
  | 'FORMAT'
  /** Input that ends before its end, or that an earlier stage marked as failed. */
  | 'TRUNCATED'
  /** A value outside what the format or the database can hold. */
  | 'RANGE'
  /** A key or certificate that cannot be had, is none, or does not open what it is to open. */
  | 'KEY'
  /** Larger than one of the exported limits. */
  | 'LIMIT'
  /** No seed host could be reached. */
  | 'CONNECT'
  /** A connection was lost, or a reply did not come in time. */
  | 'NETWORK'
  /** A peer sent bytes that are not the protocol. */
  | 'PROTOCOL'
  /** The server answered with a result code other than 0. */
  | 'SERVER'
  /** The cluster refused the login. What a user who is in may not do is a `SERVER`. */
  | 'AUTH'
  /** Partitions that no node served, after all retries. */
  | 'PARTITIONS'
  /** The namespace is not on the cluster. */
  | 'NO_NAMESPACE'
  /** Records were asked for and there was none. */
  | 'EMPTY'
  /** A file or directory that must not be there yet is there. */
  | 'EXISTS'
  /** A file or directory that must be there is not. */
  | 'NOT_FOUND'
  /** The disk, a pipe or another place where bytes rest failed. */
  | 'STORAGE'
  /** A command that files are piped through failed. */
  | 'FILTER_COMMAND'
  /** Binary data was about to go to a terminal. */
  | 'TERMINAL'
  /** Stopped by a signal or by the caller. */
  | 'ABORTED';

/** The facts of a failure, each where it is known. */
export interface ErrorFacts {
  /** Path or name of the input or output. */
  readonly file?: string;
  /** Line in the input, from 1. */
  readonly line?: number;
  /** Column in the line, in bytes, from 1. */
  readonly column?: number;
  /** Offset in the input, in bytes, from 0. */
  readonly offset?: number;
  /** What would have been right. */
  readonly expected?: string;
  /** `host:port` of the node concerned. */
  readonly node?: string;
  /** The server's result code. */
  readonly resultCode?: number;
  readonly namespace?: string;
  /** Partition ids (0–4095) concerned. */
  readonly partitions?: readonly number[];
  /** Where the state is from which what failed can go on. */
  readonly state?: string;
  /** The error below this one. */
  readonly cause?: unknown;
}

export class AsbError extends Error {
  override readonly name = 'AsbError';
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;

  /**
   * @param code what went wrong, for programs
   * @param message what went wrong, where, and what to do, for people; no trailing full stop
   * @param facts the same as fields
   */
  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, 'cause' in facts ? { cause: facts.cause } : undefined);
    this.code = code;
    this.facts = facts;
  }
}

/** The message of anything that was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** The code of a Node system error (`ENOENT`, `EPIPE` …) or of an {@link AsbError}. */
export const codeOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined;

/** What programs are told of anything that was thrown: its code, and its facts, but for the cause. */
export const factsOf = (thrown: unknown): Readonly<Record<string, unknown>> => {
  const code = codeOf(thrown);
  const { cause: _, ...facts } = thrown instanceof AsbError ? thrown.facts : {};
  return code === undefined ? facts : { code, ...facts };
};

/** Anything that was thrown, as an error: streams take nothing else. */
export const toError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));

/**
 * The same failure, told of a file: its name stands before the message and among the facts. What is
 * no AsbError, or names a file already, stays as it is.
 */
export const inFile = (thrown: unknown, file: string): Error => {
  if (!(thrown instanceof AsbError) || thrown.facts.file !== undefined) return toError(thrown);
  return new AsbError(thrown.code, `${file}: ${thrown.message}`, { ...thrown.facts, file });
};
