import { AsbError, messageOf } from '../errors.ts';
import { type Address, formatAddress } from './address.ts';
import { ClusterNode, type NodeOptions } from './node.ts';
import { atNode, isNetwork } from './node-error.ts';
import { PartitionMap, parseReplicas } from './partition-map.ts';
import { parsePeers } from './peers.ts';
import { parseRackIds } from './racks.ts';
import type { Login } from './security/login.ts';
import type { TlsClient } from './security/tls-client.ts';

export interface ClusterOptions {
  /** Nodes to begin with; one that answers is enough. */
  readonly seeds: readonly Address[];
  /** Reach the other nodes by their alternate access addresses. */
  readonly servicesAlternate?: boolean;
  /** For a connection to come about, in ms. Default 5000. */
  readonly connectTimeout?: number;
  /** For an info command to be answered, in ms. Default 10000. */
  readonly infoTimeout?: number;
  /** What opens connections with TLS; plain ones if left out. */
  readonly tls?: TlsClient | undefined;
  /** What connections begin with; nothing if left out. */
  readonly login?: Login | undefined;
  /** Numbers of racks to read from, the best first. Default: none is better than another. */
  readonly preferRacks?: readonly number[];
  /** Numbers of the only racks to read from. Default: all. */
  readonly onlyRacks?: readonly number[];
  /** Told of what went wrong but was lived with: a node that can't be reached, say. */
  readonly onNotice?: (notice: string) => void;
}

/** The nodes of a cluster as they are known now, and who holds which partition. */
export class Cluster {
  readonly #options: ClusterOptions;
  readonly #nodeOptions: NodeOptions;
  readonly #nodes = new Map<string, ClusterNode>();
  #maps = new Map<string, PartitionMap<ClusterNode>>();
  /** Names of all nodes that another tells of, at the last look. */
  readonly #peers = new Set<string>();
  #closed = false;
  #refreshing: Promise<void> | undefined;
  #toldOfRacks = false;

