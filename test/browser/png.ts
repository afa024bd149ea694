/** Reads pictures as browsers write them: PNG of 8 bits a colour, in one piece. */
import { inflateSync } from 'node:zlib';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** `#rrggbb` */
  colourAt(x: number, y: number): string;
}

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** Bytes of a pixel, by colour type. */
const PIXEL_SIZES: Readonly<Record<number, number>> = { 2: 3, 6: 4 };

/** @throws Error for any other picture */
export const readPng = (bytes: Buffer): Picture => {
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) throw new Error('this is no PNG');
  const data: Buffer[] = [];
  let header = Buffer.alloc(0);
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') header = Buffer.from(content);
    if (type === 'IDAT') data.push(content);
    at += length + 12;
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const size = PIXEL_SIZES[header[9]!];
  if (header[8] !== 8 || size === undefined || header[12] !== 0) throw new Error('another PNG');
  const pixels = unfiltered(inflateSync(Buffer.concat(data)), width * size, height, size);
  return {
    width,
    height,
    colourAt(x, y) {
      const at = (Math.floor(y) * width + Math.floor(x)) * size;
      return `#${pixels.toString('hex', at, at + 3)}`;
    },
  };
};

/** Rows as they were before each was written as a difference to its neighbours (PNG, 9.2). */
const unfiltered = (filtered: Buffer, row: number, rows: number, size: number): Buffer => {
  const pixels = Buffer.alloc(row * rows);
  for (let y = 0; y < rows; y++) {
    const filter = filtered[y * (row + 1)]!;
    for (let x = 0; x < row; x++) {
      const left = x >= size ? pixels[y * row + x - size]! : 0;
      const above = y > 0 ? pixels[(y - 1) * row + x]! : 0;
      const corner = x >= size && y > 0 ? pixels[(y - 1) * row + x - size]! : 0;
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter]!;
      pixels[y * row + x] = filtered[y * (row + 1) + 1 + x]! + guess;
    }
  }
  return pixels;
};

const paeth = (left: number, above: number, corner: number): number => {
  const guess = left + above - corner;
  const far = (from: number): number => Math.abs(guess - from);
  if (far(left) <= far(above) && far(left) <= far(corner)) return left;
  return far(above) <= far(corner) ? above : corner;
};
