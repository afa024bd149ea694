import t from 'tap';
import { freeNames, isNumbered } from '../../lib/jobs/backup-names.ts';

t.test('names that a backup gives', async (t) => {
  for (const name of ['mine_00000.asb', 'mine_00123.asb', 'mine_100000.asb']) {
    t.ok(isNumbered(name, 'mine'), name);
  }
  for (const name of ['mine_0000.asb', 'mine_00000.asb.part', 'min_00000.asb', 'mine00000.asb']) {
    t.notOk(isNumbered(name, 'mine'), name);
  }
});

t.test('what is missing comes first', async (t) => {
  const name = (number: number): string => `mine_${String(number).padStart(5, '0')}.asb`;
  for (const [kept, lacksFirst, next] of [
    [[], true, [0, 1, 2]],
    [[0, 1], false, [2, 3, 4]],
    [[1, 4], true, [0, 2, 3]],
    [[3, 0, 1], false, [2, 4, 5]],
    [[99_999], true, [0, 1, 2]],
  ] as const) {
    const names = freeNames('mine', [...kept.map(name), 'other_00000.asb']);
    t.equal(names.lacksFirst, lacksFirst);
    t.strictSame([0, 1, 2].map(names.at), next.map(name));
  }
});
