import type { RecordChunk } from '../record/chunk.ts';
import type { StoredFile } from '../storage/stored-file.ts';
import { BackupReader, type BackupReaderOptions } from './backup-reader.ts';

export interface RestoreFileOptions extends BackupReaderOptions {
  /**
   * Takes what the file holds, one chunk at a time.
   * @param namespace of the file, as far as it has said one
   */
  readonly take: (chunk: RecordChunk, namespace: string | undefined) => Promise<void>;
  /** Leaves out what stands before the first record: it was taken before. */
  readonly skipHead?: boolean;
}

/** What was read of a file. */
export interface ReadFile {
  /** `undefined` if it says none. */
  readonly namespace: string | undefined;
  /** As they are stored. */
  readonly bytes: number;
  readonly records: number;
}

/**
 * Reads one file to its end.
 *
 * @throws what {@link BackupReader.read} does
 */
export const restoreFile = async (
  file: StoredFile,
  options: RestoreFileOptions,
): Promise<ReadFile> => {
  const { take, onBytes, skipHead = false } = options;
  let bytes = 0;
  const reader = new BackupReader(file, {
    ...options,
    onBytes: (more) => {
      bytes += more;
      onBytes(more);
    },
  });
  let inHead = skipHead;
  await reader.read(async (chunk) => {
    inHead &&= chunk.kind !== 'records';
    if (!inHead) await take(chunk, reader.info.namespace);
  });
  const { namespace, records } = reader.info;
  return { namespace, bytes, records };
};
