import { AsbError } from '../errors.ts';

/**
 * What the value of a predicate says of a record, by JavaScript's rules.
 *
 * @throws AsbError `USAGE` for a function or a promise, which would be true of every record
 */
export const answerOf = (value: unknown): boolean => {
  // A promise that fails would end the process before this error is told.
  if (value instanceof Promise) value.catch(() => {});
  else if (typeof value !== 'function') return Boolean(value);
  const kind = typeof value === 'function' ? 'function' : 'promise';
  throw new AsbError(
    'USAGE',
    `what is asked of a record gives a ${kind}, which says nothing of it; expected a value like that of record.bins.age > 30`,
    { expected: 'a value that is true or false' },
  );
};
