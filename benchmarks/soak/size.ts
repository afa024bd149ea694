/** How large the large backup is, and what room it takes. */
import { statfs } from 'node:fs/promises';

/** Of the replay server. */
export const NAMESPACE = 'bench';

/** Bytes of .asb text for each record of the replay server, and of what zstd leaves of them. */
const TEXT_SIZE = 241.8;
const STORED_SIZE = 101;
/** The replay server sends its distinct records again and again, whole rounds of them. */
const ROUND = 100_000;
/** For the small backups, and whatever else is small. */
const SPARE = 256e6;

/** Records that are about so many GB of text. */
export const recordsFor = (gigabytes: number): number =>
  Math.max(1, Math.round((gigabytes * 1e9) / TEXT_SIZE / ROUND)) * ROUND;

/** Bytes on disk that a soak with a backup of so many records needs. */
export const roomFor = (records: number): number => records * STORED_SIZE * 1.1 + SPARE;

/** @returns what to say if the disk of `place` has less than `needed` bytes */
export const lackOfRoom = async (place: string, needed: number): Promise<string | undefined> => {
  const { bavail, bsize } = await statfs(place);
  const free = bavail * bsize;
  if (free >= needed) return undefined;
  const [lacks, has] = [needed, free].map((bytes) => Math.ceil(bytes / 1e6));
  return `${lacks} MB are needed in ${place}, which has ${has}; see --place, --gigabytes`;
};
