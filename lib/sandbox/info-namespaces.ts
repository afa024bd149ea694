import { EPOCH_SECONDS } from '../record/layout.ts';
import type { Cluster } from './cluster.ts';
import {
  type InfoHandler,
  type InfoParameters,
  infoError,
  namespaceOf,
} from './info-parameters.ts';
import { Result } from './result.ts';
import type { NamespaceStore } from './store.ts';

/** Commands about namespaces, sets and truncation. */
export const NAMESPACE_COMMANDS: readonly (readonly [string, InfoHandler])[] = [
  ['namespaces', (cluster) => [...cluster.namespaces.keys()].join(';')],
  ['namespace', (cluster, _member, parameters) => namespaceStatistics(cluster, parameters)],
  ['sets', (cluster, _member, parameters) => sets(cluster, parameters)],
  ['truncate', (cluster, _member, parameters) => truncate(cluster, parameters, true)],
  ['truncate-namespace', (cluster, _member, parameters) => truncate(cluster, parameters, false)],
];

const namespaceStatistics = (cluster: Cluster, parameters: InfoParameters): string => {
  const store = storeOf(cluster, parameters);
  if (store === undefined) return 'type=unknown';
  const objects = store.count();
  const { replicas } = cluster.partitions;
  return [
    `ns_cluster_size=${cluster.members.length}`,
    `effective_replication_factor=${replicas}`,
    `objects=${objects * replicas}`,
    'tombstones=0',
    `master_objects=${objects}`,
    `prole_objects=${objects * (replicas - 1)}`,
    'non_replica_objects=0',
    'unavailable_partitions=0',
    'dead_partitions=0',
    'stop_writes=false',
    `current_time=${store.epochNow}`,
    'migrate_tx_partitions_remaining=0',
    'migrate_rx_partitions_remaining=0',
    'allow-ttl-without-nsup=false',
    'default-ttl=0',
    'nsup-period=120',
    `replication-factor=${replicas}`,
    'strong-consistency=false',
    'storage-engine=memory',
  ].join(';');
};

const sets = (cluster: Cluster, parameters: InfoParameters): string => {
  const store = storeOf(cluster, parameters);
  const named = namespaceOf(parameters) !== undefined;
  if (named && store === undefined) return 'ns_type=unknown';
  const stores = store === undefined ? [...cluster.namespaces.values()] : [store];
  const [, only] = parameters.path;
  return stores
    .flatMap((each) => describeSets(cluster, each, only))
    .map((set) => `${set};`)
    .join('');
};

/** The sets of a namespace; of one that is named, without its name. */
const describeSets = (
  cluster: Cluster,
  store: NamespaceStore,
  only: string | undefined,
): string[] => {
  const objects = new Map<string, number>();
  for (const record of store) {
    const set = record.set.toString();
    if (set !== '') objects.set(set, (objects.get(set) ?? 0) + 1);
  }
  const indexes = cluster.indexes.list(store.name);
  return [...objects]
    .filter(([set]) => only === undefined || set === only)
    .map(([set, count]) =>
      [
        ...(only === undefined ? [`ns=${store.name}`, `set=${set}`] : []),
        `objects=${count}`,
        'tombstones=0',
        'truncate_lut=0',
        `sindexes=${indexes.filter((index) => index.set === set).length}`,
        'index_populating=false',
        'truncating=false',
        'default-ttl=0',
        'disable-eviction=false',
        'enable-index=false',
        'stop-writes-count=0',
        'stop-writes-size=0',
      ].join(':'),
    );
};

/**
 * Removes what was written before `lut` (nanoseconds since 1970), or before now. To the server, a
 * namespace that is not there has been truncated.
 */
const truncate = (cluster: Cluster, { values }: InfoParameters, withSet: boolean): string => {
  const namespace = values.get('namespace');
  if (namespace === undefined) return infoError(Result.NAMESPACE, "missing 'namespace'");
  const set = withSet ? values.get('set') : undefined;
  if (withSet && set === undefined) return infoError(Result.PARAMETER, "missing 'set'");
  const lut = values.get('lut');
  const cutoff = lut === undefined ? Number.POSITIVE_INFINITY : Number(lut) / 1e6;
  // The server counts from 2010, and takes what is no number for 0.
  if (!(cutoff > EPOCH_SECONDS * 1000)) {
    return infoError(Result.PARAMETER, 'would truncate to 0');
  }
  cluster.namespaces.get(namespace)?.truncate(set === undefined ? set : Buffer.from(set), cutoff);
  return 'ok';
};

const storeOf = (cluster: Cluster, parameters: InfoParameters): NamespaceStore | undefined =>
  cluster.namespaces.get(namespaceOf(parameters) ?? '');
