/** The columns of a table of records: what stands beside the bins, and the bins. */
import { isUtf8 } from 'node:buffer';
import { AsbError } from '../errors.ts';
import type { RecordBatch } from '../record/batch.ts';
import { PARTICLE_NAMES, ParticleType } from '../record/particle.ts';

/** What stands beside the bins, in the order in which it comes. */
export const RECORD_COLUMNS = ['set', 'key', 'digest', 'generation', 'expires'] as const;
export type RecordColumn = (typeof RECORD_COLUMNS)[number];

/** Most columns that are found; no warehouse takes more. */
export const MAX_COLUMNS = 10_000;

/** A column with integers and doubles, and one with values of several other types. */
const NUMBER = 'number';
const ANY = 'any';

/** What the header calls types: the names of particle types, `number`, and `any`. */
const TYPE_WORDS: ReadonlySet<string> = new Set([...PARTICLE_NAMES.values(), NUMBER, ANY]);

/** A column for the bins of one name. */
export interface BinColumn {
  /** The server allows any bytes. */
  readonly name: Uint8Array;
  /** A particle type's name, `number` or `any`; `undefined` if nobody says. */
  readonly type: string | undefined;
}

/**
 * Reads a column as people write it: `age:integer`, or `age` if its type is left open. What stands
 * behind the last colon and is no type belongs to the name.
 */
export const parseColumn = (text: string): BinColumn => {
  const colon = text.lastIndexOf(':');
  const word = text.slice(colon + 1);
  if (colon < 0 || !TYPE_WORDS.has(word)) return { name: Buffer.from(text), type: undefined };
  return { name: Buffer.from(text.slice(0, colon)), type: word };
};

/** The name of a particle type, also of one that nobody knows. */
export const typeName = (type: number): string => PARTICLE_NAMES.get(type) ?? `type${type}`;

/** Whether a column of this type may hold a value of that particle type. */
export const holds = (column: string | undefined, type: number): boolean => {
  if (column === undefined || column === ANY || type === ParticleType.NULL) return true;
  if (column === typeName(type)) return true;
  return column === NUMBER && (type === ParticleType.INTEGER || type === ParticleType.DOUBLE);
};

/** A bin's name in a header; what is no UTF-8 is `$base64:` and its bytes, as in NDJSON. */
export const headerName = (name: Uint8Array): string => {
  const bytes = Buffer.from(name);
  return isUtf8(bytes) ? bytes.toString() : `$base64:${bytes.toString('base64')}`;
};

/** Finds the columns of a table: the bins that its records have, and their types. */
export class ColumnFinder {
  readonly #types = new Map<string, string | undefined>();

  /**
   * Looks at every record of a batch; keeps none of its memory.
   * @throws AsbError `LIMIT` beyond {@link MAX_COLUMNS}
   */
  add(batch: RecordBatch): void {
    for (const record of batch) {
      for (const { nameBytes, type } of record.binList()) {
        this.#add(Buffer.from(nameBytes).toString('latin1'), type);
      }
    }
  }

  /** The bins found, by name. */
  get columns(): BinColumn[] {
    return Array.from(this.#types, ([name, type]) => ({
      name: Buffer.from(name, 'latin1'),
      type: type ?? ANY,
    })).sort((one, other) => one.name.compare(other.name));
  }

  /** These columns, with the types that were found where they say none. */
  typed(columns: readonly BinColumn[]): BinColumn[] {
    return columns.map(({ name, type }) => {
      const found = this.#types.get(Buffer.from(name).toString('latin1'));
      return { name, type: type ?? found };
    });
  }

  #add(name: string, type: number): void {
    const known = this.#types.get(name);
    if (known === undefined && !this.#types.has(name) && this.#types.size === MAX_COLUMNS) {
      const message = `the records have more than ${MAX_COLUMNS} bins; say which are to be columns`;
      throw new AsbError('LIMIT', message, { expected: 'names of bins' });
    }
    if (known === undefined || !holds(known, type)) this.#types.set(name, joined(known, type));
  }
}

const isNumeric = (word: string): boolean => [NUMBER, 'integer', 'double'].includes(word);

/** The type of a column that has been of type `known`, and gets a value of `type`. */
const joined = (known: string | undefined, type: number): string | undefined => {
  if (type === ParticleType.NULL) return known;
  const word = typeName(type);
  if (known === undefined || known === word) return word;
  return isNumeric(known) && isNumeric(word) ? NUMBER : ANY;
};
