import t from 'tap';
import { answerOf } from '../../lib/select/answer.ts';

t.test('true and false by the rules of JavaScript', async (t) => {
  for (const value of [true, 1, 'x', [], new Date(0)]) t.equal(answerOf(value), true);
  for (const value of [false, 0, '', null, undefined, Number.NaN]) t.equal(answerOf(value), false);
});

t.test('what says nothing of a record is refused, and a promise may fail', async (t) => {
  for (const value of [() => false, Promise.resolve(false), Promise.reject(new Error('words'))]) {
    t.throws(() => answerOf(value), { code: 'USAGE' });
  }
});
