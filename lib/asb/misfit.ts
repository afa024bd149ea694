/**
 * How the parsers of items say that the text does not go on as it must. Thrown between them and
 * `Parser`, which knows line and offset; nobody else sees it.
 */
export class Misfit extends Error {
  /** Offset of the wrong byte in the text that was parsed. */
  readonly at: number;
  /** What would have been right. */
  readonly expected: string;

  /** @param message what is wrong, if it is not the byte itself */
  constructor(at: number, expected: string, message = '') {
    super(message);
    this.at = at;
    this.expected = expected;
  }
}

/** The text ends where more must come; nothing is wrong so far. */
export class Incomplete extends Error {
  /** Bytes that the text must have before it is worth to try again. */
  need = 0;
}

/** One for all: it comes at the end of every piece of text. */
const INCOMPLETE = new Incomplete('the text ends within an item');

export const incomplete = (need: number): Incomplete => {
  INCOMPLETE.need = need;
  return INCOMPLETE;
};
