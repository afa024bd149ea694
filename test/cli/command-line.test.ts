import t from 'tap';
import type { Command } from '../../lib/cli/command.ts';
import { parseCommandLine } from '../../lib/cli/command-line.ts';
import { flag, integer, type Option, secret, text } from '../../lib/cli/option.ts';
import { configFile } from '../../lib/cli/options/config.ts';

const host = text({ name: 'host', alias: ['h'], describe: 'Nodes', expected: 'a host' });
const level = integer({ name: 'level', describe: 'Level', min: -5, max: 9, default: 3 });
const noRecords = flag({ name: 'no-records', alias: ['R'], describe: 'Leave out records' });

const password = secret({ name: 'password', alias: ['P'], describe: 'Password' });

const command = (name: string, summary: string): Command => ({
  heading: 'Whole jobs',
  name,
  summary,
  description: `What ${name} does.`,
  options: [host, level, noRecords, password],
  examples: [[`asb ${name} -h there`, 'An example']],
  run: async () => {},
});
const commands = [
  command('backup', 'Back up'),
  command('scan', 'Scan'),
  { ...command('cat', 'Join'), operands: { name: 'PATH', describe: 'a file', min: 1 } },
  { ...command('get', 'Fetch'), operands: { name: 'URL', describe: 'it', min: 1, max: 1 } },
];
const parse = (...args: string[]) => parseCommandLine(commands, args, 80);

t.test('a value that may be left out', (t) => {
  const cases: [string[], string | undefined][] = [
    [[], undefined],
    [['-P'], ''],
    [['--password'], ''],
    [['--password='], ''],
    [['-P', '-h', 'there'], ''],
    [['-P', '--level=1'], ''],
    [['-RP', '-h', 'there'], ''],
    [['-P', 'secret'], 'secret'],
    [['-Psecret'], 'secret'],
    [['-P-x'], '-x'],
    [['-RPsecret'], 'secret'],
    [['--password', '007'], '007'],
    [['--password=a=b'], 'a=b'],
    [['--password=-x'], '-x'],
  ];
  for (const [args, expected] of cases) {
    const request = parse('scan', ...args);
    if (request.kind !== 'run') throw new Error('it shows a text');
    t.equal(request.typed.values.get(password.name), expected, args.join(' '));
  }
  t.throws(() => parse('scan', '-P', '-P'), { code: 'USAGE' });
  t.end();
});

t.test('values come as they were typed', (t) => {
  const cases: [string[], Record<string, string | false>][] = [
    [[], {}],
    [['-h', '007'], { host: '007' }],
    [['-h007', '-R'], { host: '007', 'no-records': '' }],
    [['-Rhthere'], { host: 'there', 'no-records': '' }],
    [['--host=a.b', '--no-records'], { host: 'a.b', 'no-records': '' }],
    [['-h', '-', '--level', '-5'], { host: '-', level: '-5' }],
    [['--level=-1'], { level: '-1' }],
    [['--no-records=true'], { 'no-records': '' }],
    [['--no-records=false'], { 'no-records': false }],
  ];
  for (const [args, expected] of cases) {
    const request = parse('scan', ...args);
    t.equal(request.kind, 'run');
    if (request.kind !== 'run') continue;
    t.equal(request.command.name, 'scan');
    t.strictSame(Object.fromEntries(request.typed.values), expected, args.join(' '));
  }
  t.end();
});

t.test('what no command takes is refused', (t) => {
  const cases = [
    ['bakcup'],
    ['restore'],
    ['restore', '--help'],
    ['help', 'restore'],
    ['--host', 'there'],
    ['scan', '--hots', 'there'],
    ['scan', '-q'],
    ['scan', '--hostel', 'x'],
    ['scan', '--entirely-different'],
    ['scan', 'file'],
    ['scan', '--', 'file'],
    ['scan', '-h'],
    ['scan', '-h', '-R'],
    ['scan', '-h', 'a', '-h', 'b'],
    ['scan', '--no-records=no'],
    ['scan', '--help=no'],
    ['scan', 'help'],
  ];
  for (const args of cases) t.throws(() => parse(...args), { code: 'USAGE' }, args.join(' '));
  const near = { code: 'USAGE', facts: { expected: '--host' } };
  t.throws(() => parse('scan', '--hots', 'x'), near, 'and says what is near');
  t.throws(() => parse('scan', '--usge'), { code: 'USAGE', facts: { expected: '--usage' } });
  t.throws(() => parse('bakcup'), { code: 'USAGE', facts: { expected: 'backup' } });
  t.throws(() => parse('hepl'), { code: 'USAGE', facts: { expected: 'help' } });
  t.end();
});

