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
  [
    'sindex-exists',
    (cluster, _member, parameters) => String(find(cluster, parameters) !== undefined),
  ],
  ['sindex-create', (cluster, _member, parameters) => create(cluster, parameters)],
  ['sindex-delete', (cluster, _member, parameters) => remove(cluster, parameters)],
];

const COLLECTIONS: ReadonlyMap<string, IndexCollection> = new Map(
  (['default', 'list', 'mapkeys', 'mapvalues'] as const).map((name) => [name, name]),
);
const TYPES: ReadonlyMap<string, IndexType> = new Map(
  (['numeric', 'string', 'blob', 'geo2dsphere'] as const).map((name) => [name, name]),
);

/** `sindex/NS` lists, `sindex/NS/NAME` says how far an index is: the older commands. */
const listOrStat = (cluster: Cluster, parameters: InfoParameters): string =>
  parameters.path.length > 1 ? stat(cluster, parameters) : list(cluster, parameters);

/**
 * Contexts and expressions are always shown as base64, which the server does only with
 * `b64=true`: the words it has for them otherwise are for people.
 */
const list = (cluster: Cluster, parameters: InfoParameters): string => {
  const namespace = namespaceOf(parameters);
  if (namespace !== undefined && !cluster.namespaces.has(namespace)) {
    return infoError(Result.NAMESPACE, 'namespace not found on node');
  }
  return cluster.indexes.list(namespace).map(describeIndex).join(';');
};

/** An index is built at once: `load_pct` is 100. */
const stat = (cluster: Cluster, parameters: InfoParameters): string =>
  find(cluster, parameters) === undefined
    ? infoError(Result.INDEX_NOT_FOUND, 'no index')
    : 'entries=0;used_bytes=0;entries_per_bval=0;entries_per_rec=0;load_pct=100;load_time=0;stat_gc_recs=0';

const find = (cluster: Cluster, parameters: InfoParameters): SecondaryIndex | undefined =>
  cluster.indexes.get(
    namespaceOf(parameters) ?? '',
    parameters.values.get('indexname') ?? parameters.path[1] ?? '',
  );

/** Removing what is not there is no failure to the server. */
const remove = (cluster: Cluster, parameters: InfoParameters): string => {
  cluster.indexes.delete(namespaceOf(parameters) ?? '', parameters.values.get('indexname') ?? '');
  return 'ok';
};

const create = (cluster: Cluster, parameters: InfoParameters): string => {
  const index = readIndex(cluster, parameters);
  if (typeof index === 'string') return infoError(Result.PARAMETER, index);
  return cluster.indexes.create(index)
    ? 'ok'
    : infoError(Result.INDEX_FOUND, "'indexname' already exists with different definition");
};

/** The definition in a command, or what is wrong with it. */
const readIndex = (cluster: Cluster, parameters: InfoParameters): SecondaryIndex | string => {
  const { values } = parameters;
  const namespace = namespaceOf(parameters);
  const name = values.get('indexname');
  if (namespace === undefined || !cluster.namespaces.has(namespace)) return "bad 'namespace'";
  if (name === undefined) return "missing 'indexname'";
  const expression = values.get('exp');
  const context = values.get('context');
  // The older form gives bin and type together.
  const [dataBin, dataType] = values.get('indexdata')?.split(',') ?? [];
  const bin = values.get('bin') ?? dataBin;
  const typeName = values.get('type') ?? dataType;
  if (typeName === undefined) return "both 'indexdata' and 'type' are missing";
  const type = TYPES.get(typeName.toLowerCase());
  if (type === undefined) return "bad 'type'";
  if (bin === undefined && expression === undefined) return "both 'bin' and 'exp' are missing";
  if (Buffer.byteLength(bin ?? '') > MAX_BIN_NAME_LENGTH) return "'bin' value too long";
  const collection = COLLECTIONS.get((values.get('indextype') ?? 'default').toLowerCase());
  if (collection === undefined) return "bad 'indextype'";
  if (context !== undefined && !isBase64(context)) return "'context' invalid base64";
  if (expression !== undefined && !isBase64(expression)) return "'exp' invalid base64";
  return {
    kind: 'index',
    namespace,
    set: values.get('set') ?? '',
    name,
    collection,
    type,
    bin: bin ?? '',
    ...(context === undefined ? {} : { context }),
    ...(expression === undefined ? {} : { expression }),
  };
};
