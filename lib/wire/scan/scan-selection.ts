import { AsbError } from '../../errors.ts';
import {
  allOf,
  anyOf,
  type Expression,
  lastUpdateBefore,
  lastUpdateFrom,
  neverExpires,
  setIs,
} from './filter-expression.ts';

/** Which records of a namespace a scan gives, and how much of each; all that is said must hold. */
export interface ScanSelection {
  readonly namespace: string;
  /** Sets to scan; all records, also those in no set, if left out or empty. */
  readonly sets?: readonly string[];
  /** Bins to give; all if left out or empty. */
  readonly bins?: readonly string[];
  /** Gives metadata only. */
  readonly noBins?: boolean;
  /**
   * Only records that were last written then or later, in nanoseconds since 1970-01-01T00:00:00Z:
   * `BigInt(date.getTime()) * 1_000_000n`. Servers know the time of a write to the millisecond.
   */
  readonly modifiedAfter?: bigint;
  /** Only records that were last written before then, in nanoseconds likewise. */
  readonly modifiedBefore?: bigint;
  /** Only records that never expire. Default false. */
  readonly noTtlOnly?: boolean;
  /** A filter expression as msgpack. */
  readonly filterExpression?: Expression;
}

/** Nanoseconds that the server can compare with. */
const MAX_TIME = 2n ** 63n - 1n;

/**
 * Looks whether some record could be chosen.
 * @throws AsbError `USAGE` for times that none has, or that are no times
 */
export const checkSelection = ({ modifiedAfter, modifiedBefore }: ScanSelection): void => {
  for (const time of [modifiedAfter, modifiedBefore]) {
    if (time === undefined || (time >= 0n && time <= MAX_TIME)) continue;
    const expected = '1970 to 2262, in nanoseconds since 1970-01-01T00:00:00Z';
    throw new AsbError('USAGE', `${time} is no time of a write; expected ${expected}`, {
      expected,
    });
  }
  if (modifiedAfter === undefined || modifiedBefore === undefined) return;
  if (modifiedAfter < modifiedBefore) return;
  throw new AsbError(
    'USAGE',
    'no record was modified after and before these times: "after" must be the earlier one',
    { expected: 'modified-after earlier than modified-before' },
  );
};

/** The filter that a scan sends; none if all records are wanted, or those of one set. */
export const filterOf = (selection: ScanSelection): Expression | undefined => {
  const { sets = [], modifiedAfter, modifiedBefore, filterExpression } = selection;
  const parts: Expression[] = [];
  if (filterExpression !== undefined) parts.push(filterExpression);
  // One set has a field of its own.
  if (sets.length > 1) parts.push(anyOf(sets.map(setIs)));
  if (modifiedAfter !== undefined) parts.push(lastUpdateFrom(modifiedAfter));
  if (modifiedBefore !== undefined) parts.push(lastUpdateBefore(modifiedBefore));
  if (selection.noTtlOnly === true) parts.push(neverExpires());
  return parts.length > 1 ? allOf(parts) : parts[0];
};

/** Whether records may be left out for what they are, and not for where they are. */
export const isFiltered = (selection: ScanSelection): boolean =>
  filterOf({ ...selection, sets: [] }) !== undefined;
