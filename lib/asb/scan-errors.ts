import { AsbError } from '../errors.ts';
import { LETTER_U } from './characters.ts';
import { expectedAt, Step } from './grammar.ts';
import type { Header } from './header.ts';

/** Where in the text: the line from 1, the offset in bytes from 0. */
export interface Place {
  readonly line: number;
  readonly offset: number;
}

/** `byte` stands where `step` was expected. */
export const unexpectedByte = (byte: number, step: number, { line, offset }: Place): AsbError => {
  const expected = expectedAt(step);
  const what =
    step === Step.BIN_TYPE && byte === LETTER_U
      ? 'a large data type (LDT), which only old tools read; back it up without that bin'
      : `${JSON.stringify(String.fromCharCode(byte))}; expected ${expected}`;
  return new AsbError('FORMAT', `line ${line}, byte ${offset}: ${what}`, {
    line,
    offset,
    expected,
  });
};

/** An earlier stage ended its output with a failure. */
export const upstreamFailed = (message: Uint8Array, { line, offset }: Place): AsbError =>
  new AsbError('TRUNCATED', `an earlier stage failed: ${Buffer.from(message)}`, { line, offset });

/** The input is over where it may not be. */
export const cutOff = (header: Header | undefined, { line, offset }: Place): AsbError => {
  const where = header === undefined ? 'the header' : 'an item';
  const what = offset === 0 ? 'no input' : `line ${line}: the input ends in the middle of ${where}`;
  return new AsbError('TRUNCATED', `${what}; did the stage before this one fail?`, {
    line,
    offset,
  });
};
