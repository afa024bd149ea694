import { addAbortSignal, type Duplex, pipeline } from 'node:stream';
import { Parser } from '../asb/parser.ts';
import { AsbError, inFile } from '../errors.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import type { Global } from '../record/globals.ts';
import { type UnpackOptions, unpack } from '../stages/unpack.ts';
import type { StoredFile } from '../storage/stored-file.ts';

/** Indexes and UDF modules of one file at most, where they are gathered; a cluster has hundreds. */
export const MAX_HEAD_GLOBALS = 10_000;

/** @throws AsbError `LIMIT` for more globals than `MAX_HEAD_GLOBALS` */
export const requireFewGlobals = (count: number): void => {
  if (count <= MAX_HEAD_GLOBALS) return;
  const expected = `at most ${MAX_HEAD_GLOBALS} indexes and UDF modules`;
  throw new AsbError('LIMIT', `more than ${MAX_HEAD_GLOBALS} indexes and UDF modules`, {
    expected,
  });
};

/** How the bytes of a backup become text: damage is always an error. */
export type StrictUnpackOptions = Omit<UnpackOptions, 'onDamage'>;

/** What a file says before its first record. */
export interface BackupHead {
  /** Of the header, or else of the first record; `undefined` if there is neither. */
  readonly namespace: string | undefined;
  readonly globals: readonly Global[];
  /** Whether its text is compressed. */
  readonly compressed: boolean;
}

/**
 * Reads a file up to its first record.
 *
 * @throws AsbError what is wrong there, with the file's name; `LIMIT` for more globals than
 *   `MAX_HEAD_GLOBALS`; the signal's reason
 */
export const readHead = async (
  file: StoredFile,
  options: StrictUnpackOptions & { readonly signal: AbortSignal },
): Promise<BackupHead> => {
  const { signal } = options;
  const parser = new Parser({ file: file.location });
  const globals: Global[] = [];
  const text = addAbortSignal(signal, unpack(options));
  try {
    for await (const chunk of chunksOf(file, parser, text)) {
      if (chunk.kind === 'records') break;
      globals.push(chunk);
      requireFewGlobals(globals.length);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw inFile(error, file.location);
  }
  const compressed = text.info.content === 'frames';
  return { namespace: parser.info.namespace, globals, compressed };
};

async function* chunksOf(file: StoredFile, parser: Parser, text: Duplex) {
  const source = file.open();
  const pieces: AsyncIterable<Buffer> = text;
  const closed = new Promise((resolve) => source.once('close', resolve));
  // A failure arrives through the text; leaving early is none.
  pipeline(source, text, () => {});
  try {
    for await (const chunk of pieces) {
      yield* parser.push(chunk);
      giveBack(chunk);
    }
    yield* parser.end();
  } finally {
    await closed;
  }
}
