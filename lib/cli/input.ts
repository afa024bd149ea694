import { fstatSync, read } from 'node:fs';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { AsbError, messageOf, toError } from '../errors.ts';
import { BufferPool, lend } from '../memory/buffer-pool.ts';
import { wasClosed } from './closed.ts';

const readOf = promisify(read);

/**
 * Bytes that one system call reads of a file. Node's own stream reads 64 KiB, which takes three times
 * as long; with 256 KiB it is still 1.4 times (measured with `asb encrypt`).
 */
export const PIECE_SIZE = 1024 * 1024;
/** Pieces that wait: one is read while another is looked at. */
const PIECES_WAITING = 2;
const PIECES_KEPT = 32;

/**
 * Standard input of this process: Node's own stream for what waits, a pipe or a device that gives
 * letters; all else is read as a file. (Of a directory, or a disk, Node would make an empty input.)
 *
 * @throws AsbError `STORAGE` if it was closed: not all that reads it takes nothing for an error
 */
export const standardInput = (fd = 0): Readable => {
  if (wasClosed(fd)) {
    const message = 'standard input: it is closed; give it something by | or <';
    throw new AsbError('STORAGE', message, { file: '-' });
  }
  const stats = fstatSync(fd);
  const waits = stats.isFIFO() || stats.isSocket() || stats.isCharacterDevice();
  return waits ? process.stdin : fileInput(fd);
};

/**
 * Reads an open file from where it stands. Chunks are lent: whoever needs one no more may give it
 * back. The stream fails with AsbError `STORAGE`.
 */
export const fileInput = (fd: number): Readable => {
  const pool = new BufferPool(PIECE_SIZE, PIECES_KEPT);
  const readPiece = async (): Promise<Buffer | null> => {
    const piece = pool.take();
    const { bytesRead } = await readOf(fd, piece.bytes, 0, PIECE_SIZE, null).catch((cause) => {
      throw new AsbError('STORAGE', `standard input: ${messageOf(cause)}`, { file: '-', cause });
    });
    const bytes = bytesRead === 0 ? null : lend(piece, 0, bytesRead);
    piece.release();
    return bytes;
  };
  return new Readable({
    // Pieces keep their bounds.
    objectMode: true,
    highWaterMark: PIECES_WAITING,
    read() {
      readPiece().then(
        (piece) => this.push(piece),
        (error: unknown) => this.destroy(toError(error)),
      );
    },
  });
};
