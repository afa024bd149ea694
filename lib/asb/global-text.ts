import { AsbError } from '../errors.ts';
import type { Global, SecondaryIndex } from '../record/globals.ts';
import { escapeName } from './escape.ts';
import { COLLECTION_LETTERS, TYPE_LETTERS } from './global-letters.ts';

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
 * @throws AsbError `FORMAT` for a context or expression that is no base64, or for both of them:
 *   the line has room for one
 */
export const globalText = (global: Global): Buffer =>
  global.kind === 'index'
    ? Buffer.from(indexLine(global), 'latin1')
    : Buffer.concat([
        Buffer.from(`* u L ${escapeName(global.name)} ${global.content.length} `, 'latin1'),
        global.content,
        Buffer.from('\n'),
      ]);

/** Base64 has nothing to escape; anything else would be taken for more words or lines. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

const checkTail = ({ name, expression, context }: SecondaryIndex): void => {
  const expected = 'a context or an expression, in base64';
  if (expression !== undefined && context !== undefined) {
    throw new AsbError('FORMAT', `index "${name}" has a context and an expression`, { expected });
  }
  if (BASE64.test(expression ?? context ?? 'none')) return;
  throw new AsbError('FORMAT', `the context or expression of index "${name}" is no base64`, {
    expected,
  });
};

const indexLine = (index: SecondaryIndex): string => {
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
