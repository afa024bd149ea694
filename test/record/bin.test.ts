import t from 'tap';
import { Bin, decodeInteger, decodeParticle } from '../../lib/record/bin.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { GeoJson, TypedBytes, type Value } from '../../lib/record/values.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

t.test('decodeInteger', async (t) => {
  const rows: readonly (readonly [string, number | bigint])[] = [
    ['0000000000000000', 0],
    ['ffffffffffffffff', -1],
    ['001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['ffe0000000000001', Number.MIN_SAFE_INTEGER],
    ['0020000000000000', 2n ** 53n],
    ['8000000000000000', -(2n ** 63n)],
  ];
  for (const [bytes, value] of rows) t.equal(decodeInteger(hex(bytes)), value);
});

t.test('decodeParticle of every type', async (t) => {
  const rows: readonly (readonly [number, string, Value])[] = [
    [ParticleType.NULL, '', null],
    [ParticleType.INTEGER, '000000000000002a', 42],
    [ParticleType.DOUBLE, '3fe0000000000000', 0.5],
    [ParticleType.BOOLEAN, '01', true],
    [ParticleType.BOOLEAN, '00', false],
    [ParticleType.STRING, 'c3a9', 'é'],
    [ParticleType.STRING, 'ff', new TypedBytes(ParticleType.STRING, hex('ff'))],
    [ParticleType.BLOB, 'ff00', hex('ff00')],
    [ParticleType.GEOJSON, '0000007b7d', new GeoJson('{}')],
    [ParticleType.GEOJSON, '000001000000000000000a7b7d', new GeoJson('{}')],
    [ParticleType.GEOJSON, '000000ff', new TypedBytes(ParticleType.GEOJSON, hex('000000ff'))],
    [ParticleType.GEOJSON, '0000', new TypedBytes(ParticleType.GEOJSON, hex('0000'))],
    [ParticleType.LIST, '9101', [1]],
    [ParticleType.MAP, '81a2036101', new Map([['a', 1]])],
    [ParticleType.HLL, '0102', new TypedBytes(ParticleType.HLL, hex('0102'))],
    [ParticleType.JAVA_BLOB, '01', new TypedBytes(ParticleType.JAVA_BLOB, hex('01'))],
    [99, '01', new TypedBytes(99, hex('01'))],
  ];
  for (const [type, bytes, value] of rows) {
    t.strictSame(decodeParticle(type, hex(bytes)), value, `${type} ${bytes}`);
  }
});

t.test('a particle of the wrong size is refused', async (t) => {
  for (const [type, bytes] of [
    [ParticleType.INTEGER, '01'],
    [ParticleType.INTEGER, ''],
    [ParticleType.INTEGER, '000000000000000000'],
    [ParticleType.DOUBLE, '3fe0'],
    [ParticleType.BOOLEAN, ''],
    [ParticleType.LIST, ''],
    [ParticleType.MAP, '81'],
  ] as const) {
    t.throws(() => decodeParticle(type, hex(bytes)), { code: 'FORMAT' }, `${type} ${bytes}`);
  }
});

t.test('a bin is decoded when touched', async (t) => {
  const bin = new Bin(Buffer.from('né'), ParticleType.INTEGER, hex('0000000000000007'));
  t.equal(bin.name, 'né');
  t.equal(bin.value, 7);
  t.throws(() => new Bin(Buffer.from('l'), ParticleType.LIST, hex('c1')).value, { code: 'FORMAT' });
});
