import t from 'tap';
import { JsonOutput } from '../../lib/ndjson/json-output.ts';
import { ParticleToJson } from '../../lib/ndjson/particle-to-json.ts';
import { ParticleType } from '../../lib/record/particle.ts';

const out = new JsonOutput();
const converter = new ParticleToJson(out);

const jsonOf = (type: number, hex: string): string => {
  const bytes = Buffer.from(`ffff${hex}ffff`, 'hex');
  converter.write(bytes, type, 2, bytes.length - 2);
  out.endLine();
  return Buffer.concat(out.take()).toString();
};

t.test('every particle type', async (t) => {
  const rows: readonly (readonly [number, string, string])[] = [
    [ParticleType.NULL, '', 'null'],
    [ParticleType.INTEGER, '000000000000002a', '42'],
    [ParticleType.INTEGER, '7fffffffffffffff', '{"$int":"9223372036854775807"}'],
    [ParticleType.DOUBLE, '3fe0000000000000', '0.5'],
    [ParticleType.DOUBLE, '4014000000000000', '{"$double":"5"}'],
    [ParticleType.BOOLEAN, '00', 'false'],
    [ParticleType.BOOLEAN, '01', 'true'],
    [ParticleType.STRING, '', '""'],
    [ParticleType.STRING, '6100', '"a\\u0000"'],
    [ParticleType.STRING, 'ff', '{"$string":"/w=="}'],
    [ParticleType.BLOB, '0102', '{"$blob":"AQI="}'],
    [ParticleType.JAVA_BLOB, '01', '{"$java":"AQ=="}'],
    [ParticleType.CSHARP_BLOB, '01', '{"$csharp":"AQ=="}'],
    [ParticleType.PYTHON_BLOB, '01', '{"$python":"AQ=="}'],
    [ParticleType.RUBY_BLOB, '01', '{"$ruby":"AQ=="}'],
    [ParticleType.PHP_BLOB, '01', '{"$php":"AQ=="}'],
    [ParticleType.ERLANG_BLOB, '01', '{"$erlang":"AQ=="}'],
    [ParticleType.VECTOR, '01', '{"$vector":"AQ=="}'],
    [ParticleType.HLL, '01', '{"$hll":"AQ=="}'],
    [ParticleType.LIST, '9101', '[1]'],
    [ParticleType.MAP, '81a2036101', '{"a":1}'],
    [ParticleType.GEOJSON, '0000007b7d', '{"$geojson":"{}"}'],
    [ParticleType.GEOJSON, '00000100000000000000017b7d', '{"$geojson":"{}"}'],
  ];
  for (const [type, hex, json] of rows) t.equal(jsonOf(type, hex), json);
});

t.test(
  'a particle that is not what its type says, or of no known type, keeps its bytes',
  async (t) => {
    const rows: readonly (readonly [number, string])[] = [
      [ParticleType.NULL, '00'],
      [ParticleType.INTEGER, '01'],
      [ParticleType.DOUBLE, '01'],
      [ParticleType.BOOLEAN, ''],
      [ParticleType.BOOLEAN, '02'],
      [ParticleType.BOOLEAN, '0000'],
      [ParticleType.LIST, '80'],
      [ParticleType.MAP, '81'],
      [ParticleType.GEOJSON, '0000'],
      [ParticleType.GEOJSON, '0000017b7d'],
      [ParticleType.GEOJSON, '000000ff'],
      [99, '01'],
      [255, ''],
    ];
    for (const [type, hex] of rows) {
      const base64 = Buffer.from(hex, 'hex').toString('base64');
      t.equal(jsonOf(type, hex), `{"$particle":{"type":${type},"base64":"${base64}"}}`);
    }
  },
);
