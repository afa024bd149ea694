import { createHmac } from 'node:crypto';
import type { Encryption } from '../crypto/key.ts';
import { PARTITION_COUNT } from '../record/layout.ts';
import { ranges } from '../wire/scan/partition-list.ts';
import { placeText } from '../wire/scan/scan-nodes.ts';
import type { BackupOptions } from './backup-options.ts';
import type { BackupShape } from './manifest.ts';
import { shapeOfGiven, sortedNames } from './state.ts';

const NANOSECONDS = 1_000_000_000n;

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
    modifiedAfter: timeText(options.modifiedAfter),
    modifiedBefore: timeText(options.modifiedBefore),
    noTtlOnly: options.noTtlOnly === true ? true : undefined,
    partitions: partitionsText(options.partitions),
    afterDigests: digestTexts(options.positions),
    nodes: sortedNames(options.nodes?.map(placeText)),
    maxRecords: options.maxRecords === 0 ? undefined : options.maxRecords,
    noRecords: options.noRecords === true ? true : undefined,
    noIndexes: options.noIndexes === true ? true : undefined,
    noUdfs: options.noUdfs === true ? true : undefined,
    compact: options.compact === true ? true : undefined,
    compress: options.compress,
    encryption: options.encryption === undefined ? undefined : encryptionShape(options.encryption),
  });

/** `2026-11-23T12:00:00.000000000Z`: JSON has no number that is so exact. */
const timeText = (nanoseconds: bigint | undefined): string | undefined => {
  if (nanoseconds === undefined) return undefined;
  const seconds = new Date(Number(nanoseconds / NANOSECONDS) * 1000).toISOString();
  const part = `${nanoseconds % NANOSECONDS}`.padStart(9, '0');
  return seconds.replace(/\.\d+Z$/, `.${part}Z`);
};

/** `0-7,12`; `undefined` for all. */
const partitionsText = (partitions: readonly number[] | undefined): string | undefined => {
  if (partitions === undefined) return undefined;
  const ids = [...new Set(partitions)].sort((one, other) => one - other);
  return ids.length === PARTITION_COUNT ? undefined : ranges(ids, Number.POSITIVE_INFINITY);
};

/** By partition; `undefined` if all partitions are read from their begin. */
const digestTexts = (
  positions: ReadonlyMap<number, Uint8Array> = new Map(),
): string[] | undefined => {
  const sorted = [...positions].sort(([one], [other]) => one - other);
  const texts = sorted.map(([, digest]) => Buffer.from(digest).toString('base64'));
  return texts.length === 0 ? undefined : texts;
};

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
