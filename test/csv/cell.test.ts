import t from 'tap';
import { cellText } from '../../lib/csv/cell.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { FlaggedMap, GeoJson, TypedBytes, type Value } from '../../lib/record/values.ts';

t.test('values as cells', async (t) => {
  const cases: readonly (readonly [Value, number, string | undefined])[] = [
    [null, ParticleType.NULL, undefined],
    [5, ParticleType.INTEGER, '5'],
    [5, ParticleType.DOUBLE, '5.0'],
    [0.5, ParticleType.DOUBLE, '0.5'],
    [-(2n ** 63n), ParticleType.INTEGER, '-9223372036854775808'],
    [false, ParticleType.BOOLEAN, 'false'],
    ['', ParticleType.STRING, ''],
    ['a,b\n"c"', ParticleType.STRING, 'a,b\n"c"'],
    [new TypedBytes(ParticleType.STRING, Buffer.of(255)), ParticleType.STRING, '/w=='],
    [Buffer.of(1, 2), ParticleType.BLOB, 'AQI='],
    [new Uint8Array([1, 2]), ParticleType.BLOB, 'AQI='],
    [new TypedBytes(ParticleType.JAVA_BLOB, Buffer.of(1)), ParticleType.JAVA_BLOB, 'AQ=='],
    [new GeoJson('{"type": "Point"}'), ParticleType.GEOJSON, '{"type": "Point"}'],
    [[1, 'x'], ParticleType.LIST, '[1,"x"]'],
    [new FlaggedMap(1, new Map([['a', 1]])), ParticleType.MAP, '{"a":1}'],
  ];
  for (const [value, type, expected] of cases) t.equal(cellText(value, type), expected);
});
