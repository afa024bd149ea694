import t from 'tap';
import type { Json } from '../../lib/ndjson/json.ts';
import { JsonToParticle } from '../../lib/ndjson/json-to-particle.ts';
import { Place } from '../../lib/ndjson/place.ts';
import { ParticleType } from '../../lib/record/particle.ts';

t.test('values', async (t) => {
  const rows: readonly (readonly [Json, number, string])[] = [
    [null, ParticleType.NULL, ''],
    [true, ParticleType.BOOLEAN, '01'],
    [false, ParticleType.BOOLEAN, '00'],
    [42, ParticleType.INTEGER, '000000000000002a'],
    [-1, ParticleType.INTEGER, 'ffffffffffffffff'],
    [-4294967297, ParticleType.INTEGER, 'fffffffeffffffff'],
    [Number.MAX_SAFE_INTEGER, ParticleType.INTEGER, '001fffffffffffff'],
    [Number.MIN_SAFE_INTEGER, ParticleType.INTEGER, 'ffe0000000000001'],
    [0.5, ParticleType.DOUBLE, '3fe0000000000000'],
    ['é', ParticleType.STRING, 'c3a9'],
    [[1], ParticleType.LIST, '9101'],
    [{ a: 1 }, ParticleType.MAP, '81a2036101'],
    [{}, ParticleType.MAP, '80'],
    [{ $list: { flags: 1, items: [] } }, ParticleType.LIST, '91c70001'],
    [{ $map: [] }, ParticleType.MAP, '80'],
    [{ $int: '-9223372036854775808' }, ParticleType.INTEGER, '8000000000000000'],
    [{ $double: '5' }, ParticleType.DOUBLE, '4014000000000000'],
    [{ $blob: 'AQI=' }, ParticleType.BLOB, '0102'],
    [{ $string: '/w==' }, ParticleType.STRING, 'ff'],
    [{ $hll: 'AQ==' }, ParticleType.HLL, '01'],
    [{ $vector: 'AQ==' }, ParticleType.VECTOR, '01'],
    [{ $geojson: '{}' }, ParticleType.GEOJSON, '0000007b7d'],
    [{ $msgpack: '3AABBQ==' }, ParticleType.LIST, 'dc000105'],
    [{ $msgpack: '3QAAAAEF' }, ParticleType.LIST, 'dd0000000105'],
    [{ $msgpack: 'kQU=' }, ParticleType.LIST, '9105'],
    [{ $msgpack: '3gABAQI=' }, ParticleType.MAP, 'de00010102'],
    [{ $msgpack: '3wAAAAEBAg==' }, ParticleType.MAP, 'df000000010102'],
    [{ $msgpack: 'gQEC' }, ParticleType.MAP, '810102'],
    [{ $particle: { type: 99, base64: 'AQ==' } }, 99, '01'],
  ];
  for (const [json, type, hex] of rows) {
    const particle = new JsonToParticle(new Place(undefined)).encode(json);
    t.equal(particle.type, type, JSON.stringify(json));
    t.equal(Buffer.from(particle.bytes).toString('hex'), hex, JSON.stringify(json));
  }
});

t.test('what is wrong is refused, with the path to it', async (t) => {
  const rows: readonly (readonly [Json, string, string])[] = [
    [2 ** 53, '9007199254740992', 'RANGE'],
    ['\ud800', '"', 'FORMAT'],
    [[1, { a: 1e300 }], '[1].a: ', 'RANGE'],
    [{ $int: '9223372036854775808' }, '["$int"]: ', 'FORMAT'],
    [{ $blob: 5 }, '["$blob"]: ', 'FORMAT'],
    [{ $geojson: {} }, '["$geojson"]: ', 'FORMAT'],
    [{ $msgpack: 'AQ==' }, '["$msgpack"]: ', 'FORMAT'],
    [{ $msgpack: '6g==' }, '["$msgpack"]: ', 'FORMAT'],
    [{ $unknown: 5 }, '["$unknown"]: ', 'FORMAT'],
    [{ $int: '1', a: 1 }, '{', 'FORMAT'],
    [{ $particle: 5 }, '["$particle"]: ', 'FORMAT'],
    [{ $particle: { type: 1 } }, '["$particle"]: ', 'FORMAT'],
    [{ $particle: { base64: '' } }, '["$particle"]: ', 'FORMAT'],
    [{ $particle: { type: 1, base64: '', more: 1 } }, '["$particle"]: ', 'FORMAT'],
    [{ $particle: { type: 256, base64: '' } }, '["$particle"]: ', 'RANGE'],
    [{ $particle: { type: 1, base64: '?' } }, '["$particle"]: ', 'FORMAT'],
  ];
  for (const [json, start, code] of rows) {
    const encode = (): unknown => new JsonToParticle(new Place(undefined)).encode(json);
    t.throws(encode, { code, message: `line 0: ${start}` }, JSON.stringify(json));
  }
});
