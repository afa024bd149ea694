import { addAbortSignal, Readable } from 'node:stream';

/** The first bytes of a stream, and a stream that gives all of it. */
export interface Peeked {
  /** Fewer than were asked for only if there are no more. */
  readonly head: Buffer;
  readonly stream: Readable;
}

/**
 * Looks at the first bytes of a byte stream.
 *
 * @param size how many bytes are wanted
 * @throws what the stream fails with, or the signal's reason
 */
export const peek = async (
  source: Readable,
  size: number,
  signal: AbortSignal,
): Promise<Peeked> => {
  addAbortSignal(signal, source);
  const chunks: AsyncIterator<Buffer> = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  try {
    while (head.length < size) {
      const { done, value } = await chunks.next();
      if (done === true) break;
      head = Buffer.concat([head, value]);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  const stream = Readable.from(join(head, chunks), { objectMode: false });
  stream.once('close', () => source.destroy());
  return { head, stream };
};

async function* join(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* { [Symbol.asyncIterator]: () => rest };
}
