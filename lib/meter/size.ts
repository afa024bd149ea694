/** What flows in object mode, as far as it is counted: a batch of records, known by its table. */
interface Batch {
  readonly length: number;
  readonly offsets: Uint32Array;
}

const isObject = (chunk: unknown): chunk is object => typeof chunk === 'object' && chunk !== null;

const isBatch = (chunk: object): chunk is Batch =>
  'offsets' in chunk && chunk.offsets instanceof Uint32Array && 'length' in chunk;

/** How many items a chunk is: the records of a batch; anything else is one, bytes too. */
export const itemsOf = (chunk: unknown): number =>
  isObject(chunk) && isBatch(chunk) ? chunk.length : 1;

/**
 * How many bytes a chunk is: of a batch the sum of its records, since its memory may hold others, too; of
 * an object that carries bytes, those; of others 0.
 */
export const bytesOf = (chunk: unknown): number => {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk);
  if (!isObject(chunk)) return 0;
  if (chunk instanceof Uint8Array) return chunk.byteLength;
  if (isBatch(chunk)) return recordBytes(chunk.offsets);
  if ('bytes' in chunk && chunk.bytes instanceof Uint8Array) return chunk.bytes.byteLength;
  if ('content' in chunk && chunk.content instanceof Uint8Array) return chunk.content.byteLength;
  return 0;
};

/** A walk over a table of numbers: a nanosecond a record, where a backup takes 500. */
const recordBytes = (offsets: Uint32Array): number => {
  let bytes = 0;
  for (let at = 0; at < offsets.length; at += 2) bytes += offsets[at + 1]! - offsets[at]!;
  return bytes;
};
