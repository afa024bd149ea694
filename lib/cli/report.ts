import { AsbError, messageOf } from '../errors.ts';
import { countOf } from './format.ts';

/** Causes that one line holds. */
const MAX_CAUSES = 3;

/**
 * A failure in one line for people: the message, then the causes that it does not repeat. Control
 * characters are escaped, since messages quote input.
 */
export const lineOf = (thrown: unknown): string => {
  const parts: string[] = [];
  for (const error of chainOf(thrown).slice(0, MAX_CAUSES)) {
    // Others end their sentences; within a line, a full stop would look like its end.
    const message = messageOf(error).replace(/\.$/, '');
    if (!parts.some((part) => part.includes(message))) parts.push(message);
  }
  return printable(parts.join(': '));
};

/** The same with all there is to know, for `--verbose`: codes, facts, and where it was thrown. */
export const detailsOf = (thrown: unknown): string =>
  chainOf(thrown)
    .map((error) => {
      const stack = (error instanceof Error ? error.stack : undefined) ?? String(error);
      if (!(error instanceof AsbError)) return stack;
      const { cause: _, ...facts } = error.facts;
      return `${error.code} ${JSON.stringify(facts)}\n${stack}`;
    })
    .join('\ncaused by ');

/** An error and what lies below it; a chain that bites its tail ends there. */
const chainOf = (thrown: unknown): unknown[] => {
  const chain = new Set([thrown]);
  for (const error of chain) {
    if (error instanceof Error && error.cause !== undefined) chain.add(error.cause);
  }
  return [...chain];
};

/** A text of so many characters at most; of a longer one, its begin and its length. */
export const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most)}… (${countOf(text.length, 'character')})`;

/** Escapes what a terminal would obey. */
export const printable = (words: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  words.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) =>
    character === '\n' ? ' ' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
