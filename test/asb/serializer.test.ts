import fc from 'fast-check';
import t from 'tap';
import { Serializer, type SerializerOptions } from '../../lib/asb/serializer.ts';
import { UnitScanner } from '../../lib/asb/unit-scanner.ts';
import { giveBack } from '../../lib/memory/buffer-pool.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import { extentOf } from '../../lib/record/extent.ts';
import type { SecondaryIndex } from '../../lib/record/globals.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { Double, GeoJson, TypedBytes, type Value } from '../../lib/record/values.ts';

const HEADER = '# namespace test\n# first-file\n';
const INDEX: SecondaryIndex = {
  kind: 'index',
  namespace: 'test',
  set: 's',
  name: 'i',
  collection: 'default',
  type: 'numeric',
  bin: 'b',
};
const EXPRESSION: SecondaryIndex = { ...INDEX, bin: '', expression: 'kxUB' };
const SET_INDEX: SecondaryIndex = { ...INDEX, bin: '', collection: 'set', type: 'none' };
const UDF = { kind: 'udf', name: 'm', language: 'LUA', content: Buffer.from('x\n') } as const;
const batch = (count = 1, begin = 0) => {
  const builder = new BatchBuilder('test');
  for (let key = begin; key < begin + count; key++) builder.add({ key, bins: { a: key } });
  return builder.build();
};

const serialize = (chunks: readonly RecordChunk[], options: Partial<SerializerOptions> = {}) => {
  const serializer = new Serializer({ namespace: 'test', ...options });
  // Copied at once: with `reuseMemory` the pieces do not stay.
  const pieces = [...chunks, undefined].flatMap((chunk) =>
    (chunk === undefined ? serializer.end() : serializer.push(chunk)).map((piece) => {
      const copy = Buffer.from(piece);
      giveBack(piece);
      return copy;
    }),
  );
  return { pieces, text: Buffer.concat(pieces).toString('latin1'), info: serializer.info };
};

t.test('records and indexes get another namespace than they come with', async (t) => {
  const renamed = serialize([INDEX, UDF, batch(2)], { namespace: 'copy', source: 'test' });
  const builder = new BatchBuilder('copy');
  for (const key of [0, 1]) builder.add({ key, bins: { a: key } });
  const copies = builder.build();
  const index = { ...INDEX, namespace: 'copy' };
  const wanted = serialize([index, UDF, copies], { namespace: 'copy' });
  t.equal(renamed.text, wanted.text);
  t.throws(() => serialize([copies], { namespace: 'copy', source: 'test' }), {
    code: 'FORMAT',
  });
});

t.test('the lowest version that holds what is in it', async (t) => {
  const rows: readonly [RecordChunk[], string][] = [
    [[], '3.1'],
    [[batch()], '3.1'],
    [[INDEX, UDF, batch()], '3.1'],
    [[INDEX, EXPRESSION, batch()], '3.2'],
    [[EXPRESSION, INDEX], '3.2'],
    [[SET_INDEX, EXPRESSION, batch()], '3.3'],
  ];
  for (const [chunks, version] of rows) {
    const { text, info } = serialize(chunks);
    t.ok(text.startsWith(`Version ${version}\n${HEADER}`), `${version}`);
    t.equal(info.version, version);
    t.equal(info.bytes, text.length);
  }
});

t.test('globals come in their order, before the records', async (t) => {
  const { text, info } = serialize([INDEX, UDF, batch(2)]);
  const lines = '* i test s i N 1 b N\n* u L m 2 x\n\n+ k I 0\n';
  t.ok(text.startsWith(`Version 3.1\n${HEADER}${lines}`));
  t.match(info, { records: 2, indexes: 1, udfs: 1, vectors: 0 });
});

t.test('a global after records', async (t) => {
  t.ok(serialize([batch(), INDEX, UDF, batch()]).text.includes('* i test s i N 1 b N\n* u L m'));
  t.ok(serialize([EXPRESSION, batch(), EXPRESSION]).text.endsWith('N kxUB\n'), 'of no more');
  const serializer = new Serializer({ namespace: 'test' });
  serializer.push(batch());
  t.throws(() => serializer.push(EXPRESSION), { code: 'FORMAT' });
});

t.test('nothing but a header', async (t) => {
  t.equal(serialize([]).text, `Version 3.1\n${HEADER}`);
  const serializer = new Serializer({ namespace: 'test' });
  t.equal(serializer.push(batch(0)).length, 1);
  t.strictSame(serializer.end(), [], 'the header is written once');
});

