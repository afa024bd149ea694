import { AsbError } from '../errors.ts';
import { type Clock, systemClock } from './clock.ts';
import { Cluster } from './cluster.ts';
import { SandboxNode } from './node.ts';
import { loadSample } from './sample.ts';
import type { SandboxTls } from './security/listener.ts';
import { DEFAULT_SESSION_TTL } from './security/sessions.ts';
import { makeUsers, type SandboxUser } from './security/users.ts';

export type { Clock } from './clock.ts';
export type { Cluster } from './cluster.ts';
export type { RequestKind, RowFault, ScanCut, WriteCut } from './fault.ts';
export { Faults } from './faults.ts';
export type { SandboxNode } from './node.ts';
export { loadSample } from './sample.ts';
export type { SandboxTls } from './security/listener.ts';
export type { SandboxUser } from './security/users.ts';
export type { NamespaceStore, StoredBin, StoredRecord } from './store.ts';

/** Nodes of one sandbox. */
export const MAX_SANDBOX_NODES = 16;

export interface SandboxOptions {
  /** Address to listen on. Default 127.0.0.1: a sandbox is for this machine. */
  readonly host?: string;
  /** Port of the first node, the others have the next ones; 0, the default: any that are free. */
  readonly port?: number;
  /** Default 1. */
  readonly nodes?: number;
  /** Sample records to put into the first namespace, with its indexes and UDFs. Default 0: none. */
  readonly records?: number;
  /** Default `test` and `copy`. */
  readonly namespaces?: readonly string[];
  /** Copies of each partition, bounded by the number of nodes. Default 2. */
  readonly replicationFactor?: number;
  /** The rack of each node, as the enterprise edition has them. Default: none. */
  readonly racks?: readonly number[];
  /** Bytes after which a scan sends a proto. Default 1 MiB, as the server has it. */
  readonly protoSize?: number;
  /** Default: the machine's time. */
  readonly clock?: Clock;
  /**
   * Who may log in, as on an enterprise server with security: nothing is answered before. Left
   * out, a login is answered with 51, as the community edition does, and everybody may do all.
   */
  readonly users?: readonly SandboxUser[];
  /** For which the token of a login stands, in ms; 1000 or more. Default a day. */
  readonly sessionTtl?: number;
  /** Ports speak TLS, and nothing else; clients may have to show a certificate. */
  readonly tls?: SandboxTls;
}

/** A running sandbox. */
export interface Sandbox {
  /** `host:port` of every node that runs. */
  readonly seeds: readonly string[];
  /** All nodes, those that were killed too. */
  readonly nodes: readonly SandboxNode[];
  /** The data and its owners, for tests: records can be put and read as they are. */
  readonly cluster: Cluster;
  /** Closes a node's port and connections at once; the others take over its partitions. */
  kill(node: SandboxNode): Promise<void>;
  /** Brings back a node that was killed, on the port that it had. */
  revive(node: SandboxNode): Promise<void>;
  /** Adds a node, which takes over its share of the partitions. */
  add(): Promise<SandboxNode>;
  /**
   * Moves partitions to other nodes, the master first, until a node comes or goes. A scan goes on
   * with what it has begun, as on a server; what it has not, its node then marks unavailable.
   */
  migrate(partitions: Iterable<number>, to: readonly SandboxNode[]): void;
  /** Closes every port and connection. */
  close(): Promise<void>;
}

/**
 * Starts an in-memory Aerospike node, or a small cluster in this process, that speaks the real
 * protocol. It is no database: nothing is kept, nothing is replicated, its logins guard nothing
 * that matters, and it does what tests, demos and trials of a pipeline need. Queries by a secondary
 * index, operations inside lists and maps, HLL and bit operations, and UDF calls are refused.
 *
 * Particles are kept byte for byte, but for the cells of GeoJSON, which are dropped. A server also
 * sorts maps, shortens integers inside lists and maps, and makes cells anew, all when they are
 * written.
 *
 *     const sandbox = await startSandbox({ nodes: 3, records: 1000 });
 *     // … connect to sandbox.seeds …
 *     await sandbox.close();
 *
 * @throws AsbError `USAGE` for a number of nodes that is not 1 to `MAX_SANDBOX_NODES`, users that
 *   are none, or a certificate that is none
 * @throws the system's error if a port can't be opened, `EADDRINUSE` say
 */
export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const host = options.host ?? '127.0.0.1';
  const port = options.port ?? 0;
  const count = options.nodes ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > MAX_SANDBOX_NODES) {
    const expected = `1 to ${MAX_SANDBOX_NODES}`;
    throw new AsbError('USAGE', `a sandbox has ${expected} nodes, not ${count}`, { expected });
  }
  const protoSize = options.protoSize ?? 1024 * 1024;
  const { tls, sessionTtl = DEFAULT_SESSION_TTL, racks = [] } = options;
  const users = options.users && makeUsers(options.users);
  const cluster = new Cluster({
    namespaces: options.namespaces ?? ['test', 'copy'],
    replicationFactor: options.replicationFactor ?? 2,
    clock: options.clock ?? systemClock,
  });
  const [first] = cluster.namespaces.keys();
  if (first !== undefined && options.records) loadSample(cluster, first, options.records);

  const nodes: SandboxNode[] = [];
  const open = async (nodePort: number): Promise<SandboxNode> => {
    const name = `A${nodes.length + 1}`;
    const node = new SandboxNode(cluster, {
      ...{ name, host, port: nodePort, protoSize },
      ...{ tls, users, sessionTtl, rack: racks[nodes.length] },
    });
    await node.listen();
    nodes.push(node);
    return node;
  };
  const close = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.close()));
  };
  try {
    while (nodes.length < count) await open(port === 0 ? 0 : port + nodes.length);
  } catch (error) {
    await close();
    throw error;
  }
  cluster.join(nodes);

  return {
    get seeds() {
      return nodes.filter((node) => node.running).map((node) => node.address);
    },
    nodes,
    cluster,
    kill: async (node) => {
      cluster.leave(node.name);
      await node.close();
    },
    revive: async (node) => {
      await node.listen();
      cluster.join([node]);
    },
    add: async () => {
      const node = await open(0);
      cluster.join([node]);
      return node;
    },
    migrate: (partitions, to) => {
      cluster.partitions.move(
        partitions,
        to.map(({ name }) => name),
      );
    },
    close,
  };
};
