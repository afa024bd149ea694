import t from 'tap';
import { bareValue, isList } from '../../lib/record/bare-value.ts';
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

t.test('flags and particle types are taken off', async (t) => {
  const bytes = Buffer.of(1, 255);
  const entries = new Map<Value, Value>([['a', 1]]);
  const cases: readonly (readonly [Value, unknown])[] = [
    [new FlaggedList(1, [1, 'x']), [1, 'x']],
    [new FlaggedMap(3, entries), entries],
    [new TypedBytes(ParticleType.HLL, bytes), bytes],
    [new RawMsgpack(bytes), bytes],
    [new Uint8Array(bytes), bytes],
    [bytes, bytes],
  ];
  for (const [value, expected] of cases) t.strictSame(bareValue(value), expected);
});

t.test('all else stays', async (t) => {
  const flagged = [new FlaggedList(1, [])];
  const values = [null, true, 5, 2n ** 60n, 'x', new Double(5), new GeoJson('{}'), flagged];
  for (const value of [...values, new Map()]) t.equal(bareValue(value), value);
});

t.test('bytes are a view of the same memory', async (t) => {
  const memory = new Uint8Array([0, 1, 2, 3]);
  const bare = bareValue(memory.subarray(1, 3));
  memory[1] = 9;
  t.same(bare, Buffer.of(9, 2));
});

t.test('what is a list', async (t) => {
  t.equal(isList([]), true);
  for (const value of [new Map(), new FlaggedList(1, []), 'x', null]) t.equal(isList(value), false);
});
