import t from 'tap';
import { LOOK_BACK, lastRecord, mayBeWhole } from '../../lib/asb/last-record.ts';

const last = (text: string, from = 0): number => lastRecord(Buffer.from(text), from, text.length);

for (const [what, text, from, found] of [
  ['a record with a key', 'x\n+ k I', 0, 2],
  ['its namespace, which is in the second line', 'x\n+ k I 1\n+ n test\n+ d', 0, 2],
  ['a record without a key', 'x\n+ n test\n+ d', 0, 2],
  ['the same behind a line that is not its own', 'x\n- k 1\n+ n test\n+ d', 0, 8],
  ['the last of two', 'x\n+ k I 1\n+ k I 2\n', 0, 10],
  ['the only one, at the begin', '+ k I 1\n+ n test\n+ d', 0, -1],
  ['the same without a key', '+ n test\n+ d', 0, -1],
  ['the same in the middle of a text', 'xyz\n+ k I 1\n+ n test\n', 4, -1],
  ['too little of a line', 'x\n+ k', 0, -1],
  ['lines of other kinds', 'x\n+ d \n- k \n* n \n+kn \n+ k_', 0, -1],
  ['one that is too far away', `x\n+ k I 1${' '.repeat(LOOK_BACK)}`, 0, -1],
  ['behind an empty line, where no item begins', '\n+ n test\n+ k_', 0, -1],
  ['nothing', '', 0, -1],
] as const) {
  t.test(`where the last record begins: ${what}`, async (t) => t.equal(last(text, from), found));
}

t.test('what lies behind the end is not looked at', async (t) => {
  t.equal(lastRecord(Buffer.from('x\n+ k I 1\n+ k I 2'), 0, 12), 2);
});

const whole = (text: string): boolean => mayBeWhole(Buffer.from(text), 0, text.length);

for (const [text, expected] of [
  ['+ n x\n+ b 0\n', true],
  ['+ n x\n+ b 2\n- I a 1\n- N b\n', true],
  ['+ n x\n+ b 1\n- S a 2 \n\n\n', true],
  ['+ n x\n+ b 12\n- I a 1\n', false],
  ['+ n x\n+ b 2\n- I a 1\n', false],
  ['+ n x\n+ b 1\n', false],
  ['+ n x\n+ b 1\n- I a 1', false],
  ['+ n x\n+ t 0\n', false],
  ['+ n x\n', false],
  ['', false],
] as const) {
  t.test(`${JSON.stringify(text)} may be whole: ${expected}`, async (t) => {
    t.equal(whole(text), expected);
  });
}

t.test('lines behind the end do not count', async (t) => {
  t.notOk(mayBeWhole(Buffer.from('+ b 1\n+ b 1\n- I a 1\n'), 0, 12));
});
