import fc from 'fast-check';
import t from 'tap';
import { RANGE_SIZE } from '../../../lib/storage/s3/options.ts';
import {
  FIRST_RANGE_SIZE,
  isRange,
  rangeHeader,
  rangesOf,
} from '../../../lib/storage/s3/ranges.ts';

t.test('an object in ranges', async (t) => {
  const [first, full] = [FIRST_RANGE_SIZE, FIRST_RANGE_SIZE + RANGE_SIZE];
  const table: readonly (readonly [number, readonly number[]])[] = [
    [0, []],
    [1, [1]],
    [first, [first]],
    [first + 1, [first, first + 1]],
    [full, [first, full]],
    [full + 1, [first, full, full + 1]],
  ];
  for (const [size, ends] of table) {
    const ranges = [...rangesOf(size)];
    t.strictSame(
      ranges.map(({ end }) => end),
      ends,
    );
    t.strictSame(
      ranges.map(({ start }) => start),
      [0, ...ends].slice(0, -1),
    );
  }
});

t.test('none is empty or too large, and nothing is left out', async () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), (size) => {
      let at = 0;
      for (const { start, end } of rangesOf(size)) {
        if (start !== at || end <= start || end - start > RANGE_SIZE) return false;
        at = end;
      }
      return at === size;
    }),
  );
});

t.test('what is asked, and what is answered', async (t) => {
  t.equal(rangeHeader({ start: 0, end: 1 }), 'bytes=0-0');
  t.equal(rangeHeader({ start: 5, end: 10 }), 'bytes=5-9');
  const range = { start: 5, end: 10 };
  const whole = { start: 0, end: 20 };
  t.equal(isRange({ ContentRange: 'bytes 5-9/20' }, range, 20), true);
  t.equal(isRange({ ContentRange: 'bytes 0-19/20' }, whole, 20), true);
  t.equal(isRange({ ContentLength: 20 }, whole, 20), true, 'a server without ranges');
  for (const ContentRange of [
    'bytes 5-10/20',
    'bytes 4-9/20',
    'bytes 5-9/21',
    'bytes 5-9/*',
    'bytes */20',
    '',
    undefined,
  ]) {
    t.equal(isRange({ ContentRange, ContentLength: 5 }, range, 20), false, String(ContentRange));
  }
  t.equal(isRange({ ContentLength: 21 }, whole, 20), false);
  t.equal(isRange({}, whole, 20), false);
  t.equal(isRange({ ContentLength: 20 }, { start: 5, end: 20 }, 20), false);
});
