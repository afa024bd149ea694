/** What a particle must be before its bytes are read; the wire can say anything. */
import { AsbError } from '../errors.ts';
import { geoJsonTextOffset } from '../record/particle.ts';

/** Where the text of a GeoJSON particle begins, after the server's cells. */
export const geoTextAt = (bytes: Buffer, valueAt: number, end: number): number => {
  const textAt = end - valueAt < 3 ? end + 1 : valueAt + geoJsonTextOffset(bytes, valueAt);
  if (textAt <= end) return textAt;
  throw new AsbError('FORMAT', `a GeoJSON particle of ${end - valueAt} bytes is cut off`);
};

/** @throws AsbError `FORMAT` unless the particle has `size` bytes */
export const checkSize = (start: number, end: number, size: number): void => {
  if (end - start === size) return;
  throw new AsbError('FORMAT', `a particle of ${end - start} bytes where ${size} are right`);
};
