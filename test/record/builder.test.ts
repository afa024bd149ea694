import t from 'tap';
import { BatchBuilder, encodeParticle, type PlainRecord } from '../../lib/record/builder.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import {
  Double,
  FlaggedList,
  FlaggedMap,
  GeoJson,
  RawMsgpack,
  TypedBytes,
  type Value,
} from '../../lib/record/values.ts';

const DIGEST = Buffer.alloc(20, 7);

t.test('encodeParticle chooses the type that the server has for a value', async (t) => {
  const rows: readonly (readonly [Value, number, string])[] = [
    [null, ParticleType.NULL, ''],
    [true, ParticleType.BOOLEAN, '01'],
    [false, ParticleType.BOOLEAN, '00'],
    [5, ParticleType.INTEGER, '0000000000000005'],
    [-1n, ParticleType.INTEGER, 'ffffffffffffffff'],
    [0.5, ParticleType.DOUBLE, '3fe0000000000000'],
    [-0, ParticleType.DOUBLE, '8000000000000000'],
    [1e300, ParticleType.DOUBLE, '7e37e43c8800759c'],
    [new Double(5), ParticleType.DOUBLE, '4014000000000000'],
    ['é', ParticleType.STRING, 'c3a9'],
    [Buffer.of(1, 2), ParticleType.BLOB, '0102'],
    [new GeoJson('{}'), ParticleType.GEOJSON, '0000007b7d'],
    [new TypedBytes(ParticleType.HLL, Buffer.of(9)), ParticleType.HLL, '09'],
    [[1], ParticleType.LIST, '9101'],
    [new FlaggedList(1, [1]), ParticleType.LIST, '92c7000101'],
    [new Map([[1, 2]]), ParticleType.MAP, '810102'],
    [new FlaggedMap(1, new Map([[1, 2]])), ParticleType.MAP, '82c70001c00102'],
  ];
  for (const [value, type, bytes] of rows) {
    const particle = encodeParticle(value);
    t.equal(particle.type, type);
    t.equal(Buffer.from(particle.bytes).toString('hex'), bytes);
  }
});

t.test('encodeParticle refuses what no particle holds', async (t) => {
  for (const value of [2n ** 63n, -(2n ** 63n) - 1n, new RawMsgpack(Buffer.of(1))]) {
    t.throws(() => encodeParticle(value), { code: 'RANGE' });
  }
});

t.test('a record that was added is in the batch', async (t) => {
  const builder = new BatchBuilder('test');
  builder.add({ set: 'people', key: 'ada', bins: { born: 1815 } }).add({
    digest: DIGEST,
    generation: 9,
    voidTime: 0xffffffff,
    bins: new Map([['raw', { type: 99, bytes: Buffer.of(1) }]]),
  });
  t.equal(builder.length, 2);
  t.ok(builder.byteLength > 100);
  const batch = builder.build();
  t.equal(builder.length, 0);
  t.equal(builder.byteLength, 0);
  t.equal(batch.length, 2);

  const first = batch.at(0)!;
  t.equal(first.namespace, 'test');
  t.equal(first.set, 'people');
  t.equal(first.key, 'ada');
  t.equal(first.generation, 1);
  t.equal(first.voidTime, 0);
  t.equal(first.bins.get('born')?.value, 1815);
  const second = batch.at(1)!;
  t.equal(second.set, '');
  t.equal(second.key, undefined);
  t.same(second.digest, DIGEST);
  t.equal(second.generation, 9);
  t.equal(second.voidTime, 0xffffffff);
  t.equal(second.bins.get('raw')?.type, 99);
  t.equal(builder.build().length, 0);
});

t.test('what no record can have is refused', async (t) => {
  t.throws(() => new BatchBuilder('n'.repeat(32)), { code: 'RANGE' });
  const rows: readonly PlainRecord[] = [
    { bins: {} },
    { key: 1, set: 's'.repeat(64), bins: {} },
    { key: 1, set: 'ü'.repeat(32), bins: {} },
    { digest: Buffer.alloc(19), bins: {} },
    { key: 1, generation: 65_536, bins: {} },
    { key: 1, generation: 0.5, bins: {} },
    { key: 1, voidTime: -1, bins: {} },
    { key: 1, bins: { sixteen_letters_: 1 } },
  ];
  const builder = new BatchBuilder('test');
  for (const row of rows) t.throws(() => builder.add(row), { code: 'RANGE' });
  t.equal(builder.length, 0);
});
