import type { IndexCollection, IndexType, SecondaryIndex } from '../record/globals.ts';
import { MAX_BIN_NAME_LENGTH } from '../record/layout.ts';
import type { Cluster } from './cluster.ts';
import { describeIndex } from './indexes.ts';
import {
  type InfoHandler,
  type InfoParameters,
  infoError,
  isBase64,
  namespaceOf,
} from './info-parameters.ts';
import { Result } from './result.ts';

/** Commands about secondary indexes. */
export const INDEX_COMMANDS: readonly (readonly [string, InfoHandler])[] = [
  ['sindex', (cluster, _member, parameters) => listOrStat(cluster, parameters)],
  ['sindex-list', (cluster, _member, parameters) => list(cluster, parameters)],
  ['sindex-stat', (cluster, _member, parameters) => stat(cluster, parameters)],
  ['sindex-exists', (cluster, _member, parameters) => exists(cluster, parameters)],
  ['sindex-create', (cluster, _member, parameters) => create(cluster, parameters)],
  ['sindex-delete', (cluster, _member, parameters) => remove(cluster, parameters)],
];

const COLLECTIONS: ReadonlyMap<string, IndexCollection> = new Map(
  (['default', 'list', 'mapkeys', 'mapvalues'] as const).map((name) => [name, name]),
);
const TYPES: ReadonlyMap<string, IndexType> = new Map(
  (['numeric', 'string', 'blob', 'geo2dsphere'] as const).map((name) => [name, name]),
);

const NO_NAMESPACE = 'namespace not found on node';

/** `sindex/NS` lists, `sindex/NS/NAME` says how far an index is: the older commands. */
const listOrStat = (cluster: Cluster, parameters: InfoParameters): string => {
  const [namespace, name] = parameters.path;
  if (namespace !== undefined && !cluster.namespaces.has(namespace)) return 'ns_type=unknown';
  return name === undefined ? list(cluster, parameters) : stat(cluster, parameters);
};

/**
 * Contexts and expressions are always shown as base64, which the server does only with
 * `b64=true`: the words it has for them otherwise are for people.
 */
const list = (cluster: Cluster, parameters: InfoParameters): string => {
  const namespace = namespaceOf(parameters);
  if (namespace !== undefined && !cluster.namespaces.has(namespace)) {
    // The server says it twice.
    const error = infoError(Result.NAMESPACE, NO_NAMESPACE);
    return `${error};${error}`;
  }
  const indexes = cluster.indexes.list(namespace);
  const describe = (ofSets: boolean): string =>
    indexes
      .filter(({ collection }) => (collection === 'set') === ofSets)
      .map(describeIndex)
      .join(';');
  // Set indexes stand behind a semicolon, also if nothing stands before it.
  return `${describe(false)};${describe(true)}`.replace(/;$/, '');
};

/** An index is built at once: `load_pct` is 100. */
const stat = (cluster: Cluster, parameters: InfoParameters): string => {
  const index = find(cluster, parameters);
  if (typeof index === 'string') return index;
  return index === undefined
    ? infoError(Result.INDEX_NOT_FOUND, 'no index')
    : 'entries=0;used_bytes=0;entries_per_bval=0;entries_per_rec=0;load_pct=100;load_time=0;stat_gc_recs=0';
};

const exists = (cluster: Cluster, parameters: InfoParameters): string => {
  const index = find(cluster, parameters);
  return typeof index === 'string' ? index : String(index !== undefined);
};

/** The index that a command names; an error's text if it can't name one. */
const find = (
  cluster: Cluster,
  parameters: InfoParameters,
): SecondaryIndex | string | undefined => {
  const namespace = namespaceOf(parameters);
  const name = parameters.values.get('indexname') ?? parameters.path[1];
  if (namespace === undefined || !cluster.namespaces.has(namespace)) {
    return infoError(Result.NAMESPACE, NO_NAMESPACE);
  }
  if (name === undefined) return infoError(Result.PARAMETER, "missing 'indexname'");
  return cluster.indexes.get(namespace, name);
};

