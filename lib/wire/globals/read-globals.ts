/** Reads what a namespace holds beside records: secondary indexes and UDF modules, in full. */
import { AsbError } from '../../errors.ts';
import type {
  Global,
  IndexCollection,
  IndexType,
  SecondaryIndex,
  UdfModule,
} from '../../record/globals.ts';
import { parsePairs } from '../info.ts';

/** Asks a node one info command and gives the value of its answer. */
export type AskInfo = (command: string) => Promise<string>;

// A set or bin may hold `:` and `=`, and the server escapes neither: so the known keys, in the
// server's order, are the separators.
const INDEX =
  /^ns=(?<namespace>[^:]*):indexname=(?<name>.*?):set=(?<set>.*?):bin=(?<bin>.*):type=(?<type>[^:]*):indextype=(?<collection>[^:]*)(?::context=(?<context>[^:]*))?(?::exp=(?<expression>[^:]*))?(?::state=[^:]*)?$/s;

// An index of a set's records (8.1.2) is described more briefly, behind the others.
const SET_INDEX = /^ns=(?<namespace>[^:]*):indexname=(?<name>.*?):set=(?<set>.*):indextype=set$/s;

const TYPES: ReadonlyMap<string, IndexType> = new Map([
  ['numeric', 'numeric'],
  ['int signed', 'numeric'],
  ['string', 'string'],
  ['text', 'string'],
  ['geo2dsphere', 'geo2dsphere'],
  ['geojson', 'geo2dsphere'],
  ['blob', 'blob'],
]);

const COLLECTIONS: ReadonlyMap<string, IndexCollection> = new Map([
  ['default', 'default'],
  ['none', 'default'],
  ['list', 'list'],
  ['mapkeys', 'mapkeys'],
  ['mapvalues', 'mapvalues'],
]);

/** The server writes what is absent as `null`; old ones in capitals. */
const absent = (value: string | undefined): boolean =>
  value === undefined || value === '' || value === 'null' || value === 'NULL';

/**
 * Reads one namespace's `sindex-list:ns=…;b64=true`.
 *
 * @throws AsbError `PROTOCOL` for an index that is described in a way unknown here: leaving it out
 *   would be a silent loss
 */
export const parseIndexes = (text: string): SecondaryIndex[] =>
  text
    .split(/;(?=ns=)/)
    .filter((entry) => entry !== '')
    .map((entry) => parseIndex(entry.replace(/;$/, '')));

const parseIndex = (entry: string): SecondaryIndex => {
  const ofSet = SET_INDEX.exec(entry)?.groups;
  if (ofSet !== undefined) {
    const { namespace = '', name = '', set = '' } = ofSet;
    return { kind: 'index', namespace, set, name, collection: 'set', type: 'none', bin: '' };
  }
  const facts = INDEX.exec(entry)?.groups;
  const type = TYPES.get(facts?.type?.toLowerCase() ?? '');
  const collection = COLLECTIONS.get(facts?.collection?.toLowerCase() ?? '');
  if (facts === undefined || type === undefined || collection === undefined) {
    throw new AsbError('PROTOCOL', `the server describes an index as "${entry}": unknown here`, {
      expected: 'ns=…:indexname=…:set=…:bin=…:type=…:indextype=…:context=…:exp=…:state=…',
    });
  }
  const { namespace = '', name = '', set = '', bin = '', context, expression } = facts;
  return {
    kind: 'index',
    namespace,
    set: absent(set) ? '' : set,
    name,
    collection,
    type,
    bin: absent(expression) ? bin : '',
    ...(context === undefined || absent(context) ? {} : { context }),
    ...(expression === undefined || absent(expression) ? {} : { expression }),
  };
};

/** All secondary indexes of a namespace. */
export const readIndexes = async (ask: AskInfo, namespace: string): Promise<SecondaryIndex[]> =>
  parseIndexes(await ask(`sindex-list:ns=${namespace};b64=true`));

/** All UDF modules of the cluster: they belong to no namespace. */
export const readUdfs = async (ask: AskInfo): Promise<UdfModule[]> => {
  const modules: UdfModule[] = [];
  for (const entry of (await ask('udf-list')).split(';')) {
    // A name may hold a comma.
    const name = /^filename=(.*),hash=/s.exec(entry)?.[1];
    if (name !== undefined) modules.push(await readUdf(ask, name));
  }
  return modules;
};

const readUdf = async (ask: AskInfo, name: string): Promise<UdfModule> => {
  const answer = parsePairs(await ask(`udf-get:filename=${name}`), ';');
  const language = answer.get('type');
  const content = answer.get('content');
  if (language !== 'LUA' || content === undefined) {
    throw new AsbError('PROTOCOL', `the server did not give UDF module "${name}" as LUA`, {
      expected: 'type=LUA;content=…',
    });
  }
  return { kind: 'udf', name, language, content: Buffer.from(content, 'base64') };
};

/** Everything of a namespace that is no record: indexes, then UDF modules, as asbackup orders them. */
export const readGlobals = async (
  ask: AskInfo,
  namespace: string,
  options: { readonly indexes: boolean; readonly udfs: boolean },
): Promise<Global[]> => [
  ...(options.indexes ? await readIndexes(ask, namespace) : []),
  ...(options.udfs ? await readUdfs(ask) : []),
];
