import type { Global, IndexCollection, IndexType, SecondaryIndex } from '../record/globals.ts';
import { escapeName } from './escape.ts';

const COLLECTION_LETTERS: Readonly<Record<IndexCollection, string>> = {
  default: 'N',
  list: 'L',
  mapkeys: 'K',
  mapvalues: 'V',
  set: 'S',
};

const TYPE_LETTERS: Readonly<Record<IndexType, string>> = {
  numeric: 'N',
  string: 'S',
  geo2dsphere: 'G',
  blob: 'B',
  none: 'E',
};

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

/** An index or UDF module as its `*` line. */
export const globalText = (global: Global): Buffer =>
  global.kind === 'index'
    ? Buffer.from(indexLine(global), 'latin1')
    : Buffer.concat([
        Buffer.from(`* u L ${escapeName(global.name)} ${global.content.length} `, 'latin1'),
        global.content,
        Buffer.from('\n'),
      ]);

const indexLine = (index: SecondaryIndex): string => {
  const letters = [
    COLLECTION_LETTERS[index.collection],
    '1', // paths: the format could hold several, the server has one
    escapeName(index.bin),
    TYPE_LETTERS[index.type],
  ];
  // The context and the expression are base64, which has nothing to escape.
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
