import t from 'tap';
import { MAX_RANGES, ranges, split } from '../../../lib/wire/scan/partition-list.ts';

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
