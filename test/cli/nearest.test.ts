import t from 'tap';
import { nearest } from '../../lib/cli/nearest.ts';

t.test('the nearest name', (t) => {
  const names = ['backup', 'scan', 'serialize', 'namespace'];
  const cases: [string, string | undefined][] = [
    ['bakcup', 'backup'],
    ['serialise', 'serialize'],
    ['name-space', 'namespace'],
    ['scn', 'scan'],
    ['scan', 'scan'],
    ['restore', undefined],
    ['', undefined],
    ['xyz', undefined],
  ];
  for (const [word, expected] of cases) t.equal(nearest(word, names), expected, word);
  t.equal(nearest('a', ['ab', 'ac']), 'ab', 'the first of equals');
  t.end();
});
