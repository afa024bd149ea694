import type { Clock } from './clock.ts';
import { Indexes } from './indexes.ts';
import { PartitionMap } from './partition-map.ts';
import { NamespaceStore } from './store.ts';
import { Udfs } from './udfs.ts';

/** A node as the others know it. */
export interface Member {
  readonly name: string;
  /** `host:port`, the host in brackets if it is IPv6. */
  readonly address: string;
  readonly port: number;
  /** Name of its certificate, if its port speaks TLS. */
  readonly tlsName?: string | undefined;
  /** Number of its rack, in all namespaces, if it has one. */
  readonly rack?: number | undefined;
}

export interface ClusterOptions {
  readonly namespaces: readonly string[];
  readonly replicationFactor: number;
  readonly clock: Clock;
}

/**
 * What all nodes of a sandbox share: the data, which is here once, and who serves which part of
 * it. That keeps replicas the same without any work; only ownership moves.
 */
export class Cluster {
  readonly clock: Clock;
  readonly namespaces: ReadonlyMap<string, NamespaceStore>;
  readonly partitions: PartitionMap;
  readonly indexes = new Indexes();
  readonly udfs = new Udfs();
  readonly #members = new Map<string, Member>();
  #peersGeneration = 0;

  constructor(options: ClusterOptions) {
    this.clock = options.clock;
    this.partitions = new PartitionMap(options.replicationFactor);
    this.namespaces = new Map(
      options.namespaces.map((name) => [name, new NamespaceStore(name, options.clock)]),
    );
  }

  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** Grows when a node comes or goes. */
  get peersGeneration(): number {
    return this.#peersGeneration;
  }

  /** What the nodes agree on while no node comes or goes: 12 hex digits. */
  get key(): string {
    return (0xa5b000000000 + this.partitions.generation).toString(16).toUpperCase();
  }

  /** Takes nodes in, and gives them their partitions. */
  join(members: readonly Member[]): void {
    for (const member of members) this.#members.set(member.name, member);
    this.#changed();
  }

  /** Lets a node go; the others take over its partitions. */
  leave(name: string): void {
    if (this.#members.delete(name)) this.#changed();
  }

  #changed(): void {
    this.#peersGeneration++;
    this.partitions.rebalance([...this.#members.keys()]);
  }
}
