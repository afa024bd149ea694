/** Whatever records a text can hold come back from it to the same bytes. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { LETTERS } from '../../lib/asb/letters.ts';
import type { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder, type Particle } from '../../lib/record/builder.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import type { Global } from '../../lib/record/globals.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { GLOBALS, HEADER, splits } from '../helpers/asb-text.ts';
import { chunksOf, fromNdjson, itemsOf, parse, toNdjson, toText } from '../helpers/parsed.ts';
import { arbitraryBatch } from '../ndjson/arbitrary.ts';

const SIZES: Readonly<Record<number, number>> = {
  [ParticleType.NULL]: 0,
  [ParticleType.INTEGER]: 8,
  [ParticleType.DOUBLE]: 8,
  [ParticleType.BOOLEAN]: 1,
};

/** The text knows one NaN. */
const plainNan = ({ type, bytes }: Particle): Particle => {
  const value = Buffer.from(bytes);
  if (type !== ParticleType.DOUBLE || !Number.isNaN(value.readDoubleBE())) return { type, bytes };
  return { type, bytes: Buffer.from('7ff8000000000000', 'hex') };
};

const isPlainBoolean = ({ type, bytes }: Particle): boolean =>
  type !== ParticleType.BOOLEAN || bytes[0]! < 2;

/** Particles that are what their type says, and have a letter. */
const fits = (particle: Particle): boolean =>
  LETTERS[particle.type] !== 0 &&
  particle.bytes.length === (SIZES[particle.type] ?? particle.bytes.length) &&
  isPlainBoolean(particle);

/** The records of a batch without what no text can hold. */
const holdable = (batch: RecordBatch): RecordBatch => {
  const builder = new BatchBuilder('test');
  for (const record of batch) {
    const bins = [...record.binList()].map(({ nameBytes, type, bytes }) => ({
      name: nameBytes,
      particle: { type, bytes },
    }));
    builder.addParticles({
      set: record.setBytes,
      key: record.userKey === undefined ? undefined : plainNan(record.userKey),
      digest: record.digest,
      generation: record.generation,
      voidTime: record.voidTime,
      bins: bins
        .filter(({ particle }) => fits(particle))
        .map(({ name, particle }) => ({ name, particle: plainNan(particle) })),
    });
  }
  return builder.build();
};

const records = arbitraryBatch.map(holdable);
const joined = (items: readonly (Global | Buffer)[]): Buffer =>
  Buffer.concat(items.filter((item) => Buffer.isBuffer(item)));
const bytesOf = (chunks: Iterable<RecordChunk>): Buffer => joined(itemsOf(chunks));

for (const compact of [false, true]) {
  t.test(`records, text${compact ? ' with raw blobs' : ''}, records: the same bytes`, async () => {
    fc.assert(
      fc.property(records, (batch) => {
        const text = toText([batch], { namespace: 'test', compact });
        return bytesOf(chunksOf(text)).equals(bytesOf([batch]));
      }),
      { numRuns: 120 },
    );
  });
}

t.test('text, records, NDJSON, records, text: the same bytes', async () => {
  fc.assert(
    fc.property(records, (batch) => {
      const text = toText([batch], { namespace: 'test' });
      const lines = toNdjson(chunksOf(text));
      const again = toText(fromNdjson(lines, 'test'), { namespace: 'test' });
      return again.equals(text) && toNdjson(chunksOf(again)) === lines;
    }),
    { numRuns: 80 },
  );
});

t.test('however the text is cut', async () => {
  const cuts = fc.array(fc.nat(), { maxLength: 12 });
  fc.assert(
    fc.property(records, cuts, (batch, at) => {
      const text = toText([batch], { namespace: 'test' });
      const edges = [0, ...at.map((cut) => cut % text.length).sort((a, b) => a - b), text.length];
      const chunks = edges.slice(1).map((end, index) => text.subarray(edges[index], end));
      const { items, error } = parse(chunks, { reuseMemory: true });
      return error === undefined && bytesOf([batch]).equals(joined(items));
    }),
    { numRuns: 80 },
  );
});

const name = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .oneof(fc.string({ unit: 'binary', maxLength }), fc.constantFrom('a b', '\\', '\n', 'ü'))
    .filter((text) => Buffer.byteLength(text) <= maxLength && !text.includes('\ufffd'));
const named = (maxLength: number) => name(maxLength).filter((text) => text !== '');
const base64 = fc
  .uint8Array({ minLength: 1, maxLength: 40 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));

const index = fc.record(
  {
    kind: fc.constant('index' as const),
    namespace: fc.constant('test'),
    set: name(63),
    name: named(200),
    collection: fc.constantFrom('default', 'list', 'mapkeys', 'mapvalues'),
    type: fc.constantFrom('numeric', 'string', 'geo2dsphere', 'blob'),
    bin: name(15),
    context: base64,
  },
  {
    noNullPrototype: true,
    requiredKeys: ['kind', 'namespace', 'set', 'name', 'collection', 'type', 'bin'],
  },
);
const setIndex = index.map(({ context: _, ...facts }) => ({
  ...facts,
  collection: 'set' as const,
  type: 'none' as const,
  bin: '',
}));
const expressionIndex = fc
  .tuple(index, base64)
  .map(([{ context: _, ...facts }, expression]) => ({ ...facts, expression }));
const udf = fc.record(
  {
    kind: fc.constant('udf' as const),
    name: named(200),
    language: fc.constant('LUA' as const),
    content: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
  },
  { noNullPrototype: true },
);
const global: fc.Arbitrary<Global> = fc.oneof(index, setIndex, expressionIndex, udf);

t.test('indexes and UDF modules, text, and the same again', async () => {
  fc.assert(
    fc.property(fc.array(global, { maxLength: 4 }), (globals) => {
      const text = toText(globals, { namespace: 'test' });
      for (const chunks of [[text], Array.from(text, (byte) => Buffer.of(byte))]) {
        const { items, error } = parse(chunks);
        if (error !== undefined || !isDeepStrictEqual(items, globals)) return false;
      }
      return true;
    }),
    { numRuns: 60 },
  );
});

t.test('globals that stand between records stay where they are', async (t) => {
  const [first, ...more] = GLOBALS;
  const record = Buffer.from('+ n test\n+ d AAECAwQFBgcICQoLDA0ODxAREhM=\n+ g 1\n+ t 0\n+ b 0\n');
  const text = Buffer.concat([HEADER, first!, record, ...more, record, record]);
  for (const chunks of splits(text)) {
    const kinds = parse(chunks).items.map((item) => (Buffer.isBuffer(item) ? '+' : '*'));
    t.equal(kinds.join(''), `*+${'*'.repeat(more.length)}++`);
  }
});
