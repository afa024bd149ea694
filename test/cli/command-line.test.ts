import t from 'tap';
import type { Command } from '../../lib/cli/command.ts';
import { type Commands, parseCommandLine } from '../../lib/cli/command-line.ts';
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
const all = [
  command('backup', 'Back up'),
  command('scan', 'Scan'),
  { ...command('cat', 'Join'), operands: { name: 'PATH', describe: 'a file', min: 1 } },
  { ...command('get', 'Fetch'), operands: { name: 'URL', describe: 'it', min: 1, max: 1 } },
];
const commandsIn = (known: readonly Command[]): Commands => ({
  named: async (name) => known.find((each) => each.name === name),
  all: async () => known,
});
const parse = (...args: string[]) => parseCommandLine(commandsIn(all), args, 80);

t.test('a value that may be left out', async (t) => {
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
    const request = await parse('scan', ...args);
    if (request.kind !== 'run') throw new Error('it shows a text');
    t.equal(request.typed.values.get(password.name), expected, args.join(' '));
  }
  await t.rejects(parse('scan', '-P', '-P'), { code: 'USAGE' });
});

t.test('values come as they were typed', async (t) => {
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
    const request = await parse('scan', ...args);
    t.equal(request.kind, 'run');
    if (request.kind !== 'run') continue;
    t.equal(request.command.name, 'scan');
    t.strictSame(Object.fromEntries(request.typed.values), expected, args.join(' '));
  }
});

t.test('what no command takes is refused', async (t) => {
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
    ['scan', '--constructor=x'],
    ['scan', '--$0=x'],
    ['cat', '--_'],
    ['cat', '-_', 'file'],
    ['cat', 'file', '--_=x'],
  ];
  for (const args of cases) await t.rejects(parse(...args), { code: 'USAGE' }, args.join(' '));
  const near = { code: 'USAGE', facts: { expected: '--host' } };
  await t.rejects(parse('scan', '--hots', 'x'), near, 'and says what is near');
  await t.rejects(parse('scan', '--usge'), { code: 'USAGE', facts: { expected: '--usage' } });
  await t.rejects(parse('bakcup'), { code: 'USAGE', facts: { expected: 'backup' } });
  await t.rejects(parse('hepl'), { code: 'USAGE', facts: { expected: 'help' } });
});

t.test('operands stand anywhere between the options', async (t) => {
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
    const request = await parse('cat', ...args);
    t.same(request.kind === 'run' && request.typed.operands, expected, args.join(' '));
  }
  await t.rejects(parse('cat'), { code: 'USAGE', facts: { expected: 'a file' } });
  await t.rejects(parse('cat', '-R'), { code: 'USAGE' });
  await t.rejects(parse('cat', 'a', '--hots', 'x'), { code: 'USAGE' });
  await t.rejects(parse('cat', 'a', '-q'), { code: 'USAGE' });
  t.match(await parse('get', 'a'), { typed: { operands: ['a'] } });
  await t.rejects(parse('get', 'a', 'b'), { code: 'USAGE', facts: { expected: '1 URL' } });
});

t.test('the help of a command leaves out what is told elsewhere', async (t) => {
  const [scan = command('scan', 'Scan')] = all;
  const helpWithout = async (hidden: Option<unknown>) => {
    const hiding = { ...scan, options: [{ ...hidden, isHidden: true }, level] };
    const request = await parseCommandLine(commandsIn([hiding]), [scan.name, '--help'], 80);
    return request.kind === 'text' ? request.text : '';
  };
  t.notMatch(await helpWithout(configFile), '--config-file');
  t.match(await helpWithout(configFile), /--level[\s\S]*asb backup --help[\s\S]*Examples:/);
  t.notMatch(await helpWithout(host), '--host');
  t.notMatch(await helpWithout(host), 'asb backup --help', 'what has no effect is told nowhere');
});

t.test('help and version are texts', async (t) => {
  const textOf = async (...args: string[]) => {
    const request = await parse(...args);
    return request.kind === 'text' ? request.text : '';
  };
  t.match(await textOf('--help'), /Back up/);
  t.match(await textOf('-Z'), /Scan/);
  t.match(
    await textOf('scan', '--usage'),
    /What scan does\.[\s\S]*\[-5 to 9; default 3\][\s\S]*asb scan -h there/,
  );
  t.notMatch(await textOf('scan', '--help'), /Back up/);
  t.match(await textOf('cat', '--help'), /asb cat \[options\] PATH…\n[\s\S]*PATH {2}a file/);
  t.match(await textOf('get', '--help'), /asb get \[options\] URL\n/);
  t.equal(await textOf('help'), await textOf('--help'));
  t.equal(await textOf('help', 'help'), await textOf('--help'));
  t.equal(
    await textOf('scan', '-h', '-Z'),
    await textOf('scan', '--help'),
    'whatever else is wrong',
  );
  t.equal(await textOf('help', 'scan'), await textOf('scan', '--help'));
  t.match(await textOf('--options'), /^-h, --host TEXT\tNodes\n--level N\t/);
  t.equal((await textOf('scan', '-O')).split('\n').length, all[1]?.options.length);
  t.match(await textOf('--version'), /^\d+\.\d+\.\d+$/);
  t.match(await textOf('scan', '-V'), /^\d+\.\d+\.\d+$/);
});
