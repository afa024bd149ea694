import fc from 'fast-check';
import t from 'tap';
import { compareNames, isBackupFile, noBackup } from '../../lib/storage/names.ts';

t.test('names of files of a backup', async (t) => {
  for (const name of ['a.asb', ' .asb', 'a.b.asb', 'a.asb.asb']) t.ok(isBackupFile(name), name);
  for (const name of ['', '.asb', '.a.asb', '.a.asb.part', 'a.asb.gz', 'a.ASB', 'asb']) {
    t.notOk(isBackupFile(name), name);
  }
});

t.test('names in order', async (t) => {
  const names = ['', '01', '1', '1a', '9', '10', '99999999999999999998', '99999999999999999999'];
  const others = ['a', 'a1', 'a1b2', 'a01b10', 'a1b10', 'a2', 'b', 'b0', 'b00'];
  const sorted = [...names, ...others];
  const wrong = sorted.flatMap((one, index) =>
    sorted
      .filter((other, place) => Math.sign(compareNames(one, other)) !== Math.sign(index - place))
      .map((other) => [one, other]),
  );
  t.same(wrong, []);
  t.same(sorted.toReversed().sort(compareNames), sorted);
});

t.test('any names have one order', async () => {
  const name = fc.string({ unit: fc.constantFrom('a', '_', '.', '0', '1', '9') });
  fc.assert(
    fc.property(fc.array(name, { maxLength: 20 }), name, name, (names, one, other) => {
      t.equal(Math.sign(compareNames(one, other)), 0 - Math.sign(compareNames(other, one)));
      t.equal(compareNames(one, other) === 0, one === other);
      const sorted = names.toSorted(compareNames);
      t.strictSame(names.toReversed().sort(compareNames), sorted);
    }),
  );
});

t.test('what is there instead of a backup', async (t) => {
  for (const [names, words] of [
    [[], /: it is empty$/],
    [['b.txt'], /"b\.txt"$/],
    [['1', '2', '3'], /"1", "2", "3"$/],
    [['1', '2', '3', '10'], /"1", "2", "3", 1 more$/],
    [Array.from({ length: 1000 }, (_, index) => `${index}`), /"0", "1", "2", 997 more$/],
  ] as const) {
    const facts = { file: 'a/place', expected: '*.asb' };
    t.match(noBackup('a/place', names), { code: 'EMPTY', facts, message: words });
  }
});
