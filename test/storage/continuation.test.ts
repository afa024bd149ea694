import t from 'tap';
import { keepsNothing, superfluousFiles } from '../../lib/storage/continuation.ts';

const isOurs = (name: string): boolean => name.startsWith('test_');

/** What is there, in short. */
const place = (files: Record<string, number | undefined>, ...unfinished: string[]) => ({
  files: new Map(Object.entries(files)),
  unfinished,
  locationOf: (name: string) => `out/${name}`,
});

t.test('what must go, beside what is kept', async (t) => {
  for (const [found, kept, superfluous] of [
    [place({}), [], []],
    [place({ 'test_0.asb': 5 }), [{ name: 'test_0.asb', bytes: 5 }], []],
    [place({ 'test_0.asb': 5, 'test_1.asb': 0 }, 'test_2.asb'), [], ['test_0.asb', 'test_1.asb']],
    [
      place({ 'test_0.asb': 5, 'test_1.asb': undefined, 'other.txt': 1 }),
      [{ name: 'test_0.asb', bytes: 5 }],
      ['test_1.asb'],
    ],
  ] as const) {
    t.strictSame(superfluousFiles(found, kept, isOurs), superfluous);
  }
});

t.test('what is kept must be there as it was', async (t) => {
  const kept = [
    { name: 'test_0.asb', bytes: 5 },
    { name: 'test_1.asb', bytes: 0 },
  ];
  for (const [found, code, name] of [
    [place({}), 'NOT_FOUND', 'test_0.asb'],
    [place({ 'test_0.asb': 5 }), 'NOT_FOUND', 'test_1.asb'],
    [place({ 'test_0.asb': 4, 'test_1.asb': 0 }), 'TRUNCATED', 'test_0.asb'],
    [place({ 'test_0.asb': 5, 'test_1.asb': 1 }), 'FORMAT', 'test_1.asb'],
    [place({ 'test_0.asb': undefined, 'test_1.asb': 0 }), 'FORMAT', 'test_0.asb'],
  ] as const) {
    const told = { code, facts: { file: `out/${name}` } };
    t.throws(() => superfluousFiles(found, kept, isOurs), told);
  }
});

t.test('names that are none, out of a state that somebody else made', async (t) => {
  for (const name of ['', '..', '../x.asb', '/x.asb', 'a/x.asb', 'x\0.asb', 'x\n.asb']) {
    const found = place({ [name]: 5 });
    const kept = [{ name, bytes: 5 }];
    t.throws(() => superfluousFiles(found, kept, () => true), { code: 'FORMAT' });
  }
});

t.test('files of another backup', async (t) => {
  for (const found of [
    place({ 'other_0.asb': 5, 'test_0.asb': 1 }),
    place({}, 'other_0.asb', 'test_0.asb'),
    place({ 'test_0.asb': undefined }, 'test_1.asb', 'other_0.asb', 'other_1.asb'),
  ]) {
    const told = { code: 'EXISTS', facts: { file: 'out/other_0.asb' } };
    t.throws(() => superfluousFiles(found, [], isOurs), told);
  }
});

t.test('where no whole file stays', async (t) => {
  t.match(keepsNothing('out'), { code: 'USAGE', facts: { file: 'out' } });
});
