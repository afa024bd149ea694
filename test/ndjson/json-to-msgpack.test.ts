import t from 'tap';
import type { Json } from '../../lib/ndjson/json.ts';
import { JsonToMsgpack, readMsgpack } from '../../lib/ndjson/json-to-msgpack.ts';
import { Place } from '../../lib/ndjson/place.ts';
import { MAX_NESTING } from '../../lib/record/msgpack-reader.ts';

const hexOf = (json: Json): string =>
  new JsonToMsgpack(new Place(undefined)).encode(json).toString('hex');

t.test('values', async (t) => {
  const rows: readonly (readonly [Json, string])[] = [
    [null, 'c0'],
    [true, 'c3'],
    [false, 'c2'],
    [7, '07'],
    [-0, '00'],
    [-33, 'd0df'],
    [0.5, 'cb3fe0000000000000'],
    ['a', 'a20361'],
    [[], '90'],
    [[1, ['a']], '920191a20361'],
    [{}, '80'],
    [{ a: 1, b: [] }, '82a2036101a2036290'],
    [JSON.parse('{"__proto__":1}'), '81aa035f5f70726f746f5f5f01'],
    [{ $int: '9007199254740992' }, 'cf0020000000000000'],
    [{ $int: '18446744073709551615' }, 'cfffffffffffffffff'],
    [{ $int: '-9223372036854775808' }, 'd38000000000000000'],
    [{ $int: '7' }, '07'],
    [{ $double: '5' }, 'cb4014000000000000'],
    [{ $double: '0x7ff8000000000001' }, 'cb7ff8000000000001'],
    [{ $string: '/w==' }, 'a203ff'],
    [{ $blob: '/w==' }, 'a204ff'],
    [{ $java: '/w==' }, 'a207ff'],
    [{ $geojson: '{}' }, 'a3177b7d'],
    [{ $msgpack: 'zAc=' }, 'cc07'],
    [{ $list: [1] }, '9101'],
    [{ $list: { items: [1] } }, '9101'],
    [{ $list: { flags: 0, items: [1] } }, '9101'],
    [{ $list: { flags: 1, items: [1] } }, '92c7000101'],
    [{ $map: [[1, 2]] }, '810102'],
    [{ $map: { entries: [[1, 2]] } }, '810102'],
    [{ $map: { flags: 1, entries: [[1, 2]] } }, '82c70001c00102'],
    [{ $map: { flags: 3, entries: { a: 1 } } }, '82c70003c0a2036101'],
    [{ $map: { flags: 1, entries: { $int: 1 } } }, '82c70001c0a50324696e7401'],
  ];
  for (const [json, hex] of rows) t.equal(hexOf(json), hex, JSON.stringify(json));
});

t.test('what is wrong is refused, with the path to it', async (t) => {
  const rows: readonly (readonly [Json, string, string])[] = [
    [[1, [2 ** 53]], '[1][0]', 'RANGE'],
    [{ a: { b: '\ud800' } }, '.a.b', 'FORMAT'],
    [JSON.parse('{"\\ud800":1}'), '["', 'FORMAT'],
    [[{ $int: '1.5' }], '[0]["$int"]', 'FORMAT'],
    [[{ $int: '18446744073709551616' }], '[0]["$int"]', 'FORMAT'],
    [[{ $double: 'five' }], '[0]["$double"]', 'FORMAT'],
    [[{ $blob: '?' }], '[0]["$blob"]', 'FORMAT'],
    [[{ $geojson: 5 }], '[0]["$geojson"]', 'FORMAT'],
    [[{ $msgpack: '' }], '[0]["$msgpack"]', 'FORMAT'],
    [[{ $unknown: 1 }], '[0]["$unknown"]', 'FORMAT'],
    [[{ $particle: { type: 1, base64: '' } }], '[0]["$particle"]', 'FORMAT'],
    [[{ $int: '1', more: 2 }], '[0]', 'FORMAT'],
    [[{ $list: 1 }], '[0]["$list"]', 'FORMAT'],
    [[{ $list: {} }], '[0]["$list"]', 'FORMAT'],
    [[{ $list: { flags: 256, items: [] } }], '[0]["$list"]', 'RANGE'],
    [[{ $list: { flags: 1, items: [], more: 1 } }], '[0]["$list"]', 'FORMAT'],
    [[{ $list: { items: [], more: 1 } }], '[0]["$list"]', 'FORMAT'],
    [[{ $map: {} }], '[0]["$map"]', 'FORMAT'],
    [[{ $map: 5 }], '[0]["$map"]', 'FORMAT'],
    [[{ $map: [[1]] }], '[0]["$map"][0]', 'FORMAT'],
    [[{ $map: [1] }], '[0]["$map"][0]', 'FORMAT'],
    [[{ $map: [[1, '\ud800']] }], '[0]["$map"][0]', 'FORMAT'],
  ];
  for (const [json, path, code] of rows) {
    t.throws(() => hexOf(json), { code, message: `line 0: ${path}` }, JSON.stringify(json));
  }
});

t.test('nesting has an end', async (t) => {
  const nested = (depth: number): Json => JSON.parse(`${'['.repeat(depth)}1${']'.repeat(depth)}`);
  t.equal(hexOf(nested(MAX_NESTING)).length, 2 * (MAX_NESTING + 1));
  t.throws(() => hexOf(nested(MAX_NESTING + 1)), { code: 'LIMIT' });
});

t.test('readMsgpack takes exactly one item', async (t) => {
  const place = new Place(undefined);
  t.same(readMsgpack(place, 'kZEB'), Buffer.of(0x91, 0x91, 1));
  for (const json of ['', 'AQE=', 'kQ==', 'wQ==']) {
    t.throws(() => readMsgpack(place, json), { code: 'FORMAT' }, json);
  }
});
