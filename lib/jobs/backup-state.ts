import { Coverage } from '../record/coverage.ts';
import { DIGEST_SIZE, PARTITION_COUNT, partitionOf } from '../record/layout.ts';
import { BITMAP_SIZE, type HolderBitmaps } from '../wire/scan/holders.ts';
import { DocumentFields } from './document-fields.ts';
import {
  type BackupShape,
  checkWhat,
  documentText,
  type ManifestFile,
  manifestFiles,
  shapeOf,
  shardIn,
} from './manifest.ts';
import type { Shard } from './shard.ts';

/** What a state says it is, and the version of its form. */
const WHAT = 'asb-streams backup state';
const FORM = 1;

/** How much of a single file, or of a stream, is safe. */
export interface SafePart {
  readonly bytes: number;
  /** SHA-256 of these bytes, in hex; nobody can read a stream again, so it has none. */
  readonly sha256?: string;
  readonly records: number;
  readonly indexes: number;
  readonly udfs: number;
}

/** What a backup goes on from when it was cut off. */
export interface BackupState {
  /** Who wrote it, with its version. */
  readonly tool: string;
  readonly namespace: string;
  /** Which of several backups it is of that are one together. */
  readonly shard?: Shard | undefined;
  /** What must be the same when it goes on. */
  readonly options: BackupShape;
  /** When the backup was begun, the first time. */
  readonly begun: Date;
  /** Whether a single file takes the place of an older one when it is whole. */
  readonly replaces: boolean;
  /** Files that are whole, in order. */
  readonly files: readonly ManifestFile[];
  /** Of a backup to one file or stream. */
  readonly part?: SafePart | undefined;
  /** What these files hold; of each partition the last digest. */
  readonly coverage: Coverage;
  /** Which nodes held the partitions when it was begun: without them, a partition is not gone on with. */
  readonly holders: HolderBitmaps;
}

/** A state as JSON. */
export const stateText = ({ files, coverage, holders, ...rest }: BackupState): string => {
  const positions = Object.fromEntries(
    Array.from(coverage.positions(), ([partition, digest]) => [
      partition,
      digest.toString('base64'),
    ]),
  );
  const nodes = Object.fromEntries(
    Array.from(holders, ([name, bitmap]) => [name, Buffer.from(bitmap).toString('base64')]),
  );
  return documentText({ what: WHAT, form: FORM, ...rest, nodes, positions }, 'files', files);
};

/**
 * Reads a state.
 *
 * @param file for messages
 * @throws AsbError `FORMAT`, with the file and the field, for what is none, or is of a later form
 */
export const parseState = (text: string, file: string): BackupState => {
  const fields = DocumentFields.parse(text, file);
  checkWhat(fields, file, WHAT, FORM);
  const files = manifestFiles(fields);
  const part = fields.has('part') ? partOf(fields.object('part')) : undefined;
  const coverage = new Coverage();
  for (const digest of digestsOf(fields.object('positions'))) coverage.reach(digest);
  for (const held of [...files, ...(part === undefined ? [] : [part])]) {
    coverage.records += held.records;
    coverage.indexes += held.indexes;
    coverage.udfs += held.udfs;
  }
  return {
    tool: fields.text('tool'),
    namespace: fields.text('namespace'),
    ...shardIn(fields),
    options: shapeOf(fields),
    begun: fields.time('begun'),
    replaces: fields.flag('replaces'),
    files,
    part,
    coverage,
    holders: holdersOf(fields.object('nodes')),
  };
};

const partOf = (fields: DocumentFields): SafePart => ({
  bytes: fields.count('bytes'),
  ...(fields.has('sha256') ? { sha256: fields.text('sha256', /^[0-9a-f]{64}$/) } : {}),
  records: fields.count('records'),
  indexes: fields.count('indexes'),
  udfs: fields.count('udfs'),
});

const holdersOf = (nodes: DocumentFields): HolderBitmaps =>
  new Map(
    nodes.names.map((name) => {
      const bitmap = Buffer.from(nodes.text(name), 'base64');
      if (bitmap.length === BITMAP_SIZE) return [name, bitmap];
      throw nodes.wrong(name, `a bitmap of partitions, ${BITMAP_SIZE} bytes in base64`);
    }),
  );

/** A digest says itself of which partition it is: one in a wrong place would lose records. */
const digestsOf = (positions: DocumentFields): Buffer[] =>
  positions.names.map((name) => {
    const digest = Buffer.from(positions.text(name), 'base64');
    const partition = /^\d{1,4}$/.test(name) ? Number(name) : PARTITION_COUNT;
    if (digest.length === DIGEST_SIZE && partitionOf(digest, 0) === partition) return digest;
    throw positions.wrong(name, 'the digest of a record of this partition, in base64');
  });
