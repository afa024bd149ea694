import { dirname, resolve } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import {
  compareNames,
  isBackupFile,
  isDocument,
  isFileName,
  isState,
  nameOfPart,
  noBackup,
  partNameOf,
  requireFileName,
  requireSeenName,
} from '../../lib/storage/names.ts';

t.test('names of files of a backup', async (t) => {
  for (const name of ['a.asb', ' .asb', 'a.b.asb', 'a.asb.asb']) t.ok(isBackupFile(name), name);
  for (const name of ['', '.asb', '.a.asb', '.a.asb.part', 'a.asb.gz', 'a.ASB', 'asb']) {
    t.notOk(isBackupFile(name), name);
  }
});

t.test('names of documents beside a backup', async (t) => {
  for (const name of ['a.asb.state', 'a.b.asb.state'])
    t.ok(isState(name) && isDocument(name), name);
  for (const name of ['a.manifest.json', 'a.asb.manifest.json']) {
    t.ok(isDocument(name) && !isState(name), name);
  }
  for (const name of [
    '',
    '.a.asb.state',
    'a.state',
    'a.asb',
    '.a.manifest.json',
    'manifest.json',
  ]) {
    t.notOk(isDocument(name), name);
  }
});

t.test('names of parts, there and back', async (t) => {
  for (const name of ['a', 'a.asb', 'a\nb', '.a']) t.equal(nameOfPart(partNameOf(name)), name);
  for (const name of ['', 'a', '.a', 'a.part', '..part'])
    t.equal(nameOfPart(name), undefined, name);
});

t.test('names that lead nowhere else', async (t) => {
  const good = ['a', '.a', '...', 'a b', '-', '~', 'ü日😀', '%2e%2e%2f', 'a\\b', 'x'.repeat(249)];
  const bad = [
    '',
    '.',
    '..',
    '/',
    '/a',
    'a/',
    '../a',
    'a/../b',
    'a\0',
    '\n',
    'a\rb',
    '\x7f',
    '\ud800',
  ];
  const long = ['x'.repeat(250), '日'.repeat(84)];
  for (const name of good) {
    t.ok(isFileName(name), JSON.stringify(name));
    t.equal(requireFileName(name, 'out'), name);
    if (!name.startsWith('.')) t.equal(requireSeenName(name, 'out'), name);
  }
  for (const name of [...bad, ...long]) {
    t.notOk(isFileName(name), JSON.stringify(name));
    t.throws(() => requireFileName(name, 'out'), { code: 'USAGE', facts: { file: 'out' } });
    t.throws(() => requireSeenName(name, 'out'), { code: 'USAGE', facts: { file: 'out' } });
  }
  for (const name of ['.a', '...', '.a.asb.state']) {
    t.throws(() => requireSeenName(name, 'out'), { code: 'USAGE', facts: { file: 'out' } }, name);
  }
});

t.test('any name that is taken stays in its directory', async () => {
  const text = fc.string({ unit: fc.constantFrom('.', '/', '\0', 'a', '\\', '\n'), maxLength: 8 });
  fc.assert(
    fc.property(text, (name) => !isFileName(name) || dirname(resolve('/out', name)) === '/out'),
  );
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

t.test('digits that count for nothing, and an end', async (t) => {
  t.equal(compareNames('0_', '00_9.a90'), -1);
  t.equal(compareNames('00_9.a90', '0_'), 1);
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
