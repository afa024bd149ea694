import type { SecondaryIndex } from '../record/globals.ts';

/** The secondary indexes of a cluster, in the order in which they were made. */
export class Indexes {
  readonly #indexes = new Map<string, SecondaryIndex>();

  /** Those of one namespace, or of all. */
  list(namespace?: string): SecondaryIndex[] {
    const all = [...this.#indexes.values()];
    return namespace === undefined ? all : all.filter((index) => index.namespace === namespace);
  }

  get(namespace: string, name: string): SecondaryIndex | undefined {
    return this.#indexes.get(keyOf(namespace, name));
  }

  /**
   * Adds an index, as the server does: the same again changes nothing; another name for what is
   * indexed already renames that index.
   * @returns false if the name stands for another definition
   */
  create(index: SecondaryIndex): boolean {
    const same = this.get(index.namespace, index.name);
    if (same !== undefined) return definitionOf(same) === definitionOf(index);
    const twin = this.list(index.namespace).find(
      (other) => definitionOf(other) === definitionOf(index),
    );
    if (twin !== undefined) this.delete(twin.namespace, twin.name);
    this.#indexes.set(keyOf(index.namespace, index.name), index);
    return true;
  }

  /** Removes an index; true if there was one. */
  delete(namespace: string, name: string): boolean {
    return this.#indexes.delete(keyOf(namespace, name));
  }
}

const keyOf = (namespace: string, name: string): string => JSON.stringify([namespace, name]);

const definitionOf = (index: SecondaryIndex): string =>
  JSON.stringify([
    index.set,
    index.collection,
    index.type,
    index.bin,
    index.context ?? null,
    index.expression ?? null,
  ]);

/** An index as `sindex-list` shows it. */
export const describeIndex = (index: SecondaryIndex): string =>
  index.collection === 'set'
    ? `ns=${index.namespace}:indexname=${index.name}:set=${index.set}:indextype=set`
    : describeBinIndex(index);

const describeBinIndex = (index: SecondaryIndex): string =>
  [
    `ns=${index.namespace}`,
    `indexname=${index.name}`,
    `set=${index.set || 'null'}`,
    `bin=${index.bin || 'null'}`,
    `type=${index.type}`,
    `indextype=${index.collection}`,
    `context=${index.context ?? 'null'}`,
    `exp=${index.expression ?? 'null'}`,
    'state=RW',
  ].join(':');
