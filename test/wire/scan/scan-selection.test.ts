import t from 'tap';
import { decodeMsgpack } from '../../../lib/record/msgpack.ts';
import { setIs } from '../../../lib/wire/scan/filter-expression.ts';
import {
  checkSelection,
  filterOf,
  isFiltered,
  type ScanSelection,
} from '../../../lib/wire/scan/scan-selection.ts';

type Chosen = Omit<ScanSelection, 'namespace'>;
const namespace = 'test';
const own = setIs('x');
const isX = [1, [70], 'x'];
const isAOrB = [17, [1, [70], 'a'], [1, [70], 'b']];

for (const [what, chosen, expression, filtered] of [
  ['all', {}, undefined, false],
  ['all, said so', { sets: [], noTtlOnly: false }, undefined, false],
  ['one set', { sets: ['a'] }, undefined, false],
  ['sets', { sets: ['a', 'b'] }, isAOrB, false],
  ['an expression', { filterExpression: own }, isX, true],
  ['from a time on', { modifiedAfter: 5n }, [4, [66], 5], true],
  ['from the first time on', { modifiedAfter: 0n }, [4, [66], 0], true],
  ['before a time', { modifiedBefore: 2n ** 60n }, [5, [66], 2n ** 60n], true],
  ['never expire', { noTtlOnly: true }, [1, [68], -1], true],
  [
    'all at once',
    {
      sets: ['a', 'b'],
      filterExpression: own,
      modifiedAfter: 5n,
      modifiedBefore: 6n,
      noTtlOnly: true,
    },
    [16, isX, isAOrB, [4, [66], 5], [5, [66], 6], [1, [68], -1]],
    true,
  ],
] satisfies [string, Chosen, unknown, boolean][]) {
  t.test(what, async (t) => {
    const filter = filterOf({ namespace, ...chosen });
    t.strictSame(filter && decodeMsgpack(filter), expression);
    t.equal(isFiltered({ namespace, ...chosen }), filtered);
    checkSelection({ namespace, ...chosen });
  });
}

for (const chosen of [
  { modifiedAfter: -1n },
  { modifiedBefore: -1n },
  { modifiedAfter: 2n ** 63n },
  { modifiedBefore: 2n ** 63n },
  { modifiedAfter: 5n, modifiedBefore: 5n },
  { modifiedAfter: 6n, modifiedBefore: 5n },
] satisfies Chosen[]) {
  const refused = { code: 'USAGE', facts: { expected: String } };
  t.throws(() => checkSelection({ namespace, ...chosen }), refused);
}
