/** Which partitions a scan reads, as asbackup's options say it. */
import { AsbError } from '../../errors.ts';
import { DIGEST_SIZE, PARTITION_COUNT, partitionOf } from '../../record/layout.ts';

/** Some partitions, as `PartitionScanOptions` takes them. */
export interface PartitionFilter {
  /** Ids, 0–4095, ascending. */
  readonly partitions: readonly number[];
  /** The digests after which partitions are read; those of others are read whole. */
  readonly positions: ReadonlyMap<number, Uint8Array>;
}

const LIST_FORM = 'BEGIN[-COUNT] with BEGIN 0 to 4095, or a digest in base64, with commas between';
const DIGEST_FORM = `a digest of ${DIGEST_SIZE} bytes, in base64`;

/**
 * Reads a list of partitions, as `--partition-list` has it: `0-1000` is a begin and a count (not
 * an end), `2222` one partition, a digest in base64 (20 bytes) what comes after it in its own
 * partition; with commas between.
 *
 *     scan({ namespace: 'test', ...parsePartitionList('0-1000,2222') })
 *
 * @throws AsbError `USAGE` for what is none of these, for partitions beyond 4095, and for two
 *   entries that both have a partition: it would be read only once, and perhaps not from its begin
 */
export const parsePartitionList = (text: string): PartitionFilter => {
  /** Partition → the entry that has it. */
  const entries = new Map<number, string>();
  const positions = new Map<number, Uint8Array>();
  for (const entry of text.split(',')) {
    const range = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(entry);
    const digest = range === null ? digestOf(entry) : undefined;
    const begin = digest === undefined ? Number(range?.[1] ?? Number.NaN) : partitionOf(digest, 0);
    const count = Number(range?.[2] ?? 1);
    if (!(begin < PARTITION_COUNT) || count < 1) throw wrongList(entry);
    if (begin + count > PARTITION_COUNT) throw beyond(entry, PARTITION_COUNT - begin);
    for (let id = begin; id < begin + count; id++) {
      const other = entries.get(id);
      if (other !== undefined) throw overlap(other, entry, id);
      entries.set(id, entry);
    }
    if (digest !== undefined) positions.set(begin, digest);
  }
  return { partitions: [...entries.keys()].sort((one, other) => one - other), positions };
};

/**
 * What comes after a digest: the rest of its partition, and all later partitions.
 *
 * @param text the digest in base64, as `--after-digest` has it
 * @throws AsbError `USAGE` if it is none
 */
export const parseAfterDigest = (text: string): PartitionFilter => {
  const digest = digestOf(text);
  if (digest === undefined) {
    throw new AsbError('USAGE', `"${text}" is not ${DIGEST_FORM}`, { expected: DIGEST_FORM });
  }
  const begin = partitionOf(digest, 0);
  const partitions = Array.from({ length: PARTITION_COUNT - begin }, (_, index) => begin + index);
  return { partitions, positions: new Map([[begin, digest]]) };
};

/** Only what is base64 to the last bit: Node's decoder skips what it does not know. */
const digestOf = (text: string): Buffer | undefined => {
  const digest = Buffer.from(text, 'base64');
  return digest.length === DIGEST_SIZE && digest.toString('base64') === text ? digest : undefined;
};

const wrongList = (entry: string): AsbError =>
  new AsbError('USAGE', `"${entry}" names no partitions; expected ${LIST_FORM}`, {
    expected: LIST_FORM,
  });

const beyond = (entry: string, most: number): AsbError => {
  const expected = `a count of ${most} at most`;
  const what = `"${entry}" goes beyond the last partition, ${PARTITION_COUNT - 1}`;
  return new AsbError('USAGE', `${what}; from there on there is ${expected}`, { expected });
};

const overlap = (one: string, other: string, partition: number): AsbError =>
  new AsbError('USAGE', `"${one}" and "${other}" both have partition ${partition}`, {
    partitions: [partition],
    expected: 'each partition once',
  });
