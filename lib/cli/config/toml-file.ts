/** A config file as its parser reads it: sections with keys, each with its line. */
import { AsbError, messageOf } from '../../errors.ts';
import { placeOf } from '../given.ts';
import { KeyLines } from './key-lines.ts';

/** What stands behind a key. */
export interface TomlEntry {
  /** As it was written. */
  readonly key: string;
  readonly value: unknown;
  readonly line: number | undefined;
}

/** A file's text, read. */
export interface TomlFile {
  readonly file: string;
  readonly sections: ReadonlyMap<string, readonly TomlEntry[]>;
  /** The line of a section's head. */
  lineOf(section: string): number | undefined;
}

/**
 * Reads TOML. The parser is loaded with the first file: who has none does not wait for it.
 *
 * @throws AsbError `FORMAT`, with file, line and column, for what is no TOML, and for a key that
 *   stands in no section; no message shows what is in the file, which may be a password
 */
export const readToml = async (file: string, text: string): Promise<TomlFile> => {
  const { parse } = await import('smol-toml');
  let tables: Readonly<Record<string, unknown>>;
  try {
    tables = parse(text);
  } catch (error) {
    throw notToml(file, error);
  }
  const lines = new KeyLines(text);
  const sections = new Map<string, readonly TomlEntry[]>();
  for (const [name, table] of Object.entries(tables)) {
    if (!isTable(table)) throw looseKey(file, name, lines.lineOf([name]));
    const entries = Object.entries(table).map(([key, value]) => {
      return { key, value, line: lines.lineOf([name, key]) };
    });
    sections.set(name, entries);
  }
  return { file, sections, lineOf: (section) => lines.lineOf([section]) };
};

/**
 * What the parser says, in one line: its message has lines of the file below the first one, which may
 * hold a password. So it is no cause either.
 */
export const notToml = (file: string, error: unknown): AsbError => {
  const [what = ''] = messageOf(error).split('\n');
  const { line, column } = placeIn(error);
  const facts = { file, ...(line === undefined ? {} : { line, column }), expected: 'TOML' };
  return new AsbError('FORMAT', `${placeOf(file, line)}: ${what}`, facts);
};

/** The parser's errors have a line and a column, in characters, both from 1. */
const placeIn = (error: unknown): { readonly line?: number; readonly column: number } => {
  const isPlaced = error instanceof Error && 'line' in error && 'column' in error;
  if (!isPlaced || typeof error.line !== 'number') return { column: 1 };
  return { line: error.line, column: Number(error.column) };
};

/** Dates are objects, too. */
const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

const looseKey = (file: string, name: string, line: number | undefined): AsbError => {
  const where = line === undefined ? {} : { line };
  return new AsbError(
    'FORMAT',
    `${file}: "${name}" stands in no section; a line as [cluster] or [asbackup] comes before`,
    { file, ...where, expected: 'a section' },
  );
};
