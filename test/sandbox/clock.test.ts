import t from 'tap';
import { systemClock } from '../../lib/sandbox/clock.ts';

t.test('the machine’s clock tells the time and sleeps', async (t) => {
  const before = systemClock.now();
  await systemClock.sleep(1);
  t.ok(systemClock.now() >= before);
  t.ok(Number.isInteger(before));
});
