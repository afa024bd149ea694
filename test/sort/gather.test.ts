import t from 'tap';
import { ENTRY_HEADER_SIZE } from '../../lib/sort/entry.ts';
import { Gather } from '../../lib/sort/gather.ts';
import { ORDER_SIZE } from '../../lib/sort/order.ts';
import { batchOf } from './records.ts';

const placesOf = (digests: readonly number[]) => {
  const { bytes: message, offsets } = batchOf(digests.map((digest) => ({ digest, id: 0 })));
  return digests.map((_, index) => {
    return { source: 0, message, start: offsets[index * 2]!, end: offsets[index * 2 + 1]! };
  });
};
const [place] = placesOf([1]);
const SIZE = place!.end + ENTRY_HEADER_SIZE;

t.test('it takes what there is room for, with its order, and begins again', async (t) => {
  const gather = new Gather(3 * (SIZE + ORDER_SIZE));
  t.ok(gather.isEmpty);
  for (let round = 0; round < 2; round++) {
    const taken = placesOf([7, 9, 8, 1]).map((each) => gather.add(each));
    t.strictSame(taken, [true, true, true, false]);
    t.notOk(gather.isEmpty);
    t.strictSame([...gather.sorted()], [0, 2 * SIZE, SIZE]);
    gather.clear();
    t.ok(gather.isEmpty);
  }
});

t.test('what is larger than all of it is not taken', async (t) => {
  t.notOk(new Gather(SIZE + ORDER_SIZE - 1).add(place!));
  t.ok(new Gather(SIZE + ORDER_SIZE).add(place!));
});

t.test('many entries find room for their order', async (t) => {
  const many = Array.from({ length: 3000 }, (_, index) => 3000 - index);
  const gather = new Gather(1024 * 1024);
  for (const each of placesOf(many)) t.equal(gather.add(each), true);
  t.strictSame(
    [...gather.sorted()],
    many.map((digest) => (digest - 1) * SIZE),
  );
});
