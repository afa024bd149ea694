import type { ScanOptions } from '../stages/scan.ts';
import type { BackupOptions } from './backup-options.ts';
import type { BackupState } from './backup-state.ts';

/** What of a backup concerns its scan; all of it can be copied to another thread. */
export type BackupScanOptions = Omit<ScanOptions, 'cluster' | 'nodes' | 'onNotice' | 'onHolders'>;

export interface BackupScanContext {
  /** What is safe already. */
  readonly safe: BackupState;
  /** Ids of those that are read, which is all that a scan is told of where to read; all if `undefined`. */
  readonly partitions: readonly number[] | undefined;
  /** Scans at once. */
  readonly parallel: number;
  /** Whether indexes and UDF modules are read. */
  readonly withGlobals: boolean;
}

/** What the scan of a backup is told. */
export const backupScanOptions = (
  options: BackupOptions,
  { safe, partitions, parallel, withGlobals }: BackupScanContext,
): BackupScanOptions => {
  const { maxRecords = 0 } = options;
  const enough = maxRecords > 0 && safe.coverage.records >= maxRecords;
  return {
    ...scanPart(options),
    ...(partitions === undefined ? {} : { partitions }),
    reuseMemory: true,
    parallel,
    // What is safe is further on than where it was to begin.
    positions: new Map([...(options.positions ?? []), ...safe.coverage.positions()]),
    holders: safe.holders,
    maxRecords: maxRecords === 0 ? 0 : maxRecords - safe.coverage.records,
    noIndexes: !withGlobals || options.noIndexes === true,
    noUdfs: !withGlobals || options.noUdfs === true,
    noRecords: options.noRecords === true || enough,
  };
};

/** Without what only the backup knows the meaning of. */
const scanPart = ({
  directory: _directory,
  outputFile: _outputFile,
  output: _output,
  outputSize: _outputSize,
  s3: _s3,
  prefix: _prefix,
  shard: _shard,
  fileLimit: _fileLimit,
  removeFiles: _removeFiles,
  compact: _compact,
  compress: _compress,
  compressionLevel: _compressionLevel,
  encryption: _encryption,
  logger: _logger,
  meter: _meter,
  allowEmpty: _allowEmpty,
  stateFile: _stateFile,
  continueFrom: _continueFrom,
  nodes: _nodes,
  workers: _workers,
  onNotice: _onNotice,
  ...scan
}: BackupOptions): BackupScanOptions => scan;
