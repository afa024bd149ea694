import t from 'tap';
import { findItem } from '../../lib/asb/resync.ts';

const find = (text: string, from = 0): number => findItem(Buffer.from(text), from, text.length);

for (const [text, from, found] of [
  ['xx\n+ k I', 0, 3],
  ['+ k I\n+ n test', 0, 6],
  ['x\n* i x', 0, 2],
  ['x\n* e x', 0, 2],
  ['x\n* u x', 0, 2],
  ['x\n+ d x\n- I x\n+ s x\n', 0, -1],
  ['\n+ k x\n+ n x', 1, 7],
  ['x\n+ k', 0, -1],
  ['+ k I', 0, -1],
] as const) {
  t.test(`${JSON.stringify(text)} from ${from}`, async (t) => t.equal(find(text, from), found));
}

t.test('what lies behind the end is not looked at', async (t) => {
  t.equal(findItem(Buffer.from('x\n+ k I'), 0, 5), -1);
});
