import t from 'tap';
import { lackOfRoom, recordsFor, roomFor } from '../../../benchmarks/soak/size.ts';

t.test('records come in whole rounds, and there is one at least', async (t) => {
  t.equal(recordsFor(3), 12_400_000);
  t.equal(recordsFor(0.001), 100_000);
});

t.test('a disk must have room for what is to come', async (t) => {
  t.ok(roomFor(12_400_000) > 12_400_000 * 100);
  const place = t.testdir({});
  t.equal(await lackOfRoom(place, 1), undefined);
  t.type(await lackOfRoom(place, Number.MAX_SAFE_INTEGER), 'string');
});
