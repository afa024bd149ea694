import { AsbError } from '../errors.ts';
import { PLUS } from './characters.ts';
import type { Header } from './header.ts';
import { UnitScanner } from './unit-scanner.ts';

/** Most bytes of globals that stand before the first record: they are held in memory. */
export const MAX_GLOBALS_SIZE = 64 * 1024 * 1024;

/** What stands in a text before its first record. */
export interface Head {
  readonly header: Header;
  /** Each a secondary index or UDF module, as it stands there. */
  readonly globals: readonly Buffer[];
  /** Bytes of the last chunk that belong to the head. */
  readonly end: number;
}

/**
 * Reads .asb text that is cut anywhere up to its first record; {@link scanner} stands there then, to
 * go on with the rest.
 */
export class HeadReader {
  readonly scanner = new UnitScanner();
  readonly #globals: Buffer[] = [];
  /** What came of a global that is not whole yet. */
  #parts: Buffer[] = [];
  #size = 0;

  /**
   * @returns the head, if a record begins in `chunk`; else all of it was taken
   * @throws AsbError `FORMAT` or `TRUNCATED`, as {@link UnitScanner.push}; `LIMIT` for globals of
   *   more than `MAX_GLOBALS_SIZE`
   */
  push(chunk: Buffer): Head | undefined {
    const { scanner } = this;
    let at = scanner.header === undefined ? scanner.push(chunk, 0) : 0;
    const { header } = scanner;
    if (header === undefined) return undefined;
    while (at < chunk.length) {
      if (scanner.atUnitEnd && chunk[at] === PLUS) {
        return { header, globals: this.#globals, end: at };
      }
      at += this.#takeGlobal(chunk.subarray(at));
    }
    return undefined;
  }

  /**
   * Says that the input is over, before a record came.
   * @throws AsbError `TRUNCATED` if it ends within a unit, or if an earlier stage failed
   */
  end(): Head {
    this.scanner.end();
    return { header: this.scanner.header!, globals: this.#globals, end: 0 };
  }

  /** @returns the bytes that belong to the global that is being read */
  #takeGlobal(text: Buffer): number {
    const end = this.scanner.push(text, 1);
    const taken = end === 0 ? text.length : end;
    this.#size += taken;
    if (this.#size > MAX_GLOBALS_SIZE) {
      const expected = `at most ${MAX_GLOBALS_SIZE} bytes`;
      const { offset } = this.scanner;
      throw new AsbError(
        'LIMIT',
        `byte ${offset}: more indexes and UDF modules than ${MAX_GLOBALS_SIZE} bytes before a record`,
        { offset, expected },
      );
    }
    // A copy: the chunk's memory is used again.
    this.#parts.push(Buffer.from(text.subarray(0, taken)));
    if (end > 0) {
      this.#globals.push(Buffer.concat(this.#parts));
      this.#parts = [];
    }
    return taken;
  }
}
