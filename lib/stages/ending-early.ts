import { Readable } from 'node:stream';

/** A source that ends in order where another one fails. */
export interface EarlyEnd {
  readonly source: Readable;
  /** Why it ended before its end; `undefined` if it did not. */
  readonly failure: unknown;
}

/**
 * Gives what `inner` gives, and ends when that fails: so all that was read gets through the stages
 * behind, and whoever set them up looks at `failure`. A failure before the first chunk, or one that
 * is not `worth` it, fails this source, too.
 *
 * @param worth whether what was given so far is worth being kept
 */
export const endingEarly = (inner: Readable, worth: (failure: unknown) => boolean): EarlyEnd => {
  let failure: unknown;
  const source = async function* () {
    let given = false;
    try {
      for await (const chunk of inner) {
        given = true;
        yield chunk;
      }
    } catch (error) {
      if (!given || !worth(error)) throw error;
      failure = error;
    }
  };
  return {
    source: Readable.from(source(), { highWaterMark: 1 }),
    get failure() {
      return failure;
    },
  };
};
