import t from 'tap';
import { splitArguments } from '../../lib/cli/arguments.ts';
import { flag, secret, text } from '../../lib/cli/option.ts';
import { profile } from '../../lib/cli/options/profile.ts';

const options = [
  text({ name: 'namespace', alias: ['n'], describe: '', expected: 'a name' }),
  text({ name: 'output-file', alias: ['o'], describe: '', expected: 'a file' }),
  flag({ name: 'no-records', alias: ['R'], describe: '' }),
  secret({ name: 'password', alias: ['P'], describe: '' }),
  flag({ name: 'no-udfs', alias: ['u'], describe: '' }),
  profile,
];

t.test('words are split as getopt splits them', (t) => {
  const cases: [string, string[]][] = [
    ['-n', ['-n']],
    ['-ntest', ['--namespace=test']],
    ['-n=test', ['--namespace=test']],
    ['-n-x', ['--namespace=-x']],
    ['-Rntest', ['-R', '--namespace=test']],
    ['-Run', ['-Run']],
    ['-Ru', ['-Ru']],
    ['-Rx9', ['-Rx9']],
    ['-', ['-']],
    ['-5', ['-5']],
    ['-51', ['-51']],
    ['test', ['test']],
    ['--namespace=a=b', ['--namespace=a=b']],
    ['--namespace', ['--namespace']],
    ['--odd=1', ['--odd=1']],
    ['--profile', ['--profile=']],
    ['--profile=a.json', ['--profile=a.json']],
    ['--profiles', ['--profiles']],
  ];
  for (const [word, expected] of cases) {
    t.same(splitArguments(options, ['backup', word]), ['backup', ...expected], word);
  }
  const pairs: [string[], string[]][] = [
    [['-n', '-all +x'], ['--namespace=-all +x']],
    [
      ['--namespace', '-a\tb', '-R'],
      ['--namespace=-a\tb', '-R'],
    ],
    [
      ['-n', '-R'],
      ['-n', '-R'],
    ],
    [
      ['-R', '-a b'],
      ['-R', '-a b'],
    ],
    [
      ['-P', '-a b'],
      ['-P', '-a b'],
    ],
    [
      ['-n', 'a b'],
      ['-n', 'a b'],
    ],
  ];
  for (const [words, expected] of pairs) {
    t.same(splitArguments(options, words), expected, words.join(' '));
  }
  t.same(splitArguments(options, ['--', '-ntest']), ['--', '-ntest'], 'not after --');
  t.end();
});

t.test('a flag takes no value but true or false', (t) => {
  for (const word of ['--no-records=true', '--R=false']) {
    t.same(splitArguments(options, [word]), [word]);
  }
  t.throws(() => splitArguments(options, ['--no-records=no']), { code: 'USAGE' });
  t.throws(() => splitArguments(options, ['--R=no']), { code: 'USAGE' });
  t.end();
});
