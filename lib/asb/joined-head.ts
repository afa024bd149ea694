import { AsbError } from '../errors.ts';
import { unescapeName } from './escape.ts';
import { COLLECTION_LETTERS } from './global-letters.ts';
import { type Head, MAX_GLOBALS_SIZE } from './head-reader.ts';

/** The version without escapes. */
const OLDEST = '3.0';

/** A fact, and the file that says it. */
interface Said<What> {
  readonly what: What;
  readonly file: string;
}

/** The words of a global's line: as many as its name needs. */
const WORD = /((?:[^ \n\\]|\\.)*)[ \n]/gs;
const WORDS_SIZE = 4096;

/** Which index or module a line is of, and the lowest version that has such lines. */
const identify = (line: Buffer): { readonly id: string; readonly version: string } => {
  const text = line.toString('latin1', 0, WORDS_SIZE);
  const words = Array.from(text.matchAll(WORD), ([, word = '']) => unescapeName(word).toString());
  const [, kind, second, third, fourth, collection] = words;
  // * u L name; * i namespace set name collection
  if (kind === 'u') return { id: `UDF module "${third}"`, version: OLDEST };
  const id = `index "${fourth}" of namespace "${second}"`;
  if (collection === COLLECTION_LETTERS.set) return { id, version: '3.3' };
  return { id, version: kind === 'e' ? '3.2' : OLDEST };
};

const conflict = (what: string, { file: one }: Said<unknown>, file: string): AsbError =>
  new AsbError('FORMAT', `${what}: ${one} and ${file}`, { file });

/**
 * Folds the heads of several files into the one of the text that they are together: the highest
 * version, the one namespace, and every index and UDF module once.
 */
export class JoinedHead {
  #version: Said<string> | undefined;
  #namespace: Said<string> | undefined;
  #firstFile = false;
  readonly #globals = new Map<string, Said<Buffer>>();
  #size = 0;

  /**
   * @param file for messages
   * @throws AsbError `FORMAT`, which names both files, if this one cannot stand in one text with
   *   those before: another namespace; version 3.0, whose names have no escapes, beside a later
   *   one; another index or UDF module of the same name. `LIMIT` for globals of more than
   *   `MAX_GLOBALS_SIZE` together
   */
  add({ header, globals }: Head, file: string): void {
    const { version, escapedNamespace: namespace } = header;
    this.#version ??= { what: version, file };
    if ((this.#version.what === OLDEST) !== (version === OLDEST)) {
      const what = 'version 3.0, whose names have no escapes, cannot be joined with a later one';
      throw conflict(what, this.#version, file);
    }
    this.#firstFile ||= header.firstFile;
    let highest = version;
    if (namespace !== undefined) this.#addNamespace(namespace, version, file);
    for (const line of globals) {
      const global = identify(line);
      this.#addGlobal(global.id, line, file);
      // absctl writes expression indexes under version 3.1 too.
      if (global.version > highest) highest = global.version;
    }
    if (highest > this.#version.what) this.#version = { what: highest, file };
  }

  /** Header and globals. */
  get text(): Buffer {
    const version = this.#version?.what ?? '3.1';
    const namespace = this.#namespace === undefined ? '' : `# namespace ${this.#namespace.what}\n`;
    const firstFile = this.#firstFile ? '# first-file\n' : '';
    const header = `Version ${version}\n${namespace}${firstFile}`;
    const globals = Array.from(this.#globals.values(), ({ what }) => what);
    return Buffer.concat([Buffer.from(header, 'latin1'), ...globals]);
  }

  #addNamespace(escaped: string, version: string, file: string): void {
    this.#namespace ??= { what: escaped, file };
    const [one, other] = [this.#namespace.what, escaped].map((name) =>
      version === OLDEST ? name : unescapeName(name).toString(),
    );
    if (one !== other) {
      throw conflict(`namespaces "${one}" and "${other}" in one text`, this.#namespace, file);
    }
  }

  #addGlobal(id: string, line: Buffer, file: string): void {
    const before = this.#globals.get(id);
    if (before?.what.equals(line)) return;
    if (before !== undefined) throw conflict(`${id} is not the same in both`, before, file);
    this.#size += line.length;
    if (this.#size > MAX_GLOBALS_SIZE) {
      const expected = `at most ${MAX_GLOBALS_SIZE} bytes`;
      const what = `indexes and UDF modules of more than ${MAX_GLOBALS_SIZE} bytes in all files`;
      throw new AsbError('LIMIT', what, { file, expected });
    }
    this.#globals.set(id, { what: line, file });
  }
}
