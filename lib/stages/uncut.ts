/**
 * Bytes of frames behind which no file may be cut: a frame is not over yet, or it ends in the
 * middle of a unit. Between {@link alignedFrames} and `rotate`; a plain Buffer allows the cut.
 */
export class Uncut {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}
