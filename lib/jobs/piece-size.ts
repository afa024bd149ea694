import { DEFAULT_FILE_LIMIT } from '../stages/rotate.ts';

/** Text is made in pieces of this many bytes at most, and none is cut by the end of a file. */
const PIECE_SIZE = 256 * 1024;
/** So a file may stay below its limit by this part of it. */
const PIECES_IN_FILE = 16;

/** Bytes of the pieces in which the text of a backup is made: where a file ends, a piece does. */
export const pieceSizeFor = ({
  directory,
  fileLimit = DEFAULT_FILE_LIMIT,
}: {
  readonly directory?: string;
  readonly fileLimit?: number;
}): number =>
  directory === undefined
    ? PIECE_SIZE
    : Math.min(PIECE_SIZE, Math.max(1, Math.floor(fileLimit / PIECES_IN_FILE)));
