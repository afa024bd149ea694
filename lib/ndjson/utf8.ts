import { isUtf8 } from 'node:buffer';
import { bufferOf } from '../record/layout.ts';

/**
 * Checks a stream of bytes to be UTF-8, however it is cut into chunks. Decoders put U+FFFD where
 * bytes are wrong and say nothing; a value would be changed without a word.
 */
export class Utf8Check {
  /** The start of a character whose end is in the next chunk. */
  #rest = Buffer.alloc(0);

  /**
   * Takes the next chunk.
   * @returns -1 if it is right, else how many line ends stand in it before the first line that isn't
   */
  push(chunk: Uint8Array): number {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : bufferOf(chunk);
    const whole = bytes.length - openBytes(bytes);
    if (!isUtf8(bytes.subarray(0, whole))) return firstWrongLine(bytes.subarray(0, whole));
    this.#rest = Buffer.from(bytes.subarray(whole));
    return -1;
  }

  /** After the last chunk: false if it ended within a character. */
  end(): boolean {
    return this.#rest.length === 0;
  }
}

/** Bytes at the end that begin a character but do not end it: 0 to 3. */
const openBytes = (bytes: Buffer): number => {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return sizeOf(byte) > back ? back : 0;
  }
  return 0;
};

const sizeOf = (lead: number): number => {
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
};

const firstWrongLine = (bytes: Buffer): number => {
  let line = 0;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
    line++;
  }
};

/** Whether a part of a buffer is UTF-8. Mostly it is ASCII, and no view of it has to be made. */
export const isUtf8Part = (bytes: Buffer, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) {
    if (bytes[at]! >= 0x80) return isUtf8(bytes.subarray(at, end));
  }
  return true;
};
