import { AsbError } from '../errors.ts';

/** Largest header that is read: the version line and all meta lines, in bytes. */
export const MAX_HEADER_SIZE = 4096;

/** The first unit of every .asb text: its version line and the meta lines after it. */
export interface Header {
  /** `3.0` to `3.3`. */
  readonly version: string;
  /** The namespace as text stands in the file, with its escapes, as latin1; if there is one. */
  readonly escapedNamespace: string | undefined;
  /** Whether the file says that it is the first of its backup. */
  readonly firstFile: boolean;
  /** The header as it stands in the input. */
  readonly bytes: Buffer;
}

const LF = 0x0a;
const HASH = 0x23;
const START = Buffer.from('Version ');
const VERSION = /^Version (3\.[0-3])$/;
const NAMESPACE = /^# namespace ((?:[^ \\]|\\.)+)$/s;
/** Version 3.0 knows no escapes. */
const PLAIN_NAMESPACE = /^# namespace ([^ ]+)$/s;
const FIRST_FILE = '# first-file';
const FIRST_FILE_LINE = Buffer.from(`${FIRST_FILE}\n`);

/**
 * The header of the files after the first: the same without `# first-file`, which only one file
 * of a backup has.
 */
export const continuationHeader = (header: Header): Buffer => {
  const at = header.bytes.indexOf(FIRST_FILE_LINE);
  if (at === -1) return header.bytes;
  return Buffer.concat([
    header.bytes.subarray(0, at),
    header.bytes.subarray(at + FIRST_FILE_LINE.length),
  ]);
};

/** What input that does not begin as .asb text may be instead, and what to do then. */
const hintFor = (first: number): string => {
  if (first === 0x28) return '; it looks like zstd: decompress it first';
  if (first === 0x7b) return '; it looks like NDJSON: serialize it first';
  return first < 0x20 || first > 0x7e ? '; it may be encrypted' : '';
};

/** Reads the header from chunks cut anywhere; knows its end by the first byte after it. */
export class HeaderReader {
  readonly #bytes = Buffer.alloc(MAX_HEADER_SIZE);
  #size = 0;
  #lineStart = 0;
  #line = 1;
  #version: string | undefined;
  #namespace: string | undefined;
  #firstFile = false;

  /** Bytes read so far; after {@link push} returned less than it was given, the header's size. */
  get size(): number {
    return this.#size;
  }

  /** The line that comes next, from 1. */
  get line(): number {
    return this.#line;
  }

  /** The header, if it could end here: behind its version line, and not within a line. */
  get header(): Header | undefined {
    if (this.#version === undefined || this.#lineStart !== this.#size) return undefined;
    return {
      version: this.#version,
      escapedNamespace: this.#namespace,
      firstFile: this.#firstFile,
      bytes: Buffer.from(this.#bytes.subarray(0, this.#size)),
    };
  }

  /**
   * @returns how many bytes of `chunk` belong to the header; fewer than all: it is complete
   * @throws AsbError `FORMAT` for bytes that are no header, with line, column and offset: of the
   *   first wrong byte, or of the line that is none
   */
  push(chunk: Buffer): number {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.#size > 0 && this.#lineStart === this.#size && byte !== HASH) return at;
      if (this.#size < START.length && byte !== START[this.#size]) {
        this.#fail(`no .asb text${hintFor(byte)}`, '"Version 3.1"');
      }
      if (this.#size === MAX_HEADER_SIZE) this.#fail('a header that does not end', 'a record');
      this.#bytes[this.#size++] = byte;
      if (byte === LF) this.#endLine();
    }
    return chunk.length;
  }

  #endLine(): void {
    const text = this.#bytes.toString('latin1', this.#lineStart, this.#size - 1);
    if (this.#version === undefined) {
      this.#version = VERSION.exec(text)?.[1];
      if (this.#version === undefined) {
        this.#failLine(`the version line is ${JSON.stringify(text)}`, 'Version 3.0 to 3.3');
      }
    } else if (text === FIRST_FILE) {
      this.#firstFile = true;
    } else {
      const pattern = this.#version === '3.0' ? PLAIN_NAMESPACE : NAMESPACE;
      this.#namespace = pattern.exec(text)?.[1];
      if (this.#namespace === undefined) {
        this.#failLine(`unknown meta line ${JSON.stringify(text)}`, '# namespace or # first-file');
      }
    }
    this.#lineStart = this.#size;
    this.#line++;
  }

  /** The line as a whole is none. */
  #failLine(what: string, expected: string): never {
    this.#fail(what, expected, this.#lineStart);
  }

  #fail(what: string, expected: string, offset = this.#size): never {
    const line = this.#line;
    const message = `line ${line}, byte ${offset}: ${what}; expected ${expected}`;
    const column = offset - this.#lineStart + 1;
    throw new AsbError('FORMAT', message, { line, column, offset, expected });
  }
}
