import { AsbError } from '../../errors.ts';
import { DIGEST_SIZE, PARTITION_COUNT, partitionOf } from '../../record/layout.ts';

/**
 * Where the scan of each partition stands, across all attempts: the last digest that was handed
 * on, whether it is done, and which replica is to be asked next. Inside a partition records come
 * in digest order, so the last digest says it all.
 */
export class PartitionTracker {
  readonly #wanted = new Uint8Array(PARTITION_COUNT);
  readonly #done = new Uint8Array(PARTITION_COUNT);
  readonly #unavailable = new Uint8Array(PARTITION_COUNT);
  readonly #begun = new Uint8Array(PARTITION_COUNT);
  readonly #attempts = new Uint32Array(PARTITION_COUNT);
  readonly #digests = Buffer.alloc(PARTITION_COUNT * DIGEST_SIZE);
  #bytes: Uint8Array = new Uint8Array(0);
  #digestAt = 0;
  #partition = -1;
  /** Partitions that are done. */
  doneCount = 0;
  /** Partitions of which at least one record came, now or before, or that are done. */
  seenCount = 0;

  /**
   * @param partitions the ids to scan; all 4096 if left out
   * @param positions the last digest that an earlier scan of a partition handed on: this one goes
   *   on after it. Those of partitions that are not to be scanned are not looked at
   * @throws AsbError `RANGE` for an id that is none, and for a position that is no digest of its
   *   partition
   */
  constructor(
    partitions: Iterable<number> = Array(PARTITION_COUNT).keys(),
    positions: ReadonlyMap<number, Uint8Array> = new Map(),
  ) {
    for (const partition of partitions) {
      if (!Number.isInteger(partition) || partition < 0 || partition >= PARTITION_COUNT) {
        throw new AsbError('RANGE', `${partition} is no partition id`, {
          expected: `0 to ${PARTITION_COUNT - 1}`,
        });
      }
      this.#wanted[partition] = 1;
    }
    for (const [partition, digest] of positions) {
      if (this.#wanted[partition] === 1) this.#startAfter(partition, digest);
    }
  }

  get total(): number {
    return this.#wanted.reduce((sum, wanted) => sum + wanted, 0);
  }

  /** Partitions that are wanted and not done. */
  remaining(): number[] {
    const ids: number[] = [];
    for (let id = 0; id < PARTITION_COUNT; id++) {
      if (this.#wanted[id] === 1 && this.#done[id] === 0) ids.push(id);
    }
    return ids;
  }

  /**
   * A record came. Its digest is only remembered by place until {@link settle}, or until a record
   * of another partition comes: copying 20 bytes for every record would cost more than the rest.
   */
  record(bytes: Uint8Array, digestAt: number): void {
    const partition = partitionOf(bytes, digestAt);
    if (partition !== this.#partition) {
      this.settle();
      this.#partition = partition;
    }
    this.#bytes = bytes;
    this.#digestAt = digestAt;
  }

  /**
   * Copies the digest that `record` left by place; its bytes may go away after this.
   * @throws AsbError `PROTOCOL` for a record of a partition that is done or was never asked for
   */
  settle(): void {
    const partition = this.#partition;
    if (partition < 0) return;
    if (this.#wanted[partition] === 0 || this.#done[partition] === 1) {
      throw new AsbError('PROTOCOL', `a record of partition ${partition}, which was not asked for`);
    }
    this.#digests.set(
      this.#bytes.subarray(this.#digestAt, this.#digestAt + DIGEST_SIZE),
      partition * DIGEST_SIZE,
    );
    if (this.#begun[partition] === 0) {
      this.#begun[partition] = 1;
      this.seenCount++;
    }
    this.#partition = -1;
  }

  /** The node marked the partition: it can't serve it now. */
  unavailable(partition: number): void {
    this.#unavailable[partition] = 1;
  }

  /**
   * A node's scan ended well: all that it was asked for is done, but what it marked.
   * @returns what it marked: it goes to the next replica
   */
  completed(partitions: readonly number[]): number[] {
    const left: number[] = [];
    for (const id of partitions) {
      if (this.#unavailable[id] === 1) {
        left.push(id);
        continue;
      }
      this.#done[id] = 1;
      this.doneCount++;
      if (this.#begun[id] === 0) this.seenCount++;
    }
    this.failed(left);
    return left;
  }

  /** A node's scan failed: each partition goes to the next replica. */
  failed(partitions: readonly number[]): void {
    for (const id of partitions) {
      this.#unavailable[id] = 0;
      this.#attempts[id]!++;
    }
  }

  /** How often the partition was tried without success: which replica is next. */
  attempts(partition: number): number {
    return this.#attempts[partition]!;
  }

  /** The last digest handed on, or `undefined` if the partition is to be scanned from its start. */
  lastDigest(partition: number): Buffer | undefined {
    if (this.#begun[partition] === 0) return undefined;
    return this.#digests.subarray(partition * DIGEST_SIZE, (partition + 1) * DIGEST_SIZE);
  }

  #startAfter(partition: number, digest: Uint8Array): void {
    if (digest.length !== DIGEST_SIZE || partitionOf(digest, 0) !== partition) {
      throw new AsbError(
        'RANGE',
        `${Buffer.from(digest).toString('hex')} is no digest of partition ${partition}`,
        { partitions: [partition], expected: `${DIGEST_SIZE} bytes, of that partition` },
      );
    }
    this.#digests.set(digest, partition * DIGEST_SIZE);
    this.#begun[partition] = 1;
    this.seenCount++;
  }
}
