import type { SecondaryIndex } from '../../lib/record/globals.ts';

/** A numeric index on the ages of a set. */
export const indexOf = (set: string): SecondaryIndex => ({
  kind: 'index',
  namespace: 'test',
  set,
  name: `by ${set}`,
  collection: 'default',
  type: 'numeric',
  bin: 'age',
});
