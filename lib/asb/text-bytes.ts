/** The small steps in which text is put together, from buffer to buffer. */
import { AsbError } from '../errors.ts';
import { geoJsonTextOffset } from '../record/particle.ts';
import { BACKSLASH, LF, SPACE } from './letters.ts';

/** A letter and the space after it. */
export const tag = (out: Buffer, at: number, kind: number): number => {
  out[at] = kind;
  out[at + 1] = SPACE;
  return at + 2;
};

/** Copies in words of 4 bytes, and then the rest. */
export const copyView = (
  out: DataView,
  at: number,
  bytes: DataView,
  start: number,
  end: number,
): number => {
  let next = at;
  let from = start;
  for (; from + 4 <= end; from += 4) {
    out.setUint32(next, bytes.getUint32(from));
    next += 4;
  }
  for (; from < end; from++) out.setUint8(next++, bytes.getUint8(from));
  return next;
};

export const viewOf = (bytes: Buffer): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

export const writeEscaped = (
  out: Buffer,
  at: number,
  bytes: Buffer,
  start: number,
  end: number,
): number => {
  let next = at;
  for (let from = start; from < end; from++) {
    const byte = bytes[from]!;
    if (byte === SPACE || byte === LF || byte === BACKSLASH) out[next++] = BACKSLASH;
    out[next++] = byte;
  }
  return next;
};

/** A bin's name and the space after it. */
export const writeName = (
  out: Buffer,
  at: number,
  bytes: Buffer,
  start: number,
  end: number,
): number => {
  const next = writeEscaped(out, at, bytes, start, end);
  out[next] = SPACE;
  return next + 1;
};

/** Where the text of a GeoJSON particle begins, after the server's cells. */
export const geoTextAt = (bytes: Buffer, valueAt: number, end: number): number => {
  const textAt = end - valueAt < 3 ? end + 1 : valueAt + geoJsonTextOffset(bytes, valueAt);
  if (textAt <= end) return textAt;
  throw new AsbError('FORMAT', `a GeoJSON particle of ${end - valueAt} bytes is cut off`);
};

export const checkSize = (start: number, end: number, size: number): void => {
  if (end - start === size) return;
  throw new AsbError('FORMAT', `a particle of ${end - start} bytes where ${size} are right`);
};
