import { AsbError } from '../errors.ts';

/** Entries of one list in a document at most: files of a backup, say. */
export const MAX_DOCUMENT_ENTRIES = 10_000_000;

/**
 * Reads a JSON document field by field. Somebody may have edited it, so every field is looked at, and
 * what is wrong is told with the field's path.
 *
 *     const fields = DocumentFields.parse(text, 'out/test.manifest.json');
 *     const files = fields.list('files', (file) => file.text('name'));
 */
export class DocumentFields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #file: string;
  readonly #path: string;

  private constructor(value: unknown, file: string, path: string) {
    this.#file = file;
    this.#path = path;
    if (!isObject(value)) throw this.#wrong('', 'an object');
    this.#values = value;
  }

  /**
   * @param file for messages
   * @throws AsbError `FORMAT` if it is no JSON object
   */
  static parse(text: string, file: string): DocumentFields {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      throw new AsbError('FORMAT', `${file} is no JSON, or was cut off`, {
        file,
        expected: 'JSON',
        cause,
      });
    }
    return new DocumentFields(value, file, '');
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  /** Names of all fields, as they stand. */
  get names(): string[] {
    return Object.keys(this.#values);
  }

  /** @param pattern what it must look like; anything if left out */
  text(name: string, pattern?: RegExp): string {
    const value = this.#get(name);
    if (typeof value === 'string' && (pattern?.test(value) ?? true)) return value;
    throw this.#wrong(name, pattern === undefined ? 'a string' : `a string like ${pattern.source}`);
  }

  /** A whole number from 0 on. */
  count(name: string): number {
    const value = this.#get(name);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.#wrong(name, 'a whole number from 0 on');
  }

  flag(name: string): boolean {
    const value = this.#get(name);
    if (typeof value === 'boolean') return value;
    throw this.#wrong(name, 'true or false');
  }

  /** A moment, as `2026-11-23T07:00:00.000Z`. */
  time(name: string): Date {
    const date = new Date(this.text(name));
    if (!Number.isNaN(date.getTime())) return date;
    throw this.#wrong(name, 'a time like 2026-11-23T07:00:00.000Z');
  }

  object(name: string): DocumentFields {
    return new DocumentFields(this.#get(name), this.#file, `${this.#path}${name}.`);
  }

  /** Any JSON, as it is. */
  raw(name: string): unknown {
    return this.#get(name);
  }

  list<Item>(name: string, read: (item: DocumentFields) => Item): Item[] {
    const value = this.#get(name);
    if (!Array.isArray(value) || value.length > MAX_DOCUMENT_ENTRIES) {
      throw this.#wrong(name, `a list of up to ${MAX_DOCUMENT_ENTRIES}`);
    }
    return value.map((item: unknown, index) =>
      read(new DocumentFields(item, this.#file, `${this.#path}${name}[${index}].`)),
    );
  }

  /** An error that says what this field should be. */
  wrong(name: string, expected: string): AsbError {
    return this.#wrong(name, expected);
  }

  #get(name: string): unknown {
    return this.has(name) ? this.#values[name] : undefined;
  }

  #wrong(name: string, expected: string): AsbError {
    const field = `${this.#path}${name}`.replace(/\.$/, '');
    const where = field === '' ? 'it' : `"${field}"`;
    return new AsbError('FORMAT', `${this.#file}: ${where} is not ${expected}`, {
      file: this.#file,
      expected,
    });
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
