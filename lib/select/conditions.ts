/**
 * What a record may be asked before anything of it is decoded: conditions on its bytes. Names, keys
 * and digests are compared as latin1 strings of their bytes, since any bytes can be in them.
 */
import { AsbError } from '../errors.ts';
import type { Particle } from '../record/builder.ts';
import { computeDigest } from '../record/digest.ts';
import * as layout from '../record/layout.ts';
import type { RecordParts } from './record-parts.ts';

const { AT_GENERATION, AT_RECORD_TTL, DIGEST_SIZE, OP_AT_NAME_LENGTH, OP_HEADER_SIZE } = layout;
const { partitionOf, readU32 } = layout;

/** Whether a record is wanted. Only the parts that are asked for are looked at. */
export type Condition = (bytes: Buffer, parts: RecordParts) => boolean;

/**
 * Most digests that are remembered when records are looked for by user key: one for each key and
 * each set in which there are records without a stored key.
 */
export const MAX_KEY_DIGESTS = 1_000_000;

const unmeetable = (what: string, expected: string): AsbError =>
  new AsbError('USAGE', `no record can meet ${what}; expected ${expected}`, { expected });

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Records of one of these sets; the empty name is for those in none. */
export const inSets = (names: readonly Uint8Array[]): Condition => {
  const wanted = new Set(names.map(latin1));
  // Records of a set often come together.
  let last: Buffer = Buffer.alloc(0);
  let wasWanted = wanted.has('');
  return (bytes, { setAt, setEnd }) => {
    if (!layout.isNameAt(last, bytes, setAt, setEnd)) {
      last = Buffer.from(bytes.subarray(setAt, setEnd));
      wasWanted = wanted.has(last.toString('latin1'));
    }
    return wasWanted;
  };
};

/**
 * The records with one of these digests.
 * @throws AsbError `USAGE` for one that has not 20 bytes
 */
export const withDigest = (digests: readonly Uint8Array[]): Condition => {
  const wrong = digests.find(({ length }) => length !== DIGEST_SIZE);
  if (wrong !== undefined) throw unmeetable(`a digest of ${wrong.length} bytes`, 'digests of 20');
  const wanted = new Set(digests.map(latin1));
  return (bytes, { digestAt }) =>
    wanted.has(bytes.toString('latin1', digestAt, digestAt + DIGEST_SIZE));
};

/**
 * The records with one of these user keys. Where the key was not stored, the digest tells: it is
 * made of the set and the key.
 *
 * The condition throws AsbError `LIMIT` beyond {@link MAX_KEY_DIGESTS}.
 */
export const withKey = (keys: readonly Particle[]): Condition => {
  const wanted = new Set(keys.map(({ type, bytes }) => String.fromCharCode(type) + latin1(bytes)));
  const digestsBySet = new Map<string, ReadonlySet<string>>();
  const digestsOf = (set: string): ReadonlySet<string> => {
    const known = digestsBySet.get(set);
    if (known !== undefined) return known;
    if ((digestsBySet.size + 1) * keys.length > MAX_KEY_DIGESTS) throw tooMany(keys.length);
    const name = Buffer.from(set, 'latin1');
    const digests = new Set(
      keys.map(({ type, bytes }) => latin1(computeDigest(name, type, bytes))),
    );
    digestsBySet.set(set, digests);
    return digests;
  };
  return (bytes, { keyAt, keyEnd, setAt, setEnd, digestAt }) => {
    if (keyAt < keyEnd) return wanted.has(bytes.toString('latin1', keyAt, keyEnd));
    const digests = digestsOf(bytes.toString('latin1', setAt, setEnd));
    return digests.has(bytes.toString('latin1', digestAt, digestAt + DIGEST_SIZE));
  };
};

const tooMany = (keys: number): AsbError =>
  new AsbError(
    'LIMIT',
    `${keys} user keys, each in every set: ${MAX_KEY_DIGESTS} digests are the limit; say which sets, or look for fewer at a time`,
    { expected: 'names of sets, or fewer user keys' },
  );

/**
 * Records of these partitions (0–4095).
 *
 * @param positions of some of them: the digests behind which records are wanted. The server goes
 *   through a partition from the highest digest to the lowest
 * @throws AsbError `USAGE` for a number that is of no partition
 */
export const inPartitions = (
  ids: readonly number[],
  positions: ReadonlyMap<number, Uint8Array> = new Map(),
): Condition => {
  const wanted = new Uint8Array(layout.PARTITION_COUNT);
  for (const id of ids) {
    if (!(id in wanted)) throw unmeetable(`partition ${id}`, 'partitions 0 to 4095');
    wanted[id] = 1;
  }
  return (bytes, { digestAt }) => {
    const partition = partitionOf(bytes, digestAt);
    if (wanted[partition] !== 1) return false;
    const position = positions.get(partition);
    if (position === undefined) return true;
    return bytes.compare(position, 0, DIGEST_SIZE, digestAt, digestAt + DIGEST_SIZE) < 0;
  };
};

const EPOCH_MS = layout.EPOCH_SECONDS * 1000;

/** Seconds of a void time; it is a whole number, so a moment within a second is at its end. */
const secondsAt = (moment: Date): number => {
  const seconds = Math.ceil((moment.getTime() - EPOCH_MS) / 1000);
  if (Number.isNaN(seconds)) throw unmeetable('an expiry without a time', 'a valid Date');
  return seconds;
};

/**
 * Records that expire before this moment; those that never do are none of them.
 * @throws AsbError `USAGE` for an invalid date
 */
export const expiringBefore = (moment: Date): Condition => {
  const end = secondsAt(moment);
  return (bytes, { start }) => {
    const voidTime = readU32(bytes, start + AT_RECORD_TTL);
    return voidTime !== 0 && voidTime < end;
  };
};

/**
 * All others: records that expire at this moment or later, or never.
 * @throws AsbError `USAGE` for an invalid date
 */
export const expiringAfter = (moment: Date): Condition => {
  const expiresBefore = expiringBefore(moment);
  return (bytes, parts) => !expiresBefore(bytes, parts);
};

/** Records that never expire. */
export const neverExpiring: Condition = (bytes, { start }) =>
  readU32(bytes, start + AT_RECORD_TTL) === 0;

/** Records of these generations; both ends are among them. */
export const ofGeneration = (lowest: number, highest: number): Condition => {
  return (bytes, { start }) => {
    const generation = readU32(bytes, start + AT_GENERATION);
    return generation >= lowest && generation <= highest;
  };
};

/** Records that have at least one of these bins. */
export const withBin = (names: readonly Uint8Array[]): Condition => {
  const wanted = names.map((name) => Buffer.from(name));
  return (bytes, { binsAt, binCount }) => {
    let at = binsAt;
    for (let left = binCount; left > 0; left--) {
      const nameAt = at + OP_HEADER_SIZE;
      const nameEnd = nameAt + bytes[at + OP_AT_NAME_LENGTH]!;
      if (wanted.some((name) => layout.isNameAt(name, bytes, nameAt, nameEnd))) return true;
      at += 4 + readU32(bytes, at);
    }
    return false;
  };
};
