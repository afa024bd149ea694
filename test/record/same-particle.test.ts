import fc from 'fast-check';
import t from 'tap';
import { encodeParticle } from '../../lib/record/builder.ts';
import { MAX_NESTING } from '../../lib/record/msgpack-reader.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { isSameParticle, type StoredParticle } from '../../lib/record/same-particle.ts';
import { Double, FlaggedList, FlaggedMap, GeoJson, type Value } from '../../lib/record/values.ts';

const of = (value: Value): StoredParticle => encodeParticle(value);
const raw = (type: number, hex: string): StoredParticle => ({
  type,
  bytes: Buffer.from(hex, 'hex'),
});
const { LIST, MAP, GEOJSON, DOUBLE, STRING, BLOB } = ParticleType;
const entries = (...pairs: readonly (readonly [Value, Value])[]) => new Map<Value, Value>(pairs);

const SAME: readonly (readonly [string, StoredParticle, StoredParticle])[] = [
  ['the same NaN', raw(DOUBLE, '7ff8000000000000'), raw(DOUBLE, '7ff8000000000000')],
  ['integers in other forms', raw(LIST, '92cc01d100ff'), raw(LIST, 'dc0002cd0001ccff')],
  ['negative ones', raw(LIST, '91ff'), raw(LIST, '91d3ffffffffffffffff')],
  ['large ones', raw(LIST, '91cf7fffffffffffffff'), raw(LIST, '91d37fffffffffffffff')],
  ['strings with other heads', raw(LIST, '91a20361'), raw(LIST, '91d9020361')],
  ['bytes with nothing in them', raw(LIST, '91a0'), raw(LIST, '91d900')],
  ['a map in another order', of(entries(['a', 1], ['b', 2])), of(entries(['b', 2], ['a', 1]))],
  [
    'maps in a list in a map',
    of(entries(['x', [entries([1, 2], [3, 4])]])),
    of(entries(['x', [entries([3, 4], [1, 2])]])),
  ],
  [
    'flagged maps',
    of(new FlaggedMap(1, entries(['a', 1], ['b', null]))),
    of(new FlaggedMap(1, entries(['b', null], ['a', 1]))),
  ],
  [
    'GeoJSON with other cells',
    raw(GEOJSON, '0000007b7d'),
    raw(GEOJSON, '00000100112233445566777b7d'),
  ],
  ['no msgpack, with the same bytes', raw(LIST, 'c1'), raw(LIST, 'c1')],
];

const OTHER: readonly (readonly [string, StoredParticle, StoredParticle])[] = [
  ['0 and -0', raw(DOUBLE, '0000000000000000'), raw(DOUBLE, '8000000000000000')],
  ['another NaN', raw(DOUBLE, '7ff8000000000000'), raw(DOUBLE, '7ff8000000000001')],
  ['another NaN in a list', raw(LIST, '91cb7ff8000000000000'), raw(LIST, '91cb7ff8000000000001')],
  ['an integer and a double', of(5), of(new Double(5))],
  ['the same in a list', of([5]), of([new Double(5)])],
  ['a string and a blob', raw(STRING, '61'), raw(BLOB, '61')],
  ['blobs', raw(BLOB, '61'), raw(BLOB, '62')],
  ['lists in another order', of([1, 2]), of([2, 1])],
  ['a list within', of([1, [2]]), of([1, 2])],
  ['a list with flags', of([1]), of(new FlaggedList(1, [1]))],
  ['maps with other values', of(entries(['a', 1], ['b', 2])), of(entries(['a', 2], ['b', 1]))],
  ['a list and a map', raw(LIST, '80'), raw(MAP, '80')],
  ['GeoJSON', of(new GeoJson('{"a":1}')), of(new GeoJson('{"a":2}'))],
  ['GeoJSON that is too short', raw(GEOJSON, '0000'), raw(GEOJSON, '000000')],
  ['GeoJSON with cells that are not there', raw(GEOJSON, '00ffff'), raw(GEOJSON, '000000')],
  ['no msgpack', raw(LIST, 'c1'), raw(LIST, '90')],
  ['something after a list', raw(LIST, '90'), raw(LIST, '9000')],
  [
    'a form too deep to look at',
    raw(LIST, `${'91'.repeat(MAX_NESTING + 1)}cc01`),
    raw(LIST, `${'91'.repeat(MAX_NESTING + 1)}01`),
  ],
];

t.test('what is the same, and what is not', async (t) => {
  for (const [name, one, other] of SAME) {
    t.ok(isSameParticle(one, other), name);
    t.ok(isSameParticle(other, one), name);
  }
  for (const [name, one, other] of OTHER) {
    t.notOk(isSameParticle(one, other), name);
    t.notOk(isSameParticle(other, one), name);
  }
});

t.test('a map of any entries is the same in any order', async () => {
  const pairs = fc.uniqueArray(fc.tuple(fc.string(), fc.integer()), { selector: ([key]) => key });
  fc.assert(
    fc.property(pairs, fc.nat(), (entries, turn) => {
      const at = turn % (entries.length + 1);
      const turned = [...entries.slice(at), ...entries.slice(0, at)];
      return isSameParticle(of(new Map<Value, Value>(entries)), of(new Map<Value, Value>(turned)));
    }),
  );
});
