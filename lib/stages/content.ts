import type { Beginning } from '../crypto/ctr.ts';
import { FAILURE_PREFIX } from '../zstd/failure.ts';
import { FRAME_MAGIC, SKIPPABLE_MAGIC } from '../zstd/magic.ts';

/** What a stream holds, as its first bytes tell. */
export type Content = 'text' | 'frames' | 'ndjson' | 'unknown';

/** Bytes that tell. */
export const MAGIC_SIZE = 4;

/** How .asb text begins; or how it ends if its writer failed, which may be all there is. */
const TEXT_MAGICS = ['Version ', FAILURE_PREFIX].map((text) => text.slice(0, MAGIC_SIZE));
const OPENING_BRACE = 0x7b;

/** The last four bits of a skippable frame's magic may be anything. */
const isFrame = (magic: number): boolean =>
  magic === FRAME_MAGIC || magic >>> 4 === SKIPPABLE_MAGIC >>> 4;

/** @param head fewer than `MAGIC_SIZE` bytes */
const isCutFrame = (head: Buffer): boolean => {
  const magic = Buffer.alloc(MAGIC_SIZE);
  magic.writeUInt32LE(FRAME_MAGIC);
  return magic.subarray(0, head.length).equals(head);
};

/**
 * Tells .asb text, zstd frames and NDJSON apart. What was cut off behind one byte or more of a
 * magic is taken for what it began as: its reader says that it is cut off.
 *
 * @param head the first `MAGIC_SIZE` bytes or more; fewer only if there are no more
 */
export const contentOf = (head: Buffer): Content => {
  if (head.length === 0) return 'unknown';
  if (head[0] === OPENING_BRACE) return 'ndjson';
  const begin = head.toString('latin1', 0, MAGIC_SIZE);
  if (TEXT_MAGICS.some((magic) => magic.startsWith(begin))) return 'text';
  const framed = head.length < MAGIC_SIZE ? isCutFrame(head) : isFrame(head.readUInt32LE());
  return framed ? 'frames' : 'unknown';
};

/** Whether it is a backup, and not encrypted. */
export const isBackup = (content: Content): content is 'text' | 'frames' =>
  content === 'text' || content === 'frames';

/** What must be seen when a backup is decrypted; with another key it is as good as random. */
export const BACKUP_BEGINNING: Beginning = {
  size: MAGIC_SIZE,
  accepts: (bytes) => isBackup(contentOf(bytes)),
};
