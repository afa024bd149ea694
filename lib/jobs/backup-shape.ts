import { createHmac } from 'node:crypto';
import type { Encryption } from '../crypto/key.ts';
import type { BackupOptions } from './backup-options.ts';
import type { BackupShape } from './manifest.ts';
import { shapeOfGiven, sortedNames } from './state.ts';

/**
 * The options that shape what is in a backup: those that must be the same when it goes on. What was
 * not given, or is a default, is left out. The order is the one in which people are told.
 */
export const shapeOfBackup = (options: BackupOptions): BackupShape =>
  shapeOfGiven({
    place: options.directory !== undefined ? 'directory' : options.output ? 'stream' : 'file',
    prefix: options.directory === undefined ? undefined : options.prefix,
    sets: sortedNames(options.sets),
    bins: sortedNames(options.bins),
    noBins: options.noBins === true ? true : undefined,
    filterExpression: expressionText(options.filterExpression),
    maxRecords: options.maxRecords === 0 ? undefined : options.maxRecords,
    noRecords: options.noRecords === true ? true : undefined,
    noIndexes: options.noIndexes === true ? true : undefined,
    noUdfs: options.noUdfs === true ? true : undefined,
    compact: options.compact === true ? true : undefined,
    compress: options.compress,
    encryption: options.encryption === undefined ? undefined : encryptionShape(options.encryption),
  });

const expressionText = (expression: Uint8Array | undefined): string | undefined =>
  expression === undefined ? undefined : Buffer.from(expression).toString('base64');

/**
 * The mode, and a few bits by which another key is known: a backup with two keys could not be
 * restored. They tell nothing of the key.
 */
const encryptionShape = ({ mode, key }: Encryption): string => {
  const check = createHmac('sha256', key.forMode(mode)).update('asb-streams').digest('hex');
  return `${mode}, key ${check.slice(0, 8)}`;
};
