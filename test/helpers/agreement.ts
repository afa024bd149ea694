/**
 * `UnitScanner` and `Parser` read the same grammar, by different means: each is held against the
 * other. The parser is the stricter one, for it looks at values.
 */
import { UnitScanner } from '../../lib/asb/unit-scanner.ts';
import { AsbError } from '../../lib/errors.ts';
import { type Parsed, parse } from './parsed.ts';

export interface Scanned {
  readonly scanner: UnitScanner;
  /** Offsets behind the last units of the chunks. */
  readonly ends: readonly number[];
  readonly error: unknown;
}

/** Scans chunks up to the end, or to the first error. */
export const scan = (chunks: Iterable<Buffer>): Scanned => {
  const scanner = new UnitScanner();
  const ends: number[] = [];
  try {
    for (const chunk of chunks) {
      const start = scanner.offset;
      const end = scanner.push(chunk);
      if (end > 0) ends.push(start + end);
    }
    scanner.end();
    return { scanner, ends, error: undefined };
  } catch (error) {
    return { scanner, ends, error };
  }
};

/** What is wrong with a failure: the place must be in the text, and say the same in all its facts. */
const failureFault = (text: Buffer, error: unknown): string | undefined => {
  if (!(error instanceof AsbError)) return `no AsbError: ${String(error)}`;
  const { line, column, offset = -1 } = error.facts;
  if (offset < 0 || offset > text.length) return `offset ${offset} of ${text.length}`;
  const before = text.toString('latin1', 0, offset).split('\n');
  if (line !== before.length) return `line ${line}, not ${before.length}, at ${offset}`;
  const wanted = before.at(-1)!.length + 1;
  if (column !== undefined && column !== wanted) return `column ${column}, not ${wanted}`;
  return undefined;
};

/**
 * Reads a text with both.
 *
 * @returns what is wrong with how they do; `undefined` if nothing is
 */
export const disagreement = (
  text: Buffer,
  {
    scanned = [text],
    parsed = [text],
  }: { scanned?: Iterable<Buffer>; parsed?: Iterable<Buffer> } = {},
): string | undefined => {
  const { scanner, error: refused } = scan(scanned);
  const { error, info, items } = parse(parsed);
  for (const failure of [refused, error]) {
    const fault = failure === undefined ? undefined : failureFault(text, failure);
    if (fault !== undefined) return `${fault}: ${String(failure)}`;
  }
  const counted = info.records + info.indexes + info.udfs;
  if (counted !== items.length) return `${counted} counted, ${items.length} given`;
  if (refused !== undefined && error === undefined) return `only the scanner: ${String(refused)}`;
  if (error !== undefined) return undefined;
  const ended = scanner.records + scanner.globals;
  if (ended !== counted) return `${ended} items scanned, ${counted} parsed`;
  if (scanner.header?.version !== info.header?.version) return 'other versions';
  return info.bytes === text.length ? undefined : `${info.bytes} bytes of ${text.length}`;
};

/** Whether two readings of one text came to the same. */
export const sameReading = (one: Parsed, other: Parsed): boolean => {
  const [place, otherPlace] = [one, other].map(({ error }) =>
    error instanceof AsbError ? `${error.code} ${error.facts.offset}` : String(error),
  );
  return (
    place === otherPlace &&
    one.items.length === other.items.length &&
    one.items.every((item, index) => {
      const against = other.items[index]!;
      return Buffer.isBuffer(item) && Buffer.isBuffer(against)
        ? item.equals(against)
        : JSON.stringify(item) === JSON.stringify(against);
    })
  );
};
