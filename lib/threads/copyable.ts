/** Objects in objects are copied so deep, and no deeper. */
const MAX_DEPTH = 4;

/**
 * What of anything can go to another thread, for somebody who only looks at some fields of it: words,
 * numbers, errors with their names and messages, and plain objects and lists of these. Streams, functions,
 * bytes and instances of classes are left out: most of them cannot be copied, and nobody reads them in a log.
 */
export const copyable = (value: unknown, depth = 0): unknown => {
  if (value === null || ['string', 'number', 'boolean', 'bigint'].includes(typeof value)) {
    return value;
  }
  if (value instanceof Error) {
    return Object.assign(new Error(value.message), { name: value.name });
  }
  if (typeof value !== 'object' || depth === MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.map((item: unknown) => copyable(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      const copy = copyable(field, depth + 1);
      return copy === undefined ? [] : [[name, copy]];
    }),
  );
};
