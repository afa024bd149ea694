import t from 'tap';
import { AsbError } from '../../lib/errors.ts';
import { errorOf, failureOf } from '../../lib/threads/failure.ts';

/** As it gets to another thread. */
const sent = (thrown: unknown): Error => errorOf(structuredClone(failureOf(thrown)));

t.test('an AsbError keeps its code, facts and causes', async (t) => {
  const system = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  const error = new AsbError('STORAGE', 'cannot write', { file: 'a', offset: 7, cause: system });
  const got = sent(error);
  t.ok(got instanceof AsbError);
  t.match(got, { code: 'STORAGE', message: 'cannot write', facts: { file: 'a', offset: 7 } });
  t.match(got.cause, { message: 'no space', code: 'ENOSPC' });
  t.equal(got.stack, error.stack);
});

t.test('what has no cause gets none', async (t) => {
  t.notOk('cause' in sent(new AsbError('USAGE', 'wrong')));
  t.strictSame(sent(new AsbError('USAGE', 'wrong')).cause, undefined);
});

t.test('any other error stays one, and what is none becomes one', async (t) => {
  const got = sent(new TypeError('odd'));
  t.notOk(got instanceof AsbError);
  t.notOk('code' in got);
  t.equal(got.message, 'odd');
  t.equal(sent('words').message, 'words');
  const bare = new Error('no stack');
  delete bare.stack;
  t.equal(sent(bare).message, 'no stack');
});

t.test('an error that is its own cause ends', async (t) => {
  const error = new Error('round');
  error.cause = error;
  let depth = 0;
  for (let at: unknown = sent(error); at instanceof Error; at = at.cause) depth++;
  t.ok(depth > 1 && depth < 20);
});
