import { continuationHeader, type Header, HeaderReader } from '../asb/header.ts';
import { UnitScanner } from '../asb/unit-scanner.ts';
import { AsbError } from '../errors.ts';
import { FrameDecoder } from '../zstd/decoder.ts';
import { compressFrame } from '../zstd/encoder.ts';
import { MAX_WINDOW_LOG } from '../zstd/frame-walker.ts';

/** So much of the frames is decompressed at a time, to find the header in them. */
const PEEK_SIZE = 16 * 1024;

/**
 * The header of a text whose first chunk this is.
 * @throws AsbError `FORMAT` if there is none, or only a part of one: a chunk holds whole units
 */
export const headerOfText = (chunk: Buffer): Header => {
  const reader = new HeaderReader();
  reader.push(chunk);
  const header = reader.header;
  if (header === undefined) throw new AsbError('FORMAT', 'the first chunk holds no whole header');
  return header;
};

/** Finds the header of the text in frames, without decompressing more than needed. */
export class FramedHeader {
  // The stages before bound the window; these bytes have passed them.
  readonly #decoder = new FrameDecoder({ windowLog: MAX_WINDOW_LOG });
  readonly #scanner = new UnitScanner();

  /** The header, once enough of the frames was seen. */
  get header(): Header | undefined {
    return this.#scanner.header;
  }

  /** @throws AsbError `FORMAT` if the frames hold no .asb text */
  async push(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length && this.header === undefined; at += PEEK_SIZE) {
      for (const piece of this.#decoder.split(bytes.subarray(at, at + PEEK_SIZE))) {
        for await (const content of this.#decoder.decode(piece)) {
          this.#scanner.push(content, 0);
          if (this.header !== undefined) break;
        }
      }
    }
    if (this.header !== undefined) this.close();
  }

  close(): void {
    this.#decoder.close();
  }
}

/** The header of the files after the first, as text or as a small frame. */
export const nextHeader = (header: Header, frames: boolean): Promise<Buffer> | Buffer => {
  const text = continuationHeader(header);
  return frames ? compressFrame(text) : text;
};