t.test('operands stand anywhere between the options', (t) => {
  const cases: [string[], string[]][] = [
    [['a'], ['a']],
    [
      ['007', '-R', '1e3', '-h', 'there', '.'],
      ['007', '1e3', '.'],
    ],
    [['-'], ['-']],
    [['help'], ['help']],
    [
      ['a', 'usage'],
      ['a', 'usage'],
    ],
    [['a', '--help=false', '--options=false'], ['a']],
    [
      ['--', '-R', '--host'],
      ['-R', '--host'],
    ],
    [
      ['cat', 'scan', 'a b'],
      ['cat', 'scan', 'a b'],
    ],
  ];
  for (const [args, expected] of cases) {
    const request = parse('cat', ...args);
    t.same(request.kind === 'run' && request.typed.operands, expected, args.join(' '));
  }
  t.throws(() => parse('cat'), { code: 'USAGE', facts: { expected: 'a file' } });
  t.throws(() => parse('cat', '-R'), { code: 'USAGE' });
  t.throws(() => parse('cat', 'a', '--hots', 'x'), { code: 'USAGE' });
  t.throws(() => parse('cat', 'a', '-q'), { code: 'USAGE' });
  t.match(parse('get', 'a'), { typed: { operands: ['a'] } });
  t.throws(() => parse('get', 'a', 'b'), { code: 'USAGE', facts: { expected: '1 URL' } });
  t.end();
});

t.test('the help of a command leaves out what is told elsewhere', (t) => {
  const [scan = command('scan', 'Scan')] = commands;
  const helpWithout = (hidden: Option<unknown>) => {
    const hiding = { ...scan, options: [{ ...hidden, isHidden: true }, level] };
    const request = parseCommandLine([hiding], [scan.name, '--help'], 80);
    return request.kind === 'text' ? request.text : '';
  };
  t.notMatch(helpWithout(configFile), '--config-file');
  t.match(helpWithout(configFile), /--level[\s\S]*asb backup --help[\s\S]*Examples:/);
  t.notMatch(helpWithout(host), '--host');
  t.notMatch(helpWithout(host), 'asb backup --help', 'what has no effect is told nowhere');
  t.end();
});

t.test('help and version are texts', (t) => {
  const textOf = (...args: string[]) => {
    const request = parse(...args);
    return request.kind === 'text' ? request.text : '';
  };
  t.match(textOf('--help'), /Back up/);
  t.match(textOf('-Z'), /Scan/);
  t.match(
    textOf('scan', '--usage'),
    /What scan does\.[\s\S]*\[-5 to 9; default 3\][\s\S]*asb scan -h there/,
  );
  t.notMatch(textOf('scan', '--help'), /Back up/);
  t.match(textOf('cat', '--help'), /asb cat \[options\] PATH…\n[\s\S]*PATH {2}a file/);
  t.match(textOf('get', '--help'), /asb get \[options\] URL\n/);
  t.equal(textOf('help'), textOf('--help'));
  t.equal(textOf('help', 'help'), textOf('--help'));
  t.equal(textOf('scan', '-h', '-Z'), textOf('scan', '--help'), 'whatever else is wrong');
  t.equal(textOf('help', 'scan'), textOf('scan', '--help'));
  t.match(textOf('--options'), /^-h, --host TEXT\tNodes\n--level N\t/);
  t.equal(textOf('scan', '-O').split('\n').length, commands[1]?.options.length);
  t.match(textOf('--version'), /^\d+\.\d+\.\d+$/);
  t.match(textOf('scan', '-V'), /^\d+\.\d+\.\d+$/);
  t.end();
});
