import { Readable } from 'node:stream';
import t from 'tap';
import { parseColumn } from '../../lib/csv/columns.ts';
import { openInput } from '../../lib/jobs/backup-input.ts';
import { findColumns } from '../../lib/jobs/find-columns.ts';

const LINES = [
  { set: 'a', key: 1, bins: { x: 1, y: 'text' } },
  { set: 'a', key: 2, bins: { x: 0.5 } },
  { set: 'b', key: 3, bins: { z: true } },
].map((line) => `${JSON.stringify(line)}\n`);

const columnsOf = async (...[select, chosen]: [object, string[]?]): Promise<string[]> => {
  const input = await openInput({ input: Readable.from([Buffer.from(LINES.join(''))]) });
  const found = await findColumns(input, select, chosen?.map(parseColumn));
  return found.map(({ name, type }) => `${Buffer.from(name)}:${type}`);
};

t.test('the bins of the records, and their types', async (t) => {
  t.same(await columnsOf({}), ['x:number', 'y:string', 'z:boolean']);
  t.same(await columnsOf({ sets: ['a'], dropBins: ['x'] }), ['y:string']);
});

t.test('only the types of those that were chosen', async (t) => {
  t.same(await columnsOf({}, ['z', 'x:any', 'none']), ['z:boolean', 'x:any', 'none:undefined']);
});
