import type { Coverage } from '../record/coverage.ts';
import { encrypted } from '../stages/encrypted.ts';
import { DEFAULT_FILE_LIMIT, type RotateStage, rotate } from '../stages/rotate.ts';
import { hashed } from '../storage/hashed.ts';
import type { Storage } from '../storage/storage.ts';
import { manifestFileOf } from './backup-ledger.ts';
import type { BackupOptions } from './backup-options.ts';
import type { ManifestFile } from './manifest.ts';

export interface BackupFilesOptions {
  readonly options: Pick<BackupOptions, 'encryption' | 'fileLimit'>;
  /** Where the files go. */
  readonly storage: Storage;
  /** What is to be done before the first file is begun. */
  readonly begin: () => Promise<void>;
  /** The name of each next file, by its index, from 0. */
  readonly nameOf: (index: number) => string;
  /** Told of each file that is whole and durable, and waited for. */
  readonly onFile: (file: ManifestFile, coverage: Coverage) => Promise<void>;
}

/** Encryption stands outside of the sums, and inside of nothing else. */
export const sealedStorage = (
  storage: Storage,
  { encryption }: Pick<BackupOptions, 'encryption'>,
): Storage => (encryption === undefined ? storage : encrypted(storage, encryption));

/** The files of a backup in a directory, with their sums, as one thread writes them. */
export const backupFiles = ({
  options,
  storage,
  begin,
  nameOf,
  onFile,
}: BackupFilesOptions): RotateStage => {
  const place = hashed(storage);
  return rotate({
    storage: { ...sealedStorage(place, options), prepare: begin },
    name: nameOf,
    fileLimit: options.fileLimit ?? DEFAULT_FILE_LIMIT,
    onFile: (file) => onFile(manifestFileOf(file, place.sha256Of(file.name)), file.coverage),
  });
};
