import t from 'tap';
import { processGauge } from '../../lib/bench/gauge.ts';

t.test('those of this process go on, and have memory', async (t) => {
  const { now, cpu, memory } = processGauge;
  const [begin, used] = [now(), cpu()];
  t.ok(used > 0);
  t.ok(memory() > 10_000_000);
  t.ok(now() >= begin);
  t.ok(cpu() >= used);
});
