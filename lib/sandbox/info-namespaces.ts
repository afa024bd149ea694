import { EPOCH_SECONDS, PARTITION_COUNT } from '../record/layout.ts';
import type { Cluster, Member } from './cluster.ts';
import {
  type InfoHandler,
  type InfoParameters,
  infoError,
  namespaceOf,
} from './info-parameters.ts';
import { Result } from './result.ts';
import type { NamespaceStore, StoredRecord } from './store.ts';
import { storedSize } from './stored-size.ts';

/** Commands about namespaces, sets and truncation. */
export const NAMESPACE_COMMANDS: readonly (readonly [string, InfoHandler])[] = [
  ['namespaces', (cluster) => [...cluster.namespaces.keys()].join(';')],
  ['namespace', (cluster, member, parameters) => namespaceStatistics(cluster, member, parameters)],
  ['sets', (cluster, member, parameters) => sets(cluster, member, parameters)],
  ['truncate', (cluster, _member, parameters) => truncate(cluster, parameters, true)],
  ['truncate-namespace', (cluster, _member, parameters) => truncate(cluster, parameters, false)],
];

const namespaceStatistics = (
  cluster: Cluster,
  member: Member,
  parameters: InfoParameters,
): string => {
  const store = storeOf(cluster, parameters);
  if (store === undefined) return 'type=unknown';
  let [masters, others, bytes] = [0, 0, 0];
  for (const { record, isMaster } of heldBy(cluster, member, store)) {
    if (isMaster) masters++;
    else others++;
    bytes += storedSize(record);
  }
  const { replicas } = cluster.partitions;
  return [
    `ns_cluster_size=${cluster.members.length}`,
    `effective_replication_factor=${replicas}`,
    `objects=${masters + others}`,
    'tombstones=0',
    `master_objects=${masters}`,
    `prole_objects=${others}`,
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
    `data_used_bytes=${bytes}`,
    'data_compression_ratio=1.000',
    `replication-factor=${replicas}`,
    'strong-consistency=false',
    'storage-engine=memory',
  ].join(';');
};

/** The records of which a node has a copy. */
function* heldBy(
  { partitions }: Cluster,
  member: Member,
  store: NamespaceStore,
): Generator<{ readonly record: StoredRecord; readonly isMaster: boolean }> {
  for (let partition = 0; partition < PARTITION_COUNT; partition++) {
    const copy = partitions.owners(partition).indexOf(member.name);
    if (copy < 0) continue;
    for (const record of store.scan(partition)) yield { record, isMaster: copy === 0 };
  }
}

const sets = (cluster: Cluster, member: Member, parameters: InfoParameters): string => {
  const store = storeOf(cluster, parameters);
  const named = namespaceOf(parameters) !== undefined;
  if (named && store === undefined) return 'ns_type=unknown';
  const stores = store === undefined ? [...cluster.namespaces.values()] : [store];
  const [, only] = parameters.path;
  return stores
    .flatMap((each) => describeSets(cluster, member, each, only))
    .map((set) => `${set};`)
    .join('');
};

/** The sets of a namespace; of one that is named, without its name. */
const describeSets = (
  cluster: Cluster,
  member: Member,
  store: NamespaceStore,
  only: string | undefined,
): string[] => {
  const held = new Map<string, { objects: number; bytes: number }>();
  for (const { record } of heldBy(cluster, member, store)) {
    const set = record.set.toString();
    if (set === '') continue;
    const { objects, bytes } = held.get(set) ?? { objects: 0, bytes: 0 };
    held.set(set, { objects: objects + 1, bytes: bytes + storedSize(record) });
  }
  const indexes = cluster.indexes.list(store.name);
  return [...held]
    .filter(([set]) => only === undefined || set === only)
    .map(([set, { objects, bytes }]) =>
      [
        ...(only === undefined ? [`ns=${store.name}`, `set=${set}`] : []),
        `objects=${objects}`,
        'tombstones=0',
        `data_used_bytes=${bytes}`,
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
