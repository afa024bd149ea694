import t from 'tap';
import { Counters } from '../../lib/meter/figures.ts';

t.test('counters add up', async (t) => {
  const one = {
    itemsIn: 1,
    itemsOut: 2,
    bytesIn: 3,
    bytesOut: 4,
    busy: 5,
    running: 6,
    waiting: 7,
    held: 8,
  };
  const sum = new Counters();
  sum.add(one);
  sum.add(one);
  t.strictSame(
    { ...sum },
    Object.fromEntries(Object.entries(one).map(([key, value]) => [key, value * 2])),
  );
});
