import { UnitScanner } from '../asb/unit-scanner.ts';
import { type DecoderOptions, FrameDecoder } from '../zstd/decoder.ts';
import { asyncTransform } from './async-transform.ts';
import { Uncut } from './uncut.ts';
import type { UnitsStage } from './units.ts';

/**
 * Frames that must stay together are held up to this size, in bytes, so that `rotate` can see
 * whether they still fit into a file; larger ones stream.
 */
export const HOLD_SIZE = 8 * 1024 * 1024;

/**
 * zstd frames in, cut anywhere and written by anyone; the same bytes out, in chunks for `rotate`:
 * a Buffer ends a frame and a unit at once, so that a file may be cut behind it; of what is too
 * large to hold, the parts before come as {@link Uncut}.
 *
 * Whoever wrote the frames (the zstd command, pzstd) may have ended them in the middle of a
 * record. So they are decompressed beside, and the text in them is checked.
 *
 * The stream fails as `decompress` and `units` do, with offsets of the text where the text is wrong.
 */
export const alignedFrames = (options: DecoderOptions = {}): UnitsStage => {
  const decoder = new FrameDecoder(options);
  const scanner = new UnitScanner();
  let held: Buffer[] = [];
  let size = 0;
  const take = (): Buffer => {
    const bytes = Buffer.concat(held);
    held = [];
    size = 0;
    return bytes;
  };
  const stage = asyncTransform({
    readableObjectMode: true,
    async transform(chunk, push) {
      let cut = 0;
      let at = 0;
      for (const piece of decoder.split(chunk)) {
        for await (const content of decoder.decode(piece)) scanner.push(content);
        at += piece.bytes.length;
        if (piece.endsFrame && scanner.atUnitEnd) cut = at;
      }
      if (cut > 0) {
        held.push(chunk.subarray(0, cut));
        await push(take());
      }
      held.push(chunk.subarray(cut));
      size += chunk.length - cut;
      if (size > HOLD_SIZE) await push(new Uncut(take()));
    },
    async flush(push) {
      decoder.end();
      scanner.end();
      if (size > 0) await push(take());
    },
    close: () => decoder.close(),
  });
  return Object.assign(stage, { info: scanner });
};
