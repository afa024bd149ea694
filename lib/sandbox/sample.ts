import { encodeParticle, type Particle } from '../record/builder.ts';
import { computeDigest } from '../record/digest.ts';
import type { SecondaryIndex } from '../record/globals.ts';
import type { Value } from '../record/values.ts';
import type { Cluster } from './cluster.ts';
import { ODD_RECORDS } from './sample-odd.ts';
import { ordinaryRecord } from './sample-ordinary.ts';
import type { StoredRecord } from './store.ts';

/** A sample record before it has a digest. */
export interface SampleRecord {
  readonly set: string | Uint8Array;
  readonly key: number | bigint | string | Uint8Array;
  /** False: the user key is not stored with the record. Default true. */
  readonly storesKey?: boolean;
  readonly generation?: number;
  /** Seconds since 2010-01-01T00:00:00Z; 0, the default: never. */
  readonly voidTime?: number;
  readonly bins: readonly (readonly [name: string | Uint8Array, value: Value | Particle])[];
}

/**
 * Puts sample data into a namespace: first records with everything that is odd (each particle
 * type, names and keys that need escapes, extreme numbers), then ordinary ones; nine secondary
 * indexes and two UDF modules. The same count gives the same data, but for the update times.
 *
 * @param count records to put; `ODD_RECORDS.length` of them are odd, if there are so many
 */
export const loadSample = (cluster: Cluster, namespace: string, count: number): void => {
  const store = cluster.namespaces.get(namespace);
  if (store === undefined) return;
  for (let index = 0; index < count; index++) {
    const record = ODD_RECORDS[index] ?? ordinaryRecord(index);
    store.put(storedRecord(record, cluster.clock.now()));
  }
  for (const index of INDEXES) cluster.indexes.create({ kind: 'index', namespace, ...index });
  for (const [name, content] of MODULES) {
    cluster.udfs.put({ kind: 'udf', name, language: 'LUA', content: Buffer.from(content) });
  }
};

const storedRecord = (record: SampleRecord, lastUpdate: number): StoredRecord => {
  const set = Buffer.from(record.set);
  const key = encodeParticle(record.key);
  return {
    digest: computeDigest(set, key.type, key.bytes),
    set,
    key: record.storesKey === false ? undefined : Buffer.concat([Buffer.of(key.type), key.bytes]),
    generation: record.generation ?? 1,
    voidTime: record.voidTime ?? 0,
    lastUpdate,
    bins: record.bins.map(([name, value]) => {
      const { type, bytes } = isParticle(value) ? value : encodeParticle(value);
      return { name: Buffer.from(name), type, bytes: Buffer.from(bytes) };
    }),
  };
};

const isParticle = (value: Value | Particle): value is Particle =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

type SampleIndex = Omit<SecondaryIndex, 'kind' | 'namespace'>;

const INDEXES: readonly SampleIndex[] = [
  { name: 'sample_int', set: 's1', bin: 'int', type: 'numeric', collection: 'default' },
  { name: 'sample_str', set: 's2', bin: 'str', type: 'string', collection: 'default' },
  { name: 'sample_geo', set: 's1', bin: 'geo', type: 'geo2dsphere', collection: 'default' },
  { name: 'sample_blob', set: 's1', bin: 'blob', type: 'blob', collection: 'default' },
  { name: 'sample_noset', set: '', bin: 'int', type: 'numeric', collection: 'default' },
  { name: 'sample_mapkeys', set: 's1', bin: 'map', type: 'string', collection: 'mapkeys' },
  { name: 'sample_mapvals', set: 's1', bin: 'map', type: 'numeric', collection: 'mapvalues' },
  {
    name: 'sample_list_ctx',
    set: 's1',
    bin: 'map',
    type: 'string',
    collection: 'list',
    // The map's value under the key "tags".
    context: 'kiKlA3RhZ3M=',
  },
  {
    name: 'sample_expr',
    set: 's1',
    bin: '',
    type: 'numeric',
    collection: 'default',
    // The integer bin "int".
    expression: 'k1ECo2ludA==',
  },
];

const MODULES: readonly (readonly [name: string, content: string])[] = [
  ['sample.lua', 'function echo(rec, a)\n  return a\nend\n'],
  ['sample_quotes.lua', '-- "quoted" \\ back, Grüße\nfunction one(rec)\n  return 1\nend\n'],
];
