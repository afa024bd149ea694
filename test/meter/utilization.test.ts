import { once } from 'node:events';
import t from 'tap';
import { utilizationFromNow } from '../../lib/meter/utilization.ts';

t.test('a share of the time', async (t) => {
  const utilization = utilizationFromNow();
  const idle = new EventTarget();
  setTimeout(() => idle.dispatchEvent(new Event('over')), 10);
  await once(idle, 'over');
  const share = utilization();
  t.ok(share >= 0 && share < 1, `${share}`);
});
