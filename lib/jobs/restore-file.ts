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

/**
 * Reads one file to its end.
 *
 * @returns its namespace; `undefined` if it says none
 * @throws what {@link BackupReader.read} does
 */
export const restoreFile = async (
  file: StoredFile,
  options: RestoreFileOptions,
): Promise<string | undefined> => {
  const { take, skipHead = false } = options;
  const reader = new BackupReader(file, options);
  let inHead = skipHead;
  await reader.read(async (chunk) => {
    inHead &&= chunk.kind !== 'records';
    if (!inHead) await take(chunk, reader.info.namespace);
  });
  return reader.info.namespace;
};
