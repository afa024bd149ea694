import t from 'tap';
import { isObject } from '../../lib/ndjson/json.ts';

t.test('isObject', async (t) => {
  t.ok(isObject({}));
  for (const json of [null, undefined, [], 'a', 1, true]) t.notOk(isObject(json));
});
