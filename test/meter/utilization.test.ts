import t from 'tap';
import { utilizationFromNow } from '../../lib/meter/utilization.ts';

t.test('a share of the time', async (t) => {
  const utilization = utilizationFromNow();
  await new Promise((resolve) => setTimeout(resolve, 10));
  // A machine that is busy may leave it no idle moment, or wake it late.
  const share = utilization();
  t.ok(share >= 0 && share <= 1, `${share}`);
});
