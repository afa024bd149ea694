/** What nodes tell of a namespace's sets and of how much is in it. */
import { parsePairs } from './info.ts';
import type { ClusterNode } from './node.ts';

/**
 * Bytes of .asb text that one byte in storage becomes at most: base64 has 4 characters for 3 bytes, an
 * escaped name 2 for each, a double up to 24 for 8 (measured on server 8.1.2.0: 2.4 for records of
 * doubles, 1.3 for blobs, 1 for strings). More would cost memory: parts of an upload grow with it.
 */
const TEXT_PER_BYTE = 3;
/** Bytes of a record's own lines: digest, namespace, generation, void time. Few are in storage. */
const TEXT_PER_RECORD = 200;

/**
 * How the bytes of a namespace and of a set are called: since server 7.0, or before, where those in
 * memory and those on a device may be the same records.
 */
const USED_BYTES = [
  'data_used_bytes',
  'device_used_bytes',
  'pmem_used_bytes',
  'memory_used_data_bytes',
];
const SET_BYTES = ['data_used_bytes', 'device_data_bytes', 'memory_data_bytes'];
const COMPRESSION_RATIOS = ['data_compression_ratio', 'device_compression_ratio'];

/** A set as the cluster knows it. */
export interface SetStatistics {
  readonly name: string;
  /** Records over all nodes, replicas counted too. */
  readonly objects: number;
  /** Bytes that they take, likewise; `undefined` if the servers do not tell. */
  readonly bytes: number | undefined;
}

/** Every set that a node of the cluster knows; one that was never written is not among them. */
export const readSets = async (
  nodes: readonly ClusterNode[],
  namespace: string,
): Promise<SetStatistics[]> => {
  const sets = new Map<string, SetStatistics>();
  for (const text of await askAll(nodes, `sets/${namespace}`)) {
    for (const entry of text.split(/;(?=ns=)/)) {
      // A set's name may hold `:`, so the key after it is part of the separator.
      const match = /:set=(.*):objects=(\d+)(.*)/s.exec(entry);
      if (match === null) continue;
      const [, name = '', count, rest = ''] = match;
      const used = largestOf(parsePairs(rest, ':'), SET_BYTES);
      const { objects, bytes } = sets.get(name) ?? { objects: 0, bytes: 0 };
      sets.set(name, {
        name,
        objects: objects + Number(count),
        bytes: bytes === undefined || used === undefined ? undefined : bytes + used,
      });
    }
  }
  return [...sets.values()];
};

/**
 * About how many records a scan will find: for a progress bar, an estimate, and whether nothing was found
 * because nothing is there.
 *
 * @param sets only these; all if empty
 */
export const countRecords = async (
  nodes: readonly ClusterNode[],
  namespace: string,
  sets: readonly string[],
): Promise<number> => {
  const facts = await readNamespace(nodes, namespace);
  if (sets.length === 0) return sumOf(facts, 'master_objects');
  const wanted = (await readSets(nodes, namespace)).filter(({ name }) => sets.includes(name));
  return Math.round(wanted.reduce((total, set) => total + set.objects, 0) / copiesIn(facts));
};

/**
 * Bytes of .asb text that a backup will have at most, by what is stored now: for the size of an
 * upload's parts, which has to be chosen before the first.
 *
 * @param sets only these; all if empty
 * @returns `undefined` if the servers do not tell what is needed
 */
export const estimateBytes = async (
  nodes: readonly ClusterNode[],
  namespace: string,
  sets: readonly string[],
): Promise<number | undefined> => {
  const facts = await readNamespace(nodes, namespace);
  const stored = sets.length === 0 ? usedBy(facts) : await usedBySets(nodes, namespace, sets);
  if (stored === undefined) return undefined;
  const copies = copiesIn(facts);
  // What a server compresses, a backup has whole again.
  const ratio = Math.min(...facts.map(compressionRatio));
  const records = await countRecords(nodes, namespace, sets);
  return Math.ceil((TEXT_PER_BYTE * stored) / ratio / copies) + TEXT_PER_RECORD * records;
};

/** What a node tells of a namespace. */
type Facts = ReadonlyMap<string, string>;

const readNamespace = async (
  nodes: readonly ClusterNode[],
  namespace: string,
): Promise<readonly Facts[]> =>
  (await askAll(nodes, `namespace/${namespace}`)).map((text) => parsePairs(text, ';'));

const sumOf = (facts: readonly Facts[], key: string): number =>
  facts.reduce((total, pairs) => total + Number(pairs.get(key) ?? 0), 0);

/** Copies of each record, 1 or more. */
const copiesIn = (facts: readonly Facts[]): number =>
  Math.max(1, sumOf(facts, 'objects') / Math.max(1, sumOf(facts, 'master_objects')));

const usedBy = (facts: readonly Facts[]): number | undefined => {
  let total = 0;
  for (const pairs of facts) {
    const used = largestOf(pairs, USED_BYTES);
    if (used === undefined) return undefined;
    total += used;
  }
  return total;
};

const largestOf = (pairs: Facts, keys: readonly string[]): number | undefined => {
  const told = keys.filter((key) => pairs.has(key)).map((key) => Number(pairs.get(key)));
  return told.length === 0 ? undefined : Math.max(...told);
};

const usedBySets = async (
  nodes: readonly ClusterNode[],
  namespace: string,
  wanted: readonly string[],
): Promise<number | undefined> => {
  let total = 0;
  for (const { name, bytes } of await readSets(nodes, namespace)) {
    if (!wanted.includes(name)) continue;
    if (bytes === undefined) return undefined;
    total += bytes;
  }
  return total;
};

/** Stored bytes for each byte, 1 without compression. */
const compressionRatio = (pairs: Facts): number => {
  const told = COMPRESSION_RATIOS.map((key) => Number(pairs.get(key)));
  return Math.min(1, ...told.filter((ratio) => ratio > 0));
};

const askAll = (nodes: readonly ClusterNode[], command: string): Promise<string[]> =>
  Promise.all(nodes.map((node) => node.askOne(command)));
