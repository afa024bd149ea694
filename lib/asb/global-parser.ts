import type { Global, IndexCollection, IndexType } from '../record/globals.ts';
import { BACKSLASH, IS_BASE64, LF, SP } from './characters.ts';
import { COLLECTION_LETTERS, TYPE_LETTERS } from './global-letters.ts';
import { expectedAt, LEAST, MAX_BASE64_LENGTH, MAX_PAYLOAD_SIZE, MOST, Step } from './grammar.ts';
import { letter } from './letters.ts';
import { incomplete, Misfit } from './misfit.ts';

const COLLECTIONS = new Map<number | undefined, IndexCollection>([
  [letter(COLLECTION_LETTERS.default), 'default'],
  [letter(COLLECTION_LETTERS.list), 'list'],
  [letter(COLLECTION_LETTERS.mapkeys), 'mapkeys'],
  [letter(COLLECTION_LETTERS.mapvalues), 'mapvalues'],
  [letter(COLLECTION_LETTERS.set), 'set'],
]);

const TYPES = new Map<number | undefined, IndexType>([
  [letter(TYPE_LETTERS.numeric), 'numeric'],
  [letter(TYPE_LETTERS.string), 'string'],
  [letter(TYPE_LETTERS.geo2dsphere), 'geo2dsphere'],
  [letter(TYPE_LETTERS.blob), 'blob'],
  [letter(TYPE_LETTERS.none), 'none'],
]);

/** What an index over an expression cannot be. */
const NO_EXPRESSION: ReadonlySet<string> = new Set(['set', 'none']);

const UTF8 = new TextDecoder('utf8', { fatal: true, ignoreBOM: true });

/** As many digits as the scanner takes: with so many that count, a size is out of any range. */
const MAX_DIGITS = 19;

/** Reads the `*` line that begins at an offset: an index or a UDF module. */
export class GlobalParser {
  readonly #text: Buffer;
  readonly #end: number;
  #at: number;

  /** @param end how much of `text` counts */
  constructor(text: Buffer, start: number, end: number) {
    this.#text = text;
    this.#at = start;
    this.#end = end;
  }

  /** Where reading stands: after {@link read}, behind the global. */
  get at(): number {
    return this.#at;
  }

  /**
   * @throws Incomplete if the text ends before the global does; Misfit for a wrong byte
   */
  read(): Global {
    this.#literal('* ');
    const kind = this.#next();
    if (kind === letter('u')) return this.#readUdf();
    if (kind !== letter('i') && kind !== letter('e')) this.#fail(Step.GLOBAL);
    this.#at++;
    return this.#readIndex(kind === letter('e'));
  }

  #readUdf(): Global {
    this.#literal('u L ');
    const name = this.#name(Step.NAME);
    this.#literal(' ');
    const size = this.#size();
    this.#literal(' ');
    const start = this.#at;
    this.#at += size;
    this.#literal('\n');
    const content = Buffer.from(this.#text.subarray(start, start + size));
    return { kind: 'udf', name, language: 'LUA', content };
  }

  #readIndex(overExpression: boolean): Global {
    this.#literal(' ');
    const namespace = this.#name(Step.NAMESPACE);
    this.#literal(' ');
    const set = this.#name(Step.INDEX_SET);
    this.#literal(' ');
    const name = this.#name(Step.NAME);
    this.#literal(' ');
    const collectionStep = overExpression ? Step.EXPRESSION_COLLECTION : Step.INDEX_COLLECTION;
    const collection = this.#word(COLLECTIONS, collectionStep, overExpression);
    this.#literal(' 1 ');
    const bin = this.#name(Step.BIN);
    this.#literal(' ');
    const type = this.#word(
      TYPES,
      overExpression ? Step.EXPRESSION_TYPE : Step.INDEX_TYPE,
      overExpression,
    );
    const facts = { kind: 'index', namespace, set, name, collection, type, bin } as const;
    if (overExpression) {
      this.#literal(' ');
      const expression = this.#base64();
      this.#literal('\n');
      // It is over no bin: absctl writes the server's word for none.
      return { ...facts, bin: bin === 'null' ? '' : bin, expression };
    }
    if (this.#next() !== SP) {
      this.#literal('\n');
      return facts;
    }
    this.#at++;
    const context = this.#base64();
    this.#literal('\n');
    return { ...facts, context };
  }

  #literal(bytes: string): void {
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes.charCodeAt(index);
      if (this.#next() !== byte) this.#fail(byte);
      this.#at++;
    }
  }

  #word<Word extends string>(
    words: ReadonlyMap<number | undefined, Word>,
    step: number,
    overExpression: boolean,
  ): Word {
    const word = words.get(this.#next());
    if (word === undefined || (overExpression && NO_EXPRESSION.has(word))) this.#fail(step);
    this.#at++;
    return word;
  }

  #name(step: number): string {
    const start = this.#at;
    const bytes: number[] = [];
    for (;;) {
      let byte = this.#next();
      if (byte === SP || byte === LF) break;
      if (byte === BACKSLASH) {
        this.#at++;
        byte = this.#next();
      }
      bytes.push(byte);
      this.#at++;
      if (bytes.length > MOST[step]!) this.#fail(step, start);
    }
    if (bytes.length < (LEAST[step] ?? 0)) this.#fail(step);
    try {
      return UTF8.decode(Uint8Array.from(bytes));
    } catch {
      // Names of indexes and modules go through text on the server; others could not be restored.
      throw new Misfit(start, 'UTF-8', 'a name that is no UTF-8');
    }
  }

  #size(): number {
    const start = this.#at;
    let value = 0;
    for (let digit = this.#next() - 0x30; digit >= 0 && digit <= 9; digit = this.#next() - 0x30) {
      value = value * 10 + digit;
      this.#at++;
      if (value > MAX_PAYLOAD_SIZE || this.#at - start > MAX_DIGITS) this.#fail(Step.SIZE, start);
    }
    if (this.#at === start) this.#fail(Step.SIZE);
    return value;
  }

  #base64(): string {
    const start = this.#at;
    while (IS_BASE64[this.#next()] === 1) {
      this.#at++;
      if (this.#at - start > MAX_BASE64_LENGTH) this.#fail(Step.BASE64, start);
    }
    if (this.#at === start) this.#fail(Step.BASE64);
    return this.#text.toString('latin1', start, this.#at);
  }

  #next(): number {
    if (this.#at < this.#end) return this.#text[this.#at]!;
    throw incomplete(this.#at + 1);
  }

  #fail(step: number, at = this.#at): never {
    throw new Misfit(at, expectedAt(step));
  }
}
