import type { Cluster, Member } from './cluster.ts';
import { INDEX_COMMANDS } from './info-indexes.ts';
import { NAMESPACE_COMMANDS } from './info-namespaces.ts';
import { type InfoHandler, type InfoParameters, infoError } from './info-parameters.ts';
import { UDF_COMMANDS } from './info-udfs.ts';
import { Result } from './result.ts';
import { type Access, FULL_ACCESS } from './security/access.ts';
import type { Permission } from './security/roles.ts';

/** The server version that the sandbox speaks like. */
export const SANDBOX_BUILD = '8.1.2.0';
const EDITION = 'Aerospike Community Edition';

/** What the server says it can do, less what is not here. */
const FEATURES = [
  'batch-any',
  'batch-index',
  'cluster-stable',
  'float',
  'geo',
  'peers',
  'pipelining',
  'pquery',
  'pscans',
  'relaxed-sc',
  'replicas',
  'replicas-all',
  'replicas-master',
  'replicas-max',
  'sindex-exists',
  'truncate-namespace',
  'udf',
];

const enterpriseOnly: InfoHandler = () => infoError(Result.ENTERPRISE_ONLY, 'enterprise only');

/** The community edition has no TLS; a sandbox that has it answers as the enterprise edition does. */
const ifTls =
  (handler: InfoHandler): InfoHandler =>
  (cluster, member, parameters) =>
    (member.tlsName ? handler : enterpriseOnly)(cluster, member, parameters);

/** The community edition has no racks; a sandbox that has them answers as the enterprise edition does. */
const rackIds: InfoHandler = (cluster, member, parameters) =>
  member.rack === undefined
    ? enterpriseOnly(cluster, member, parameters)
    : [...cluster.namespaces.keys()].map((name) => `${name}:${member.rack}`).join(';');

const COMMANDS: ReadonlyMap<string, InfoHandler> = new Map<string, InfoHandler>([
  ['node', (_cluster, member) => member.name],
  ['build', () => SANDBOX_BUILD],
  ['edition', () => EDITION],
  ['version', () => `${EDITION} build ${SANDBOX_BUILD}`],
  ['features', () => FEATURES.join(';')],
  ['status', () => 'ok'],
  ['user-agent-set', () => 'ok'],
  ['cluster-name', () => 'sandbox'],
  ['cluster-stable', (cluster, _member, parameters) => clusterStable(cluster, parameters)],
  ['partitions', () => '4096'],
  ['partition-generation', (cluster) => String(cluster.partitions.generation)],
  ['rebalance-generation', (cluster) => String(cluster.partitions.generation + 1)],
  ['peers-generation', (cluster) => String(cluster.peersGeneration)],
  ...['std', 'alt'].flatMap((kind): [string, InfoHandler][] => [
    [`peers-clear-${kind}`, (cluster, member) => peers(cluster, member, false)],
    [`service-clear-${kind}`, (_cluster, member) => (member.tlsName ? '' : member.address)],
    [`peers-tls-${kind}`, ifTls((cluster, member) => peers(cluster, member, true))],
    [`service-tls-${kind}`, ifTls((_cluster, member) => member.address)],
  ]),
  ['rack-ids', rackIds],
  ['replicas', (cluster, member) => replicas(cluster, member)],
  ['statistics', (cluster) => statistics(cluster)],
  ...NAMESPACE_COMMANDS,
  ...INDEX_COMMANDS,
  ...UDF_COMMANDS,
]);

/** What commands need a permission for; the others need a login alone. */
const PERMISSIONS: ReadonlyMap<string, Permission> = new Map([
  ['sindex-create', 'sindex-admin'],
  ['sindex-delete', 'sindex-admin'],
  ['sindex-exists', 'sindex-admin'],
  ['truncate', 'truncate'],
  ['truncate-namespace', 'truncate'],
  ['udf-put', 'udf-admin'],
  ['udf-remove', 'udf-admin'],
]);

/**
 * Answers an info request: a command a line, `name`, `name/argument` or `name:key=value;…`. The
 * reply has a line for each: the command, a tab, the value. What the server does not know it
 * answers with `ERROR:4:…`, and so does this. Who has not logged in gets one line, whatever was
 * asked, without a command.
 */
export const answerInfo = (
  cluster: Cluster,
  member: Member,
  body: string,
  access: Access = FULL_ACCESS,
): string => {
  if (access.result !== Result.OK) return `${infoError(access.result, 'not authenticated')}\n`;
  return body
    .split('\n')
    .filter((line, index, lines) => line !== '' || index < lines.length - 1)
    .map((line) => `${line}\t${answerCommand(cluster, member, line, access)}\n`)
    .join('');
};

const answerCommand = (cluster: Cluster, member: Member, line: string, access: Access): string => {
  const at = line.search(/[:/]/);
  const name = at < 0 ? line : line.slice(0, at);
  const handler = COMMANDS.get(name);
  if (handler === undefined) return infoError(Result.PARAMETER, 'unrecognized command');
  const permission = PERMISSIONS.get(name);
  const result = permission === undefined ? Result.OK : access.resultFor([permission]);
  if (result !== Result.OK) {
    return infoError(result, `role violation - requires permission '${permission}'`);
  }
  const path = line[at] === '/' ? line.slice(at + 1).split('/') : [];
  const values = new Map<string, string>();
  for (const pair of line[at] === ':' ? line.slice(at + 1).split(';') : []) {
    const equals = pair.indexOf('=');
    if (equals > 0) values.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  return handler(cluster, member, { path, values });
};

/**
 * `generation,default port,[[name,tls name,[address]],…]`, with the addresses whose ports speak TLS,
 * or those that do not.
 */
const peers = (cluster: Cluster, member: Member, isTls: boolean): string => {
  const others = cluster.members.filter((other) => other.name !== member.name);
  const list = others
    .map(({ name, tlsName = '', address }) =>
      isTls === (tlsName !== '') ? `[${name},${tlsName},[${address}]]` : `[${name},,[]]`,
    )
    .join(',');
  return `${cluster.peersGeneration},3000,[${list}]`;
};

/** `namespace:regime,count,bitmap of each replica;…`. The regime is the map's generation. */
const replicas = (cluster: Cluster, member: Member): string => {
  const { partitions } = cluster;
  const bitmaps = Array.from({ length: partitions.replicas }, (_, replica) =>
    partitions.bitmap(member.name, replica),
  );
  const table = [partitions.generation, bitmaps.length, ...bitmaps].join(',');
  return [...cluster.namespaces.keys()].map((name) => `${name}:${table}`).join(';');
};

const clusterStable = (cluster: Cluster, { values }: InfoParameters): string => {
  const size = values.get('size');
  return size === undefined || Number(size) === cluster.members.length
    ? cluster.key
    : infoError(Result.CLUSTER_KEY_MISMATCH, 'cluster not specified size');
};

const statistics = (cluster: Cluster): string => {
  const objects = [...cluster.namespaces.values()].reduce((sum, store) => sum + store.count(), 0);
  return [
    `cluster_size=${cluster.members.length}`,
    `cluster_key=${cluster.key}`,
    'cluster_integrity=true',
    'cluster_is_member=true',
    `objects=${objects}`,
    'migrate_allowed=true',
    'migrate_partitions_remaining=0',
  ].join(';');
};
