import { AsbError } from '../errors.ts';
import { PARTITION_COUNT } from '../record/layout.ts';

const BITMAP_SIZE = PARTITION_COUNT / 8;

/** What one node says of one namespace in `replicas`. */
export interface ReplicaClaims {
  readonly namespace: string;
  /** Counts cluster changes; a claim of a higher regime beats one of a lower (0: not counted). */
  readonly regime: number;
  /** For each replica (0: master) a bitmap of partitions, most significant bit first. */
  readonly bitmaps: readonly Buffer[];
}

/**
 * Reads `replicas`: `ns:regime,count,bitmap,…;ns:…`, bitmaps in base64.
 *
 * @throws AsbError `PROTOCOL` if the text is not of that form
 */
export const parseReplicas = (text: string): ReplicaClaims[] =>
  text
    .split(';')
    .filter((part) => part !== '')
    .map((part) => {
      const colon = part.lastIndexOf(':');
      const [regime = '', count = '', ...maps] = part.slice(colon + 1).split(',');
      const bitmaps = maps.map((map) => Buffer.from(map, 'base64'));
      const right =
        colon > 0 &&
        /^\d{1,10}$/.test(regime) &&
        Number(count) === bitmaps.length &&
        bitmaps.every((bitmap) => bitmap.length === BITMAP_SIZE);
      if (!right) {
        throw new AsbError('PROTOCOL', `"${part.slice(0, 100)}" is no partition map`, {
          expected: 'namespace:regime,count,bitmap,…',
        });
      }
      return { namespace: part.slice(0, colon), regime: Number(regime), bitmaps };
    });

/** Who holds each partition of one namespace, as far as the nodes that answered say. */
export class PartitionMap<Node> {
  #replicas: (Node | undefined)[][] = [];
  #regimes: Uint32Array[] = [];
  /** Nodes that are preferred for reading, the smaller the better. */
  readonly #ranks = new Map<Node, number>();
  /** Nodes that are not to be read from. */
  readonly #barred = new Set<Node>();

  /** Most replicas that any node claimed. */
  get replicaCount(): number {
    return this.#replicas.length;
  }

  /** Takes in a node's claims; an older regime than the one known for a partition is ignored. */
  update(node: Node, claims: ReplicaClaims): void {
    claims.bitmaps.forEach((bitmap, replica) => {
      const owners = (this.#replicas[replica] ??= new Array(PARTITION_COUNT));
      const regimes = (this.#regimes[replica] ??= new Uint32Array(PARTITION_COUNT));
      for (let partition = 0; partition < PARTITION_COUNT; partition++) {
        const claimed = (bitmap[partition >> 3]! & (0x80 >> (partition & 7))) !== 0;
        if (!claimed || claims.regime < regimes[partition]!) continue;
        regimes[partition] = claims.regime;
        owners[partition] = node;
      }
    });
  }

  /** Prefers a node for reading to those of a higher rank, and to those of none. */
  prefer(node: Node, rank: number): void {
    this.#ranks.set(node, rank);
  }

  /** Never reads from a node, whatever it holds. */
  bar(node: Node): void {
    this.#barred.add(node);
  }

  /**
   * The node to read a partition from: those that are preferred first, else as {@link owner}; none if
   * all that hold it are barred.
   *
   * @param attempt 0 for the first choice, then on through the others, round and round
   */
  reader(partition: number, attempt: number): Node | undefined {
    if (this.#ranks.size + this.#barred.size === 0) return this.owner(partition, attempt);
    const owners = this.holders(partition).filter((node) => !this.#barred.has(node));
    const rankOf = (node: Node): number => this.#ranks.get(node) ?? Number.MAX_SAFE_INTEGER;
    owners.sort((one, other) => rankOf(one) - rankOf(other));
    return owners[attempt % owners.length];
  }

  /** All nodes that hold a partition, the master first. */
  holders(partition: number): Node[] {
    return this.#replicas.flatMap((nodes) => nodes[partition] ?? []);
  }

  /**
   * The node that holds a partition.
   *
   * @param attempt 0 for the master, then on through the replicas, round and round
   */
  owner(partition: number, attempt: number): Node | undefined {
    const count = this.replicaCount;
    for (let step = 0; step < count; step++) {
      const node = this.#replicas[(attempt + step) % count]![partition];
      if (node !== undefined) return node;
    }
    return undefined;
  }
}
