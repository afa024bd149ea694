import t from 'tap';
import { Random } from '../../lib/bench/random.ts';

t.test('the same for the same seed and row, and other for others', async (t) => {
  const row = (seed: number, index: number): number[] => {
    const random = new Random(seed, index);
    return Array.from({ length: 4 }, () => random.next());
  };
  t.strictSame(row(1, 0), row(1, 0));
  const rows = [row(1, 0), row(1, 1), row(2, 0), row(0, 0)];
  t.equal(new Set(rows.flat()).size, 16);
  // On every machine: figures of others are compared with them.
  t.strictSame(row(1, 0), [1806302238, 4149912179, 463721774, 3324311606]);
});

t.test('numbers are spread, and stay below the limit', async (t) => {
  const random = new Random(7, 3);
  const seen = new Set(Array.from({ length: 1000 }, () => random.below(10)));
  t.strictSame([...seen].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

t.test('bytes and text of any size', async (t) => {
  for (const size of [0, 1, 3, 4, 5, 9, 1000]) {
    t.equal(new Random(1, size).bytes(size).length, size);
    const text = new Random(1, size).text(size).toString('latin1');
    t.match(text, new RegExp(`^[A-Za-z0-9 -]{${size}}$`));
  }
  t.equal(new Set(new Random(1, 1).bytes(10_000)).size, 256);
  t.equal(new Set(new Random(1, 1).text(10_000)).size, 64);
});
