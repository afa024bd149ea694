import { AsbError } from '../errors.ts';
import type { Global, SecondaryIndex, UdfModule } from '../record/globals.ts';
import { escapeName } from './escape.ts';
import { COLLECTION_LETTERS, TYPE_LETTERS } from './global-letters.ts';
import { expectedAt, LEAST, MAX_BASE64_LENGTH, MAX_PAYLOAD_SIZE, MOST, Step } from './grammar.ts';

/** Versions of the format that are written; each reads all before it. */
export type FormatVersion = '3.1' | '3.2' | '3.3';

/** The lowest version that can hold an item: 3.2 brought expression indexes, 3.3 set indexes. */
export const versionFor = (global: Global): FormatVersion => {
  if (global.kind === 'udf') return '3.1';
  if (global.collection === 'set') return '3.3';
  return global.expression === undefined ? '3.1' : '3.2';
};

/** The first lines of a file. */
export const headerText = (
  version: FormatVersion,
  namespace: string,
  firstFile: boolean,
): Buffer => {
  const meta = `# namespace ${escapeName(namespace)}\n${firstFile ? '# first-file\n' : ''}`;
  return Buffer.from(`Version ${version}\n${meta}`, 'latin1');
};

/**
 * An index or UDF module as its `*` line.
 * @throws AsbError for what no reader would take: `RANGE` for a name, context, expression or
 *   content that is too long, or a name that is empty; `FORMAT` for a context or expression that is
 *   no base64, for both of them, since the line has room for one, and for a set index over an
 *   expression
 */
export const globalText = (global: Global): Buffer =>
  global.kind === 'index' ? Buffer.from(indexLine(global), 'latin1') : udfText(global);

const udfText = ({ name, content }: UdfModule): Buffer => {
  checkName(`UDF module "${name}"`, Step.NAME, name);
  if (content.length > MAX_PAYLOAD_SIZE) {
    throw new AsbError('RANGE', `UDF module "${name}" has ${content.length} bytes`, {
      expected: `at most ${MAX_PAYLOAD_SIZE} bytes`,
    });
  }
  return Buffer.concat([
    Buffer.from(`* u L ${escapeName(name)} ${content.length} `, 'latin1'),
    content,
    Buffer.from('\n'),
  ]);
};

const checkName = (what: string, step: number, text: string): void => {
  const size = Buffer.byteLength(text);
  if (size <= MOST[step]! && size >= (LEAST[step] ?? 0)) return;
  const expected = expectedAt(step);
  throw new AsbError('RANGE', `${what}: "${text}" has ${size} bytes; expected ${expected}`, {
    expected,
  });
};

/** Base64 has nothing to escape; anything else would be taken for more words or lines. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

const checkTail = ({ name, collection, type, expression, context }: SecondaryIndex): void => {
  const expected = 'a context or an expression, in base64';
  const fault = (what: string): AsbError => new AsbError('FORMAT', what, { expected });
  if (expression !== undefined && context !== undefined) {
    throw fault(`index "${name}" has a context and an expression`);
  }
  if (expression !== undefined && (collection === 'set' || type === 'none')) {
    throw fault(`index "${name}" of a set has an expression`);
  }
  const tail = expression ?? context ?? 'none';
  if (!BASE64.test(tail)) {
    throw fault(`the context or expression of index "${name}" is no base64`);
  }
  if (tail.length <= MAX_BASE64_LENGTH) return;
  throw new AsbError('RANGE', `the context or expression of index "${name}" is too long`, {
    expected: `at most ${MAX_BASE64_LENGTH} characters`,
  });
};

const indexLine = (index: SecondaryIndex): string => {
  const what = `index "${index.name}"`;
  checkName(what, Step.NAMESPACE, index.namespace);
  checkName(what, Step.INDEX_SET, index.set);
  checkName(what, Step.NAME, index.name);
  checkName(what, Step.BIN, index.bin);
  checkTail(index);
  const letters = [
    COLLECTION_LETTERS[index.collection],
    '1', // paths: the format could hold several, the server has one
    escapeName(index.bin),
    TYPE_LETTERS[index.type],
  ];
  const tail = index.expression ?? index.context;
  const words = [
    '*',
    index.expression === undefined ? 'i' : 'e',
    escapeName(index.namespace),
    escapeName(index.set),
    escapeName(index.name),
    ...letters,
    ...(tail === undefined ? [] : [tail]),
  ];
  return `${words.join(' ')}\n`;
};
