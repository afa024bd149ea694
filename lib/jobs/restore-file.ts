import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Parser } from '../asb/parser.ts';
import { inFile } from '../errors.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import type { RecordChunk } from '../record/chunk.ts';
import { unpack } from '../stages/unpack.ts';
import type { StoredFile } from '../storage/stored-file.ts';
import type { StrictUnpackOptions } from './backup-head.ts';

export interface RestoreFileOptions extends StrictUnpackOptions {
  /**
   * Takes what the file holds, one chunk at a time.
   * @param namespace of the file, as far as it has said one
   */
  readonly take: (chunk: RecordChunk, namespace: string | undefined) => Promise<void>;
  /** Leaves out what stands before the first record: it was taken before. */
  readonly skipHead?: boolean;
  /** Called with every piece's number of bytes, as stored. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads one file to its end.
 *
 * @returns its namespace; `undefined` if it says none
 * @throws AsbError what is wrong in the file, with its name; what `take` throws, as it is; the
 *   signal's reason
 */
export const restoreFile = async (
  file: StoredFile,
  options: RestoreFileOptions,
): Promise<string | undefined> => {
  const { take, skipHead = false, onBytes, signal } = options;
  const parser = new Parser({ file: file.location, reuseMemory: true });
  let inHead = skipHead;
  let notTaken: unknown;

  const takeAll = async (read: () => Iterable<RecordChunk>): Promise<void> => {
    for (const chunk of read()) {
      inHead &&= chunk.kind !== 'records';
      if (inHead) continue;
      await take(chunk, parser.info.namespace).catch((error: unknown) => {
        notTaken = error;
        throw error;
      });
    }
  };
  const sink = new Writable({
    objectMode: true,
    highWaterMark: 1,
    write(text: Buffer, _encoding, done) {
      takeAll(() => parser.push(text))
        .then(() => giveBack(text))
        .then(() => done(), done);
    },
    final(done) {
      takeAll(() => parser.end()).then(() => done(), done);
    },
  });
  const source = file.open();
  source.on('data', (bytes: Buffer) => onBytes(bytes.length));
  try {
    await pipeline(source, unpack(options), sink, { signal });
    return parser.info.namespace;
  } catch (error) {
    signal.throwIfAborted();
    throw error === notTaken ? error : inFile(error, file.location);
  }
};
