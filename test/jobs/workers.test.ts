import t from 'tap';
import { checkWorkers, dealt, MAX_WORKERS } from '../../lib/jobs/workers.ts';

t.test('numbers of workers', async (t) => {
  for (const workers of [0, 1, MAX_WORKERS]) t.doesNotThrow(() => checkWorkers(workers));
  for (const workers of [-1, 1.5, MAX_WORKERS + 1, Number.NaN]) {
    t.throws(() => checkWorkers(workers), { code: 'USAGE' }, `${workers}`);
  }
});

t.test('what is dealt out', async (t) => {
  for (const [total, workers, shares] of [
    [16, 1, [16]],
    [16, 3, [6, 5, 5]],
    [2, 3, [1, 1, 1]],
    [1, 2, [1, 1]],
    [4, 0, []],
  ] as const) {
    t.strictSame(dealt(total, workers), shares, `${total} to ${workers}`);
  }
});
