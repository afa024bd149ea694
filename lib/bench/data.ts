import { AsbError } from '../errors.ts';
import type { RecordBatch } from '../record/batch.ts';
import { BatchBuilder, encodeParticle, type Particle } from '../record/builder.ts';
import { computeDigest } from '../record/digest.ts';
import { ParticleType } from '../record/particle.ts';
import { Double, GeoJson } from '../record/values.ts';
import {
  BIN_TYPES,
  type DataOptions,
  DEFAULT_BIN_TYPES,
  DEFAULT_BLOB_SIZE,
  DEFAULT_RECORDS,
  DEFAULT_STRING_SIZE,
  type GeneratedBin,
  type GeneratedKey,
  MAX_GENERATED_BINS,
  MAX_GENERATED_RECORD,
  MAX_GENERATED_RECORDS,
  MAX_GENERATED_SETS,
  MAX_GENERATED_VALUE,
  MAX_SEED,
} from './data-options.ts';
import { Random } from './random.ts';

/** The namespace of generated records. */
export const NAMESPACE = 'bench';

/** As large as the batches of a scan, in bytes. */
const BATCH_SIZE = 512 * 1024;

/**
 * Generates records: the same for the same options, on every machine. Batches are as large as those
 * of a scan, and keys come in no order, as they do there.
 *
 * @throws AsbError `RANGE` for a number that is out of range, or bins that make a record too large
 */
export const generateRecords = (options: DataOptions = {}): Generator<RecordBatch> => {
  const data = { ...DEFAULTS, ...options };
  const types = data.binTypes;
  const bins = options.bins ?? types.length;
  inRange('records', data.records, 1, MAX_GENERATED_RECORDS);
  inRange('bins', bins, 0, MAX_GENERATED_BINS);
  inRange('types of bins', types.length, 1, BIN_TYPES.length);
  inRange('string size', data.stringSize, 0, MAX_GENERATED_VALUE);
  inRange('blob size', data.blobSize, 0, MAX_GENERATED_VALUE);
  inRange('sets', data.sets, 1, MAX_GENERATED_SETS);
  inRange('seed', data.seed, 0, MAX_SEED);
  const kinds = Array.from({ length: bins }, (_, index) => types[index % types.length]!);
  const sizes: Partial<Record<GeneratedBin, number>> = {
    string: data.stringSize,
    blob: data.blobSize,
  };
  const size = kinds.reduce((sum, kind) => sum + (sizes[kind] ?? 0), 0);
  inRange('bytes of strings and blobs in a record', size, 0, MAX_GENERATED_RECORD);
  return batches(data, kinds);
};

const DEFAULTS = {
  records: DEFAULT_RECORDS,
  binTypes: DEFAULT_BIN_TYPES,
  stringSize: DEFAULT_STRING_SIZE,
  blobSize: DEFAULT_BLOB_SIZE,
  keyType: 'integer',
  sets: 1,
  seed: 1,
} as const satisfies DataOptions;

type Data = Required<Omit<DataOptions, 'bins'>>;

const inRange = (what: string, value: number, min: number, max: number): void => {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  const expected = `a whole number from ${min} to ${max}`;
  throw new AsbError('RANGE', `${what}: ${value}; expected ${expected}`, { expected });
};

/** A batch each time that enough has been gathered. */
function* batches(data: Data, kinds: readonly GeneratedBin[]): Generator<RecordBatch> {
  const builder = new BatchBuilder(NAMESPACE);
  const names = kinds.map((kind, index) => Buffer.from(nameOf(kind, kinds.slice(0, index))));
  const sets = Array.from({ length: data.sets }, (_, index) =>
    Buffer.from(data.sets === 1 ? NAMESPACE : `${NAMESPACE}${index}`),
  );
  for (const key of shuffled(data.records)) {
    const random = new Random(data.seed, key);
    const set = sets[random.below(sets.length)]!;
    const userKey = keyOf(data.keyType, key);
    builder.addParticles({
      set,
      key: data.keyType === 'none' ? undefined : userKey,
      digest: computeDigest(set, userKey.type, userKey.bytes),
      generation: 1,
      voidTime: 0,
      bins: kinds.map((kind, index) => ({
        name: names[index]!,
        particle: VALUES[kind](random, data),
      })),
    });
    if (builder.byteLength >= BATCH_SIZE) yield builder.build();
  }
  if (builder.length > 0) yield builder.build();
}

/** The first letter of the type; from the second of a type on, with a number: `i`, `s`, `i2`. */
const nameOf = (kind: GeneratedBin, before: readonly GeneratedBin[]): string => {
  const earlier = before.filter((other) => other === kind).length;
  const letter = kind === 'blob' ? 'x' : kind.slice(0, 1);
  return `${letter}${earlier === 0 ? '' : earlier + 1}`;
};

/**
 * Each number below `count` once, in no order: a scan gives digests in their order, and so keys in
 * none. A walk with a full period over the next power of two (Hull and Dobell's rule).
 */
function* shuffled(count: number): Generator<number> {
  const mask = 2 ** Math.ceil(Math.log2(count)) - 1;
  let at = 0;
  for (let left = mask + 1; left > 0; left--) {
    at = (Math.imul(at, 1_664_525) + 1_013_904_223) & mask;
    if (at < count) yield at;
  }
}

const keyOf = (type: GeneratedKey, key: number): Particle => {
  if (type === 'string') return encodeParticle(`key-${key}`);
  if (type === 'blob') return encodeParticle(Buffer.from(`key-${key}`));
  return encodeParticle(key);
};

const VALUES: Readonly<Record<GeneratedBin, (random: Random, data: Data) => Particle>> = {
  integer: (random) => encodeParticle(random.below(1_000_003)),
  double: (random) => encodeParticle(new Double(random.below(16_000_000) / 16 + 1 / 32)),
  string: (random, data) => ({ type: ParticleType.STRING, bytes: random.text(data.stringSize) }),
  bool: (random) => encodeParticle(random.below(2) === 1),
  blob: (random, data) => ({ type: ParticleType.BLOB, bytes: random.bytes(data.blobSize) }),
  list: (random) =>
    encodeParticle([random.below(100), random.below(60_000), `t${random.below(100)}`]),
  map: (random) =>
    encodeParticle(
      new Map<string, number | string>([
        ['a', random.below(100)],
        ['b', `v${random.below(100)}`],
      ]),
    ),
  geojson: (random) => {
    const east = (random.below(36_000) - 18_000) / 100;
    const north = (random.below(18_000) - 9000) / 100;
    return encodeParticle(new GeoJson(`{"type":"Point","coordinates":[${east},${north}]}`));
  },
};
