import t from 'tap';
import { globalLine, onlyMembers, readGlobal } from '../../lib/ndjson/globals.ts';
import type { JsonObject } from '../../lib/ndjson/json.ts';
import { Place } from '../../lib/ndjson/place.ts';
import type { Global } from '../../lib/record/globals.ts';

const read = (json: JsonObject): Global | undefined =>
  readGlobal(new Place(undefined), json, 'test');

t.test('globals come back as they were', async (t) => {
  const rows: readonly Global[] = [
    {
      kind: 'index',
      namespace: 'test',
      set: '',
      name: 'every set',
      collection: 'default',
      type: 'numeric',
      bin: 'a',
    },
    {
      kind: 'index',
      namespace: 'test',
      set: 's "1"',
      name: 'é\n',
      collection: 'mapkeys',
      type: 'string',
      bin: '$bin',
      context: 'khAA',
    },
    {
      kind: 'index',
      namespace: 'test',
      set: 's',
      name: 'e',
      collection: 'default',
      type: 'blob',
      bin: '',
      expression: 'kxUB',
    },
    {
      kind: 'index',
      namespace: 'test',
      set: 's',
      name: 'of a set',
      collection: 'set',
      type: 'none',
      bin: '',
    },
    { kind: 'udf', name: 'm.lua', language: 'LUA', content: Buffer.from('-- é\nx = 1\n') },
    { kind: 'udf', name: 'm.lua', language: 'LUA', content: Buffer.of(0xff, 0) },
    { kind: 'udf', name: 'empty', language: 'LUA', content: Buffer.alloc(0) },
  ];
  for (const global of rows) {
    const line = globalLine(global);
    t.ok(line.endsWith('}\n'));
    t.notOk(line.includes('namespace'));
    t.strictSame(read(JSON.parse(line)), global);
  }
});

t.test('what may be left out has a default', async (t) => {
  t.strictSame(read({ index: { name: 'i', type: 'numeric', bin: 'a', set: null } }), {
    kind: 'index',
    namespace: 'test',
    set: '',
    name: 'i',
    collection: 'default',
    type: 'numeric',
    bin: 'a',
  });
  t.match(read({ udf: { name: 'm', content: '' } }), { language: 'LUA' });
  t.match(read({ index: { name: 'i', type: 'none', collection: 'set' } }), { bin: '' });
});

t.test('a record is no global', async (t) => {
  t.equal(read({}), undefined);
  t.equal(read({ key: 1, bins: {} }), undefined);
});

t.test('what is wrong is refused, with the path to it', async (t) => {
  const rows: readonly (readonly [JsonObject, string])[] = [
    [{ index: 5 }, '.index: '],
    [{ udf: null }, '.udf: '],
    [{ index: {}, more: 1 }, '{'],
    [{ index: { name: 'i', type: 'numeric', bn: 'a' } }, '.index.bn: '],
    [{ index: { type: 'numeric', bin: 'a' } }, '.index.name: '],
    [{ index: { name: 'i', bin: 'a' } }, '.index.type: '],
    [{ index: { name: 'i', type: 'number', bin: 'a' } }, '.index.type: '],
    [{ index: { name: 'i', type: 'blob', collection: 'x' } }, '.index.collection: '],
    [{ index: { name: 'i', type: 'blob', context: '?' } }, '.index.context: '],
    [{ index: { name: 'i', type: 'blob', expression: 5 } }, '.index.expression: '],
    [{ udf: { name: 5, content: '' } }, '.udf.name: '],
    [{ udf: { name: 'm', language: 'C', content: '' } }, '.udf.language: '],
    [{ udf: { name: 'm' } }, '.udf.content: '],
    [{ udf: { name: 'm', content: { $blob: '?' } } }, '.udf.content["$blob"]: '],
    [{ udf: { name: 'm', content: { blob: '' } } }, '.udf.content.blob: '],
    [{ udf: { name: 'm', content: {} } }, '.udf.content["$blob"]: '],
  ];
  for (const [json, start] of rows) {
    t.throws(() => read(json), { code: 'FORMAT', message: `line 0: ${start}` });
  }
});

t.test('onlyMembers finds typing errors', async (t) => {
  const place = new Place(undefined);
  t.doesNotThrow(() => onlyMembers(place, { a: 1 }, ['a', 'b']));
  t.throws(() => onlyMembers(place, { a: 1, c: 2 }, ['a', 'b']), { code: 'FORMAT' });
});
