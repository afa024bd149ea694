/**
 * Where the keys of a TOML text stand. A parser has read the text before, so that this need only look
 * at what begins a line; what it does not find (a key in braces, say) is told of the line above it.
 */

const HEADER = /^\s*\[{1,2}([^\]]+)\]{1,2}\s*(?:#.*)?$/;
const KEY = /"[^"]*"|'[^']*'|[\w-]+/g;
const PAIR = /^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=\s*(.*)$/;
const LONG_QUOTE = /^("""|''')/;

/** Lines by the path of the key, from 1. */
export class KeyLines {
  readonly #lines = new Map<string, number>();

  /** @param text TOML that a parser has read */
  constructor(text: string) {
    let header: readonly string[] = [];
    let quote: string | undefined;
    for (const [index, line] of text.split('\n').entries()) {
      if (quote !== undefined) {
        if (line.includes(quote)) quote = undefined;
        continue;
      }
      const head = HEADER.exec(line)?.[1];
      const [, keys, value = ''] = PAIR.exec(line) ?? [];
      if (head !== undefined) header = namesIn(head);
      if (head !== undefined) this.#lines.set(idOf(header), index + 1);
      if (keys !== undefined) this.#lines.set(idOf([...header, ...namesIn(keys)]), index + 1);
      quote = openedBy(value);
    }
  }

  /** @returns the line of the key, or of the table around it; `undefined` if neither is found */
  lineOf(path: readonly string[]): number | undefined {
    for (let depth = path.length; depth > 0; depth--) {
      const line = this.#lines.get(idOf(path.slice(0, depth)));
      if (line !== undefined) return line;
    }
    return undefined;
  }
}

const namesIn = (keys: string): string[] =>
  Array.from(keys.matchAll(KEY), ([key]) => key.replace(/^["']|["']$/g, ''));

const idOf = (path: readonly string[]): string => path.join('\0');

/** The quotes of a text that goes on in the next line. */
const openedBy = (value: string): string | undefined => {
  const quote = LONG_QUOTE.exec(value)?.[0];
  return quote !== undefined && !value.slice(quote.length).includes(quote) ? quote : undefined;
};
