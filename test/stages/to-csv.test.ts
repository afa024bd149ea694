import t from 'tap';
import { parseColumn } from '../../lib/csv/columns.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import type { UdfModule } from '../../lib/record/globals.ts';
import { toCsv } from '../../lib/stages/to-csv.ts';
import { through } from '../helpers/streams.ts';

const UDF: UdfModule = { kind: 'udf', name: 'a.lua', language: 'LUA', content: Buffer.from('--') };
const batchOf = (value: number | string) =>
  new BatchBuilder('test').add({ key: 1, bins: { a: value } }).build();
const options = { recordColumns: ['key'], bins: [parseColumn('a:integer')] } as const;

t.test('a header, then records; what has no place is left out', async (t) => {
  const stage = toCsv(options);
  const lines = await through([UDF, batchOf(5), batchOf(6)], stage);
  t.same(lines.map(String), ['key,a:integer\n', '1,5\n', '1,6\n']);
  t.match(stage.info, { records: 2, globals: 1, bytes: 22 });
});

t.test('a header alone, or nothing at all', async (t) => {
  t.same((await through([], toCsv(options))).map(String), ['key,a:integer\n']);
  t.same(await through([], toCsv({ ...options, header: 'none' })), []);
});

t.test('what is wrong ends it', async (t) => {
  await t.rejects(through([batchOf('x')], toCsv(options)), { code: 'FORMAT' });
});
