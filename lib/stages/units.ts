import type { Duplex } from 'node:stream';
import { MAX_PAYLOAD_SIZE } from '../asb/grammar.ts';
import type { Header } from '../asb/header.ts';
import { UnitScanner } from '../asb/unit-scanner.ts';
import { AsbError } from '../errors.ts';
import { BufferPool, lend } from '../memory/buffer-pool.ts';
import { asyncTransform } from './async-transform.ts';

/** Largest unit, in bytes: it is held in memory until it is whole. */
export const MAX_UNIT_SIZE = MAX_PAYLOAD_SIZE;

/** Memory that the chunks are given out in, again and again: a chunk of a pipe, and room for more. */
const POOLED_SIZE = 128 * 1024;
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
  const pool = new BufferPool(POOLED_SIZE, POOLED_BUFFERS);
  /** What came of a unit that is not whole yet. */
  let pending: Buffer[] = [];
  let size = 0;
  const take = (): Buffer => {
    const whole = pool.take(size);
    let at = 0;
    for (const part of pending) at += part.copy(whole.bytes, at);
    const chunk = lend(whole, 0, size);
    whole.release();
    pending = [];
    size = 0;
    return chunk;
  };
  const stage = asyncTransform({
    async transform(chunk, push) {
      const end = scanner.push(chunk);
      if (end > 0) {
        pending.push(chunk.subarray(0, end));
        size += end;
        await push(take());
      }
      pending.push(chunk.subarray(end));
      size += chunk.length - end;
      if (size > MAX_UNIT_SIZE) {
        throw new AsbError('LIMIT', `a unit of more than ${MAX_UNIT_SIZE} bytes`, {
          offset: scanner.offset - size,
        });
      }
    },
    async flush(push) {
      scanner.end();
      // The header of a text without records: its end shows only at the end of the input.
      if (size > 0) await push(take());
    },
  });
  return Object.assign(stage, { info: scanner });
};
