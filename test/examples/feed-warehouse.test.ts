import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { give, hasJq, runScript } from '../helpers/examples.ts';

const sandbox = await startSandbox();
t.teardown(() => sandbox.close());
const seeds = sandbox.seeds.join();
const POINT = '{"type":"Point","coordinates":[1,2]}';
await give(seeds, 'test', [
  {
    set: 'users',
    key: 'ada',
    voidTime: 800_000_000,
    bins: { name: 'Ada', age: 36, score: { $double: '5' }, place: { $geojson: POINT }, secret: 1 },
  },
  { set: 'users', key: { $int: '9223372036854775807' }, bins: { name: 'Bob', score: 0.5 } },
  { set: 'others', key: 'x', bins: { name: 'nobody' } },
]);

t.test('chosen fields, in plain JSON', async (t) => {
  const file = join(t.testdir({}), 'users.ndjson.gz');
  const outcome = await runScript(['feed-warehouse.sh', seeds, 'test', 'users', file]);
  if (!hasJq) {
    t.notOk(outcome.code === 0, 'without jq, no success');
    return;
  }
  t.equal(outcome.code, 0, outcome.stderr);
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  t.strictSame(
    lines.map((line) => JSON.parse(line)).sort((a, b) => (a.name < b.name ? -1 : 1)),
    [
      {
        id: 'ada',
        name: 'Ada',
        age: 36,
        score: 5,
        place: POINT,
        expires: '2035-05-09T06:13:20Z',
      },
      {
        id: '9223372036854775807',
        name: 'Bob',
        age: null,
        score: 0.5,
        place: null,
        expires: null,
      },
    ],
  );
});

t.test('no file if it fails', async (t) => {
  const directory = t.testdir({});
  const file = join(directory, 'users.ndjson.gz');
  const outcome = await runScript(['feed-warehouse.sh', '127.0.0.1:1', 'test', 'users', file]);
  t.notOk(outcome.code === 0);
  t.notOk(existsSync(file));
  t.strictSame(readdirSync(directory), [], 'nor a part of it');
});
