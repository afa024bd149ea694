import t from 'tap';
import {
  choice,
  choiceOrNone,
  flag,
  integer,
  list,
  namesOf,
  numbers,
  secret,
  text,
} from '../../lib/cli/option.ts';

const facts = { name: 'thing', alias: ['t'], describe: 'A thing' };

t.test('an option reads its form', (t) => {
  const cases = [
    [flag(facts), undefined, false],
    [flag(facts), '', true],
    [text({ ...facts, expected: 'a word' }), undefined, undefined],
    [text({ ...facts, expected: 'a word' }), 'word', 'word'],
    [text({ ...facts, expected: 'no slash', pattern: /^[^/]*$/ }), 'a.b', 'a.b'],
    [list({ ...facts, expected: 'names' }), undefined, []],
    [list({ ...facts, expected: 'names' }), 'a', ['a']],
    [list({ ...facts, expected: 'names' }), 'a,b c', ['a', 'b c']],
    [choice({ ...facts, words: ['zstd'] }), undefined, undefined],
    [choice({ ...facts, words: ['zstd', 'none'] }), 'none', 'none'],
    [choice({ ...facts, words: ['Off', 'Warn'], ignoreCase: true }), 'wARN', 'Warn'],
    [choiceOrNone({ ...facts, words: ['aes128'] }), 'AES128', 'aes128'],
    [choiceOrNone({ ...facts, words: ['aes128'] }), 'NONE', undefined],
    [choiceOrNone({ ...facts, words: ['aes128'] }), undefined, undefined],
    [secret(facts), undefined, undefined],
    [secret(facts), '', ''],
    [secret(facts), 'word', 'word'],
    [numbers({ ...facts, min: 0, max: 9 }), undefined, []],
    [numbers({ ...facts, min: 0, max: 9 }), '9,0', [9, 0]],
    [integer({ ...facts, min: 1, max: 9 }), undefined, undefined],
    [integer({ ...facts, min: 1, max: 9, default: 4 }), undefined, 4],
    [integer({ ...facts, min: 1, max: 9 }), '1', 1],
    [integer({ ...facts, min: 1, max: 9 }), '+9', 9],
    [integer({ ...facts, min: -9, max: 9 }), '-9', -9],
    [integer({ ...facts, min: 0, max: 9, default: 4 }), '0', 0],
  ] as const;
  for (const [option, given, expected] of cases) {
    t.same(option.read(given), expected, `${JSON.stringify(given)}`);
  }
  t.end();
});

t.test('an option refuses another form', (t) => {
  const cases = [
    [text({ ...facts, expected: 'a word' }), ''],
    [text({ ...facts, expected: 'no slash', pattern: /^[^/]*$/ }), 'a/b'],
    [list({ ...facts, expected: 'names' }), ''],
    [list({ ...facts, expected: 'names' }), 'a,'],
    [list({ ...facts, expected: 'names' }), 'a,b,a'],
    ...['', '0', '1,', '1,1', '10', 'x', '-1', '1.5'].map(
      (given) => [numbers({ ...facts, min: 1, max: 9 }), given] as const,
    ),
    [choice({ ...facts, words: ['zstd'] }), 'gzip'],
    [choiceOrNone({ ...facts, words: ['zstd'] }), 'gzip'],
    [choiceOrNone({ ...facts, words: ['zstd'] }), ''],
    [choice({ ...facts, words: ['zstd'] }), 'ZSTD'],
    ...['0', '10', '', 'x', '1.5', '1e0', '0x1', ' 1', '99999999999999999999'].map(
      (given) => [integer({ ...facts, min: 1, max: 9, unit: 'MiB' }), given] as const,
    ),
  ] as const;
  for (const [option, given] of cases) {
    t.throws(() => option.read(given), { code: 'USAGE' }, JSON.stringify(given));
  }
  t.end();
});

t.test('help and messages name it, with its range, unit and default', (t) => {
  const option = integer({ ...facts, min: 1, max: 9, unit: 'MiB', default: 4 });
  t.equal(option.describe, 'A thing [1 to 9 MiB; default 4]');
  t.equal(integer({ ...facts, min: 1, max: 9 }).describe, 'A thing [1 to 9]');
  t.equal(
    integer({ ...facts, min: 0, max: 2 ** 40, unit: 'records' }).describe,
    'A thing [0 or more records]',
  );
  t.equal(namesOf(option), '-t, --thing');
  t.throws(() => option.read('x'), {
    code: 'USAGE',
    facts: { expected: 'a whole number, 1 to 9 MiB' },
  });
  t.same(flag({ name: 'bare', describe: '' }).alias, []);
  t.equal(flag({ name: 'bare', describe: '' }).group, 'Options:');
  t.equal(flag({ name: 'bare', describe: '', group: 'Cluster:' }).group, 'Cluster:');
  t.end();
});

t.test('a word that is near is named', (t) => {
  const words = ['zstd', 'STANDARD', 'STANDARD_IA'];
  const cases: [string, string][] = [
    ['zst', 'zstd'],
    ['ZSTD', 'zstd'],
    ['standrad', 'STANDARD'],
    ['something else', 'zstd or STANDARD or STANDARD_IA'],
  ];
  for (const [given, expected] of cases) {
    const wrong = () => choice({ ...facts, words }).read(given);
    t.throws(wrong, { code: 'USAGE', facts: { expected } }, given);
  }
  t.end();
});

t.test('something stands for the value', (t) => {
  const cases = [
    [flag(facts), ''],
    [text({ ...facts, expected: 'a word' }), 'TEXT'],
    [text({ ...facts, expected: 'a file', shown: 'PATH' }), 'PATH'],
    [list({ ...facts, expected: 'names', shown: 'SET,…' }), 'SET,…'],
    [list({ ...facts, expected: 'names' }), 'A,B…'],
    [secret(facts), 'SECRET'],
    [secret({ ...facts, shown: 'PASSWORD' }), 'PASSWORD'],
    [numbers({ ...facts, min: 0, max: 9 }), 'N,N…'],
    [numbers({ ...facts, min: 0, max: 9, shown: 'RACK,…' }), 'RACK,…'],
    [integer({ ...facts, min: 1, max: 9, shown: 'MIB' }), 'MIB'],
    [choice({ ...facts, words: ['a', 'b'] }), 'a|b'],
    [choice({ ...facts, words: ['a'.repeat(20), 'b'.repeat(20)] }), 'WORD'],
    [integer({ ...facts, min: 1, max: 9 }), 'N'],
  ] as const;
  for (const [option, shown] of cases) t.equal(option.shown, shown);
  t.same(choice({ ...facts, words: ['a', 'b'] }).words, ['a', 'b']);
  t.end();
});