  private constructor(options: ClusterOptions) {
    this.#options = options;
    this.#nodeOptions = {
      connectTimeout: options.connectTimeout ?? 5000,
      infoTimeout: options.infoTimeout ?? 10_000,
      tls: options.tls,
      login: options.login,
    };
  }

  /**
   * Reaches the cluster through its seeds and learns of all nodes and partitions.
   *
   * @throws AsbError `CONNECT` if no seed answers; `AUTH` if a node refuses the login, or wants one
   */
  static async connect(options: ClusterOptions): Promise<Cluster> {
    const cluster = new Cluster(options);
    try {
      await cluster.refresh();
    } catch (error) {
      cluster.close();
      throw error;
    }
    return cluster;
  }

  get nodes(): readonly ClusterNode[] {
    return [...this.#nodes.values()];
  }

  /** The only racks that are read from; all if there are none. */
  get onlyRacks(): readonly number[] {
    return this.#options.onlyRacks ?? [];
  }

  /**
   * The node that is at an address: which one it is, is asked there, unless that is how it was reached.
   * @returns `undefined` if it is none of this cluster
   * @throws AsbError `NETWORK` if nobody answers there; `AUTH` if whoever does refuses the login
   */
  async nodeAt(address: Address): Promise<ClusterNode | undefined> {
    const location = formatAddress(address);
    const known = this.nodes.find((node) => node.location === location);
    if (known !== undefined) return known;
    const stranger = await ClusterNode.reach(address, this.#nodeOptions);
    stranger.close();
    return this.#nodes.get(stranger.name);
  }

  /** Names of nodes that others count on, and that the last look did not reach. */
  get unreached(): string[] {
    return [...this.#peers].filter((name) => !this.#nodes.has(name));
  }

  /** Asks any node one info command: for what is the same on all of them. */
  async askAny(command: string): Promise<string> {
    let failure: unknown = noNode(this.#options);
    for (const node of this.nodes) {
      try {
        return await node.askOne(command);
      } catch (error) {
        if (!isNetwork(error)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  /** Who holds the partitions of a namespace, or `undefined` if no node has it. */
  partitionMap(namespace: string): PartitionMap<ClusterNode> | undefined {
    return this.#maps.get(namespace);
  }

  /** Every namespace that a node serves. */
  get namespaces(): string[] {
    return [...this.#maps.keys()].sort();
  }

  /** @throws AsbError `NO_NAMESPACE` if no node has the namespace */
  requireNamespace(namespace: string): void {
    if (this.#maps.has(namespace)) return;
    throw new AsbError(
      'NO_NAMESPACE',
      `namespace "${namespace}" is not on the cluster, which has ${this.namespaces.join(', ')}`,
      { namespace },
    );
  }

  /**
   * Looks at the cluster anew: nodes that are gone are forgotten, new ones are reached, and the
   * partition maps are asked from all. Whoever asks for it while it is under way gets the same.
   *
   * @throws AsbError `CONNECT` if neither a node nor a seed answers; `AUTH` if a node refuses the
   *   login; `PROTOCOL` for an answer that is none; `ABORTED` after {@link close}
   */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    const maps = new Map<string, PartitionMap<ClusterNode>>();
    const asked = new Set<ClusterNode>();
    this.#peers.clear();
    try {
      for (const node of this.nodes) {
        if (this.#nodes.get(node.name) === node) await this.#look(node, maps, asked); // or it is lost by now
      }
      if (asked.size === 0) await this.#reachSeeds(maps, asked);
    } catch (error) {
      if (!this.#closed) throw error; // or it is the close that tells
    } finally {
      if (this.#closed) this.close(); // nodes that were reached in the meantime
    }
    if (this.#closed) throw new AsbError('ABORTED', 'the cluster client was closed');
    this.#maps = maps;
  }

  close(): void {
    this.#closed = true;
    for (const node of this.#nodes.values()) node.close();
    this.#nodes.clear();
  }

  async #reachSeeds(
    maps: Map<string, PartitionMap<ClusterNode>>,
    asked: Set<ClusterNode>,
  ): Promise<void> {
    const failures: unknown[] = [];
    for (const seed of this.#options.seeds) {
      try {
        await this.#look(this.#add(await ClusterNode.reach(seed, this.#nodeOptions)), maps, asked);
      } catch (error) {
        if (isRefusal(error)) throw error;
        failures.push(error);
      }
    }
    if (asked.size === 0) throw noSeed(this.#options, failures);
    for (const failure of failures) this.#notice(messageOf(failure));
  }

  /** Asks a node for its peers and partitions, then the peers that are new. */
  async #look(
    node: ClusterNode,
    maps: Map<string, PartitionMap<ClusterNode>>,
    asked: Set<ClusterNode>,
  ): Promise<void> {
    if (asked.has(node)) return;
    const { tls, servicesAlternate, preferRacks = [] } = this.#options;
    const { onlyRacks } = this;
    const peersCommand = `peers-${tls ? 'tls' : 'clear'}-${servicesAlternate ? 'alt' : 'std'}`;
    const racksCommand = preferRacks.length + onlyRacks.length > 0 ? ['rack-ids'] : [];
    try {
      const facts = await node.ask([peersCommand, 'replicas', ...racksCommand]);
      // Both are read before either counts: a node that speaks nonsense is not half believed.
      const replicas = parseReplicas(facts.get('replicas') ?? '');
      const peers = parsePeers(facts.get(peersCommand) ?? '');
      const racks = this.#racksOf(node, facts.get('rack-ids'));
      for (const claims of replicas) {
        let map = maps.get(claims.namespace);
        if (map === undefined) maps.set(claims.namespace, (map = new PartitionMap()));
        map.update(node, claims);
        const rack = racks.get(claims.namespace) ?? -1;
        const rank = preferRacks.indexOf(rack);
        if (rank >= 0) map.prefer(node, rank);
        if (onlyRacks.length > 0 && !onlyRacks.includes(rack)) map.bar(node);
      }
      asked.add(node);
      for (const peer of peers) {
        this.#peers.add(peer.name);
        const known = this.#nodes.get(peer.name) ?? (await this.#reachPeer(peer.addresses));
        if (known !== undefined) await this.#look(known, maps, asked);
      }
    } catch (error) {
      if (!isNetwork(error)) throw atNode(error, node.location);
      this.#forget(node);
      this.#notice(`lost node ${node.name} at ${node.location}: ${messageOf(error)}`);
    }
  }

  async #reachPeer(addresses: readonly Address[]): Promise<ClusterNode | undefined> {
    for (const address of addresses) {
      try {
        return this.#add(await ClusterNode.reach(address, this.#nodeOptions));
      } catch (error) {
        if (isRefusal(error)) throw error;
        this.#notice(messageOf(error));
      }
    }
    return undefined;
  }

  /** @param answer `undefined` if nobody asked */
  #racksOf(node: ClusterNode, answer: string | undefined): ReadonlyMap<string, number> {
    if (answer === undefined) return NO_RACKS;
    if (!/^ERROR/i.test(answer)) return parseRackIds(answer);
    if (!this.#toldOfRacks) {
      this.#toldOfRacks = true;
      const so = this.onlyRacks.length > 0 ? 'nothing is read from it' : 'none is preferred';
      this.#notice(`${node.location} knows no racks (${answer}): ${so}`);
    }
    return NO_RACKS;
  }

  /** Keeps the address by which a node was reached first. */
  #add(node: ClusterNode): ClusterNode {
    const known = this.#nodes.get(node.name);
    if (known === undefined) {
      this.#nodes.set(node.name, node);
      return node;
    }
    node.close();
    return known;
  }

  #forget(node: ClusterNode): void {
    node.close();
    this.#nodes.delete(node.name);
  }

  #notice(notice: string): void {
    this.#options.onNotice?.(notice);
  }
}

const NO_RACKS: ReadonlyMap<string, number> = new Map();

/** Other nodes would refuse the login too, and each try could count against the user. */
const isRefusal = (error: unknown): boolean => error instanceof AsbError && error.code === 'AUTH';

/** All that were known have left, and none was found since. */
const noNode = ({ seeds }: ClusterOptions): AsbError => {
  const node = seeds.map(formatAddress).join(',');
  return new AsbError('CONNECT', `no node of the cluster at ${node} is left`, { node });
};

const noSeed = ({ seeds, tls }: ClusterOptions, failures: readonly unknown[]): AsbError => {
  const node = seeds.map(formatAddress).join(',');
  const reasons = failures.map(messageOf).join('; ');
  const expects = (failure: unknown): boolean =>
    failure instanceof AsbError && failure.facts.expected !== undefined;
  // Who says what was expected has answered, and says what to do.
  const advice = failures.every(expects)
    ? ''
    : `; check that the server runs, --host, --port, and whether it ${tls ? 'speaks TLS there' : 'wants --tls-enable'}`;
  return new AsbError('CONNECT', `no node answers at ${node}: ${reasons}${advice}`, {
    node,
    cause: failures[0],
  });
};
