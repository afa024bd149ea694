import t from 'tap';
import { Incomplete, incomplete, Misfit } from '../../lib/asb/misfit.ts';

t.test('a misfit has its place and what would have been right', async (t) => {
  t.match(new Misfit(7, 'a size'), { at: 7, expected: 'a size', message: '' });
  t.match(new Misfit(7, 'a size', 'odd'), { message: 'odd' });
});

t.test('what is incomplete says how much it needs', async (t) => {
  t.ok(incomplete(12) instanceof Incomplete);
  t.equal(incomplete(13).need, 13);
});
