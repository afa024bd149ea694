/** Requests in flight where many are sent of which none takes long. */
export const REQUESTS_AT_ONCE = 16;

/**
 * Does something with each item, several at once, and takes an item only when it can be worked on.
 * After a failure no further item is taken; what is under way is waited for.
 *
 * @throws the first failure, of `items` or of `work`
 */
export const inParallel = async <T>(
  items: AsyncIterable<T> | Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> => {
  const shared = oneByOne(items);
  const worker = async (): Promise<void> => {
    // Leaving the loop by a failure ends `shared`, and with it all other loops.
    for await (const item of shared) await work(item);
  };
  const results = await Promise.allSettled(Array.from({ length: REQUESTS_AT_ONCE }, worker));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
};

/** A generator may be asked by many at once; not all that is iterable may. */
async function* oneByOne<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
