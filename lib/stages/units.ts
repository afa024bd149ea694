import type { Duplex } from 'node:stream';
import type { Header } from '../asb/header.ts';
import { UnitScanner } from '../asb/unit-scanner.ts';
import { WholeUnits } from '../asb/whole-units.ts';
import { BufferPool, giveBack } from '../memory/buffer-pool.ts';
import { asyncTransform } from './async-transform.ts';

/** Memory that the chunks are given out in, again and again. */
const POOLED_SIZE = 128 * 1024;
/** Larger chunks are gone over in pieces: each has room there, behind the begin of a unit. */
const PIECE_SIZE = 112 * 1024;
const POOLED_BUFFERS = 32;

export interface UnitsInfo {
  /** The header, once it was read to its end. */
  readonly header: Header | undefined;
  /** Records seen so far. */
  readonly records: number;
  /** Secondary indexes and UDF modules seen so far. */
  readonly globals: number;
}

/** A stage of .asb text whose units are looked at on the way. */
export interface UnitsStage extends Duplex {
  readonly info: UnitsInfo;
}

/**
 * .asb text in, cut anywhere; the same out in chunks of whole units, so that `compress` and
 * `rotate` can follow. The text is checked on the way: the stream fails with AsbError `FORMAT`
 * for bytes that are no .asb text, with line and offset; `TRUNCATED` for input that is cut off or
 * empty, or if an earlier stage said that it failed; `LIMIT` for a unit over 192 MiB. What was
 * whole before the failure was given out.
 */
export const units = (): UnitsStage => {
  const scanner = new UnitScanner();
  const whole = new WholeUnits(scanner, new BufferPool(POOLED_SIZE, POOLED_BUFFERS));
  const stage = asyncTransform({
    async transform(chunk, push) {
      for (let at = 0; at < chunk.length; at += PIECE_SIZE) {
        const text = whole.push(chunk.subarray(at, at + PIECE_SIZE));
        if (text !== undefined) await push(text);
      }
      giveBack(chunk);
    },
    async flush(push) {
      const text = whole.end();
      if (text !== undefined) await push(text);
    },
  });
  return Object.assign(stage, { info: scanner });
};
