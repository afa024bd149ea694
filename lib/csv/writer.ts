import { type Options, stringify } from 'csv-stringify/sync';
import { AsbError, type ErrorFacts, messageOf } from '../errors.ts';
import { decodeParticle } from '../record/bin.ts';
import type { RecordChunk } from '../record/chunk.ts';
import { ParticleType } from '../record/particle.ts';
import type { AsbRecord } from '../record/record.ts';
import { TypedBytes, type Value } from '../record/values.ts';
import { cellText } from './cell.ts';
import {
  type BinColumn,
  headerName,
  holds,
  RECORD_COLUMNS,
  type RecordColumn,
  typeName,
} from './columns.ts';

export interface CsvWriterOptions {
  /** What stands beside the bins, in this order; all of it if left out. */
  readonly recordColumns?: readonly RecordColumn[];
  /** A column for each of these bins, behind the others; a bin of another name is left out. */
  readonly bins: readonly BinColumn[];
  /** `typed`: `age:integer`; `plain`: `age`; `none`: no line of names. Default `typed`. */
  readonly header?: 'typed' | 'plain' | 'none';
  /** What stands between cells: one character, and neither a quote nor a line end. Default a comma. */
  readonly delimiter?: string;
}

/** What a CSV writer has written so far. */
export interface CsvWriterInfo {
  records: number;
  /** Secondary indexes and UDF modules, which have no place in a table. */
  globals: number;
  bytes: number;
  /** Strings that are no UTF-8, and so are base64. */
  notUtf8: number;
}

/** A bin or a user key. */
interface Particle {
  readonly type: number;
  readonly value: Value;
}

/** Cells of a row; what is not there has no text at all. */
type Row = (string | undefined)[];

/**
 * Writes records as CSV (RFC 4180, lines ending in LF), one a line: docs/csv.md has the form. A
 * missing value is nothing between two delimiters, an empty string is `""`.
 */
export class CsvWriter {
  /** Counts all that was written; live. */
  readonly info: CsvWriterInfo = { records: 0, globals: 0, bytes: 0, notUtf8: 0 };
  readonly #recordColumns: readonly RecordColumn[];
  readonly #bins: readonly BinColumn[];
  /** Which of the bins has a name; names as latin1. */
  readonly #indexes = new Map<string, number>();
  readonly #header: 'typed' | 'plain' | 'none';
  readonly #format: Options;

  /** @throws AsbError `USAGE` for no column at all, two of one name, and what can be no delimiter */
  constructor(options: CsvWriterOptions) {
    const { recordColumns = RECORD_COLUMNS, bins, header = 'typed', delimiter = ',' } = options;
    if (!/^[^"\r\n]$/u.test(delimiter)) throw noDelimiter(delimiter);
    this.#recordColumns = recordColumns;
    this.#bins = bins;
    this.#header = header;
    this.#format = {
      delimiter,
      // Nothing stands for no value. In a table of one column it would be no line.
      ...(this.#names.length === 1 ? { quoted_empty: true } : { quoted_match: /^$/ }),
    };
    for (const [index, { name }] of bins.entries()) {
      const key = Buffer.from(name).toString('latin1');
      if (this.#indexes.has(key)) throw twice(headerName(name));
      this.#indexes.set(key, index);
    }
    this.#checkNames();
  }

  /** The line of names; nothing if there is to be none. */
  head(): Buffer {
    return this.#lines(this.#header === 'none' ? [] : [this.#names]);
  }

  /**
   * The lines of a batch, which is released; nothing for a global.
   * @throws AsbError `FORMAT`, with the record's digest, for a value that is not of its column's
   *   type, or is not what its particle type says
   */
  write(chunk: RecordChunk): Buffer {
    if (chunk.kind !== 'records') {
      this.info.globals++;
      return this.#lines([]);
    }
    const lines = this.#lines(Array.from(chunk, (record) => this.#row(record)));
    this.info.records += chunk.length;
    chunk.release();
    return lines;
  }

  #row(record: AsbRecord): Row {
    const row: Row = this.#recordColumns.map((column) => this.#recordCell(record, column));
    for (const _ of this.#bins) row.push(undefined);
    for (const bin of record.binList()) {
      const index = this.#indexes.get(Buffer.from(bin.nameBytes).toString('latin1'));
      if (index === undefined) continue;
      const what = `bin "${bin.name}"`;
      const { type: wanted } = this.#bins[index]!;
      if (!holds(wanted, bin.type)) throw otherType(record, what, bin.type, String(wanted));
      row[this.#recordColumns.length + index] = this.#cell(record, what, () => bin);
    }
    return row;
  }

  #recordCell(record: AsbRecord, column: RecordColumn): string | undefined {
    switch (column) {
      case 'set':
        return record.set === '' ? undefined : this.#cell(record, 'set', () => setOf(record));
      case 'key':
        return this.#cell(record, 'user key', () => record.userKey);
      case 'digest':
        return record.digest.toString('hex');
      case 'generation':
        return String(record.generation);
      case 'expires':
        return record.expiresAt?.toISOString().replace('.000', '');
    }
  }

  #cell(record: AsbRecord, what: string, read: () => Particle | undefined): string | undefined {
    try {
      const { type = ParticleType.NULL, value = null } = read() ?? {};
      if (type === ParticleType.STRING && value instanceof TypedBytes) this.info.notUtf8++;
      return cellText(value, type);
    } catch (cause) {
      throw inRecord(record, `${what}: ${messageOf(cause)}`, { cause });
    }
  }

  #lines(rows: readonly Row[]): Buffer {
    const lines = Buffer.from(stringify([...rows], this.#format));
    this.info.bytes += lines.length;
    return lines;
  }

  get #names(): string[] {
    const isTyped = this.#header !== 'plain';
    const bins = this.#bins.map(({ name, type }) => {
      const word = isTyped && type !== undefined ? `:${type}` : '';
      return `${headerName(name)}${word}`;
    });
    return [...this.#recordColumns, ...bins];
  }

  #checkNames(): void {
    const names = this.#names;
    if (names.length === 0) throw new AsbError('USAGE', 'a table needs a column');
    const double = names.find((name, index) => names.indexOf(name) < index);
    if (double !== undefined && this.#header !== 'none') throw twice(double);
  }
}

const noDelimiter = (text: string): AsbError => {
  const expected = 'one character, and neither a quote nor a line end';
  const what = `${JSON.stringify(text)} cannot stand between cells; expected ${expected}`;
  return new AsbError('USAGE', what, { expected });
};

const twice = (name: string): AsbError =>
  new AsbError('USAGE', `two columns have the name "${name}"; leave one of them out`, {
    expected: 'columns of different names',
  });

/** A set's name is a string without a particle type. */
const setOf = ({ setBytes }: AsbRecord): Particle => ({
  type: ParticleType.STRING,
  value: decodeParticle(ParticleType.STRING, setBytes),
});

const inRecord = (record: AsbRecord, what: string, facts: ErrorFacts): AsbError =>
  new AsbError('FORMAT', `record with digest ${record.digest.toString('hex')}: ${what}`, facts);

const otherType = (record: AsbRecord, what: string, type: number, expected: string): AsbError =>
  inRecord(record, `${what} is of type ${typeName(type)}, and not ${expected}`, { expected });
