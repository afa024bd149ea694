import t from 'tap';
import { wrap } from '../../lib/cli/wrap.ts';

t.test('lines are as long as there is room', (t) => {
  const cases: [string, number, string[]][] = [
    ['a bc d', 10, ['a bc d']],
    ['a bc d', 4, ['a bc', 'd']],
    ['a bc d', 3, ['a', 'bc', 'd']],
    ['longer than that', 5, ['longer', 'than', 'that']],
    ['a b', 0, ['a', 'b']],
    ['', 5, ['']],
  ];
  for (const [words, width, expected] of cases) t.same(wrap(words, width), expected);
  t.end();
});
