import { AsbError } from '../errors.ts';
import { LETTER_U } from './characters.ts';
import { expectedAt, Step } from './grammar.ts';
import type { Header } from './header.ts';
import type { Misfit } from './misfit.ts';

/** What old tools wrote as letter `U`. */
export const LARGE_DATA_TYPE =
  'a large data type (LDT), which only old tools read; back it up without that bin';

/** Where in the text: line and column, in bytes, from 1, the offset in bytes from 0. */
export interface Place {
  readonly line: number;
  readonly column?: number;
  readonly offset: number;
}

/** `byte` stands where `step` was expected. */
export const unexpectedByte = (byte: number, step: number, { line, offset }: Place): AsbError => {
  const expected = expectedAt(step);
  const what =
    step === Step.BIN_TYPE && byte === LETTER_U
      ? LARGE_DATA_TYPE
      : `${JSON.stringify(String.fromCharCode(byte))}; expected ${expected}`;
  return new AsbError('FORMAT', `line ${line}, byte ${offset}: ${what}`, {
    line,
    offset,
    expected,
  });
};

/** What a parser of items found, with its place. `byte` is the one at that place. */
export const misfitAt = (misfit: Misfit, byte: number, place: Place): AsbError => {
  const { line, column, offset } = place;
  const { expected } = misfit;
  const what = misfit.message === '' ? JSON.stringify(String.fromCharCode(byte)) : misfit.message;
  return new AsbError(
    'FORMAT',
    `line ${line}, column ${column}, byte ${offset}: ${what}; expected ${expected}`,
    { ...place, expected },
  );
};

/** An earlier stage ended its output with a failure. */
export const upstreamFailed = (message: Uint8Array, place: Place): AsbError =>
  new AsbError('TRUNCATED', `an earlier stage failed: ${Buffer.from(message)}`, { ...place });

/** The input is over where it may not be. */
export const cutOff = (header: Header | undefined, place: Place): AsbError => {
  const { line, offset } = place;
  const where = header === undefined ? 'the header' : 'an item';
  const what =
    offset === 0
      ? 'no input; did the stage before this one fail?'
      : `line ${line}, byte ${offset}: the input ends in the middle of ${where}: it was cut off, ` +
        'or an earlier stage failed';
  return new AsbError('TRUNCATED', what, {
    ...place,
  });
};