/** Removing what is not there is no failure to the server, in no namespace that is not there. */
const remove = (cluster: Cluster, parameters: InfoParameters): string => {
  const namespace = namespaceOf(parameters);
  const name = parameters.values.get('indexname');
  if (namespace === undefined) return infoError(Result.NAMESPACE, "missing 'namespace'");
  if (name === undefined) return infoError(Result.PARAMETER, "missing 'indexname'");
  cluster.indexes.delete(namespace, name);
  return 'ok';
};

/** To the server, creating one in a namespace that is not there is no failure either. */
const create = (cluster: Cluster, parameters: InfoParameters): string => {
  const namespace = namespaceOf(parameters);
  if (namespace === undefined) return infoError(Result.NAMESPACE, "missing 'namespace'");
  const index = readIndex(namespace, parameters.values);
  if (typeof index === 'string') return infoError(Result.PARAMETER, index);
  // The server divides the key of a definition by `|`, and says nothing of one that it can't read.
  const isLost = !cluster.namespaces.has(namespace) || /\|/.test(index.set + index.bin);
  if (isLost || cluster.indexes.create(index)) return 'ok';
  return infoError(Result.INDEX_FOUND, "'indexname' already exists with different definition");
};

/** The definition in a command, or what is wrong with it in the server's words. */
const readIndex = (
  namespace: string,
  values: ReadonlyMap<string, string>,
): SecondaryIndex | string => {
  if (values.get('indextype')?.toLowerCase() === 'set') return readSetIndex(namespace, values);
  const name = values.get('indexname');
  const set = values.get('set');
  const expression = values.get('exp');
  const context = values.get('context');
  // The older form gives bin and type together.
  const [dataBin, dataType] = values.get('indexdata')?.split(',') ?? [];
  const bin = values.get('bin') ?? dataBin;
  const typeName = values.get('type') ?? dataType;
  if (name === undefined) return "missing 'indexname'";
  if (name === '') return "missing 'indexname' value";
  if (set === '') return "missing 'set' value";
  if (typeName === undefined) return "both 'indexdata' and 'type' are missing";
  const type = TYPES.get(typeName.toLowerCase());
  if (type === undefined) {
    return "bad 'type' - must be one of 'numeric', 'string', 'blob', 'geo2dsphere'";
  }
  if (bin === undefined && expression === undefined) return "both 'bin' and 'exp' are missing";
  if (bin !== undefined && expression !== undefined) return "both 'bin' and 'exp' are specified";
  if (bin === '') return "missing 'bin' value";
  if (Buffer.byteLength(bin ?? '') > MAX_BIN_NAME_LENGTH) return "'bin' value too long";
  const collection = COLLECTIONS.get((values.get('indextype') ?? 'default').toLowerCase());
  if (collection === undefined) {
    return "bad 'indextype' - must be one of 'default', 'list', 'mapkeys', 'mapvalues'";
  }
  if (context !== undefined && !isBase64(context)) return "'context' invalid base64";
  if (expression !== undefined && !isBase64(expression)) return "bad 'exp'";
  return {
    kind: 'index',
    namespace,
    set: set ?? '',
    name,
    collection,
    type,
    bin: bin ?? '',
    ...(context === undefined ? {} : { context }),
    ...(expression === undefined ? {} : { expression }),
  };
};

/** An index of a set's records has no more than a name and a set. */
const readSetIndex = (
  namespace: string,
  values: ReadonlyMap<string, string>,
): SecondaryIndex | string => {
  const name = values.get('indexname');
  const set = values.get('set');
  if (!name) return "missing 'indexname'";
  for (const other of ['context', 'indexdata', 'type', 'bin', 'exp']) {
    if (values.has(other)) return `${other} parameter is not supported for set index`;
  }
  if (!set) return "missing 'set'";
  return { kind: 'index', namespace, set, name, collection: 'set', type: 'none', bin: '' };
};
