import t from 'tap';
import { csvFailure } from '../../lib/csv/failure.ts';

t.test('a cell that has no end', async (t) => {
  for (const message of ['no room', '"quoted" and "', 'x'.repeat(5000)]) {
    const failure = csvFailure(message);
    t.match(failure, /^"[^"\n]+$/);
    t.ok(failure.length < 1100);
  }
});
