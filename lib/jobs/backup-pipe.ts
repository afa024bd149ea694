import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Continuation } from '../asb/serializer.ts';
import { compress } from '../stages/compress.ts';
import { type SerializerInfo, serialize } from '../stages/serialize.ts';
import type { BackupOptions } from './backup-options.ts';
import { pieceSizeFor } from './piece-size.ts';

/** Stages that stand in a row, by their names. */
export type Stages = Readonly<Record<string, Writable>>;

export interface BackupPipeOptions {
  readonly options: Pick<
    BackupOptions,
    'namespace' | 'compact' | 'compress' | 'compressionLevel' | 'directory' | 'fileLimit' | 'meter'
  >;
  /** Globals and batches of records. */
  readonly source: Readable;
  /** Amid which the text goes on; `undefined` for a backup that begins. */
  readonly continues: Continuation | undefined;
  /** Where the text, or its frames, go. */
  readonly to: Stages;
  /** Ends it at once. */
  readonly signal: AbortSignal;
}

/** What there is where nothing had to be done. */
export const NOTHING_WRITTEN: SerializerInfo = {
  version: '3.1',
  records: 0,
  indexes: 0,
  udfs: 0,
  vectors: 0,
  bytes: 0,
};

/** Whatever becomes text in a backup goes through here, in whatever thread: serialize, compress, and away. */
export const backupPipe = async ({
  options,
  source,
  continues,
  to,
  signal,
}: BackupPipeOptions): Promise<SerializerInfo> => {
  const { namespace, compact = false, meter } = options;
  const text = serialize({
    namespace,
    compact,
    reuseMemory: true,
    noteExtents: true,
    pieceSize: pieceSizeFor(options),
    ...(continues === undefined ? {} : { continues }),
  });
  const { compress: method, compressionLevel: level } = options;
  const packed: Stages =
    method === undefined ? {} : { compress: compress(level === undefined ? {} : { level }) };
  meter?.watch({ serialize: text, ...packed, ...to });
  await pipeline([source, text, ...Object.values(packed), ...Object.values(to)], { signal });
  return text.info;
};
