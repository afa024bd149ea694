/** What nodes tell of a namespace's sets and of how much is in it. */
import { parsePairs } from './info.ts';
import type { ClusterNode } from './node.ts';

/** A set as the cluster knows it. */
export interface SetStatistics {
  readonly name: string;
  /** Records over all nodes, replicas counted too. */
  readonly objects: number;
}

/** Every set that a node of the cluster knows; one that was never written is not among them. */
export const readSets = async (
  nodes: readonly ClusterNode[],
  namespace: string,
): Promise<SetStatistics[]> => {
  const objects = new Map<string, number>();
  for (const text of await askAll(nodes, `sets/${namespace}`)) {
    for (const entry of text.split(/;(?=ns=)/)) {
      // A set's name may hold `:`, so the key after it is part of the separator.
      const match = /:set=(.*):objects=(\d+)/s.exec(entry);
      if (match === null) continue;
      const [, name = '', count] = match;
      objects.set(name, (objects.get(name) ?? 0) + Number(count));
    }
  }
  return [...objects].map(([name, count]) => ({ name, objects: count }));
};

/**
 * About how many records a scan will find: for a progress bar, never for a decision.
 *
 * @param sets only these; all if empty
 */
export const countRecords = async (
  nodes: readonly ClusterNode[],
  namespace: string,
  sets: readonly string[],
): Promise<number> => {
  const facts = (await askAll(nodes, `namespace/${namespace}`)).map((text) =>
    parsePairs(text, ';'),
  );
  const sum = (key: string): number =>
    facts.reduce((total, pairs) => total + Number(pairs.get(key) ?? 0), 0);
  if (sets.length === 0) return sum('master_objects');
  const copies = sum('objects') / Math.max(1, sum('master_objects'));
  const wanted = (await readSets(nodes, namespace)).filter(({ name }) => sets.includes(name));
  return Math.round(wanted.reduce((total, set) => total + set.objects, 0) / Math.max(1, copies));
};

const askAll = (nodes: readonly ClusterNode[], command: string): Promise<string[]> =>
  Promise.all(nodes.map((node) => node.askOne(command)));