t.test('pieces: whole units, the same text for every size of them', async (t) => {
  const chunks = [INDEX, batch(50), batch(0), batch(100, 50)];
  const { text } = serialize(chunks);
  for (const pieceSize of [1, 700, 1024, 5000, 1e6]) {
    for (const reuseMemory of [false, true]) {
      const made = serialize(chunks, { pieceSize, reuseMemory });
      t.equal(made.text, text, `${pieceSize}`);
      const scanner = new UnitScanner();
      for (const piece of made.pieces) {
        if (scanner.push(piece) === 0 && scanner.header) t.fail('a piece without a unit');
        if (scanner.header && !scanner.atUnitEnd) t.fail('a unit was cut');
      }
      t.equal(scanner.records, 150);
    }
  }
});

t.test('a batch is released when it has become text', async (t) => {
  let released = 0;
  const { bytes, offsets } = batch();
  const { RecordBatch } = await import('../../lib/record/batch.ts');
  serialize([new RecordBatch(bytes, offsets, () => released++)]);
  t.equal(released, 1);
});

t.test('an error is told', async (t) => {
  const serializer = new Serializer({ namespace: 'other' });
  t.throws(() => serializer.push(batch()), { code: 'FORMAT' });
});

const name = (maxLength: number) =>
  fc.string({ unit: 'binary-ascii', maxLength }).filter((text) => text !== '');
const value: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double().map((number) => new Double(number)),
  fc.string({ unit: 'binary' }),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  fc.string().map((text) => new GeoJson(text)),
  fc
    .tuple(
      fc.constantFrom(ParticleType.HLL, ParticleType.VECTOR, ParticleType.STRING, ParticleType.MAP),
      fc.uint8Array(),
    )
    .map(([type, bytes]) => new TypedBytes(type, bytes)),
);

t.test('any record reads back as one whole unit', async () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          set: fc.oneof(fc.constant(''), name(63)),
          key: fc.oneof(fc.integer(), fc.string({ unit: 'binary' }), fc.uint8Array()),
          generation: fc.nat(65_535),
          voidTime: fc.nat(4_294_967_295),
          bins: fc
            .array(fc.tuple(name(15), value), { maxLength: 20 })
            .map((entries) => new Map(entries)),
        }),
        { maxLength: 10 },
      ),
      fc.boolean(),
      fc.constantFrom(64, 1024, 1e6),
      (records, compact, pieceSize) => {
        const builder = new BatchBuilder('test');
        for (const record of records) builder.add(record);
        const { pieces } = serialize([INDEX, builder.build()], { compact, pieceSize });
        const scanner = new UnitScanner();
        for (const piece of pieces) {
          scanner.push(piece);
          if (scanner.header !== undefined && !scanner.atUnitEnd) return false;
        }
        scanner.end();
        return scanner.records === records.length && scanner.globals === 1;
      },
    ),
    { numRuns: 200 },
  );
});

t.test('goes on where a text ended', async (t) => {
  const rows: readonly [RecordChunk[], SerializerOptions['continues'], RegExp][] = [
    [[batch()], 'file', /^Version 3\.1\n# namespace test\n\+ k I 0\n/],
    [[], 'file', /^Version 3\.1\n# namespace test\n$/],
    [[batch()], 'text', /^\+ k I 0\n/],
    [[INDEX], 'text', /^\* i test s i /],
    [[], 'text', /^$/],
  ];
  for (const [chunks, continues, text] of rows) {
    t.match(serialize(chunks, continues === undefined ? {} : { continues }), { text });
  }
});

t.test('notes with each piece what it holds', async (t) => {
  const serializer = new Serializer({ namespace: 'test', noteExtents: true, pieceSize: 2000 });
  const chunks = [INDEX, UDF, batch(20), INDEX, batch(1, 20)];
  const pieces = [...chunks.flatMap((chunk) => serializer.push(chunk)), ...serializer.end()];
  t.ok(pieces.length > 4);
  for (const piece of pieces) {
    const text = piece.toString('latin1');
    const extent = extentOf(piece)!;
    const digests = [...text.matchAll(/^\+ d (.*)$/gm)].map(([, digest]) => digest);
    t.equal(extent.records, digests.length);
    t.equal(extent.indexes, text.match(/^\* i/gm)?.length ?? 0);
    t.equal(extent.udfs, text.match(/^\* u/gm)?.length ?? 0);
    const last = Array.from(extent.digests(), (digest) => digest.toString('base64')).at(-1);
    t.equal(last, digests.at(-1));
  }
  t.equal(extentOf(new Serializer({ namespace: 'test' }).push(batch())[0]!), undefined);
});
