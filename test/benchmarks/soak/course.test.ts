import t from 'tap';
import { courseOf, FEWEST_SAMPLES } from '../../../benchmarks/soak/course.ts';

const QUARTERS = { warmUp: 0.2, window: 0.2 };
const repeated = (value: number, times: number): number[] => Array(times).fill(value);

t.test('first and last window behind the warm-up, each by its median', async (t) => {
  const warmUp = [...repeated(1, 5), ...repeated(900, 5)];
  const first = [...repeated(100, 9), 500];
  const between = repeated(110, 20);
  const last = [...repeated(120, 8), 1, 700];
  t.same(courseOf([...warmUp, ...first, ...between, ...last], QUARTERS), {
    first: 100,
    last: 120,
    median: 110,
    peak: 700,
    growth: 1.2,
    height: 700 / 110,
  });
});

t.test('what is flat is flat', async (t) => {
  const { growth, height } = courseOf(repeated(7, FEWEST_SAMPLES), QUARTERS);
  t.same({ growth, height }, { growth: 1, height: 1 });
});

t.test('a window has one sample at least', async (t) => {
  const { first, last } = courseOf(
    Array.from({ length: 20 }, (_, index) => index),
    { warmUp: 0, window: 0.01 },
  );
  t.same({ first, last }, { first: 0, last: 19 });
});

t.test('too few tell nothing', async (t) => {
  t.throws(() => courseOf(repeated(7, FEWEST_SAMPLES - 1), QUARTERS), RangeError);
});
