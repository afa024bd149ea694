/** The two looks of words on a terminal, beside the plain one. */
const CODES = { red: [31, 39], dim: [2, 22] } as const;

/** What is said of colours in the environment of a process. */
export interface ColourVariables {
  readonly NO_COLOR?: string | undefined;
  readonly FORCE_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
}

/**
 * Whether words may have colours: on a terminal that knows them, unless `NO_COLOR` is set (no-color.org).
 * `FORCE_COLOR` decides alone: `0` and `false` are no, anything else yes.
 */
export const hasColours = (
  { NO_COLOR, FORCE_COLOR, TERM }: ColourVariables,
  isTerminal: boolean,
): boolean => {
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTerminal && (NO_COLOR ?? '') === '' && TERM !== 'dumb';
};

/** `words` in one of the looks; it ends where they do. */
export const coloured = (look: keyof typeof CODES, words: string): string =>
  `\u001b[${CODES[look][0]}m${words}\u001b[${CODES[look][1]}m`;
