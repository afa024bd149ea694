import t from 'tap';
import { MAX_RANGES, parseRanges, ranges, split } from '../../../lib/wire/scan/partition-list.ts';

const rows: readonly [number[], number, number[][]][] = [
  [[], 1, []],
  [[7], 4, [[7]]],
  [[1, 2, 3, 4, 5], 1, [[1, 2, 3, 4, 5]]],
  [
    [1, 2, 3, 4, 5],
    2,
    [
      [1, 2, 3],
      [4, 5],
    ],
  ],
  [[1, 2, 3], 3, [[1], [2], [3]]],
];
for (const [ids, parts, lists] of rows) t.strictSame(split(ids, parts), lists);

t.equal(ranges([]), '');
t.equal(ranges([5]), '5');
t.equal(ranges([0, 1, 2, 7, 9, 10]), '0-2,7,9-10');
const odd = (count: number): number[] => Array.from({ length: count }, (_, index) => index * 2);
t.equal(ranges(odd(MAX_RANGES)), odd(MAX_RANGES).join(','), 'all that there is room for');
t.equal(ranges(odd(MAX_RANGES + 1)), `${odd(MAX_RANGES).join(',')},…`);

for (const ids of [[], [5], [0, 1, 2, 7, 9, 10], odd(2048), [4095]]) {
  t.strictSame(parseRanges(ranges(ids, Number.POSITIVE_INFINITY)), ids);
}
for (const text of ['x', '1,', '3,2', '2,2', '3-2', '0-4,4', '4096', '0-4096', '1-2-3', '0,…']) {
  t.equal(parseRanges(text), undefined, text);
}
