import t from 'tap';
import {
  entryOf,
  isTold,
  jsonForm,
  LOG_LEVELS,
  type LogEntry,
  plainForm,
} from '../../lib/cli/log.ts';

const failure: LogEntry = { level: 'error', line: 'asb cat: no', facts: { code: 'FORMAT' } };

t.test('how a line begins says how bad it is', (t) => {
  const cases: [string, string][] = [
    ['backed up 5 records', 'info'],
    ['note: went on', 'info'],
    ['warning: 5 records could not be written', 'warn'],
    ['a warning: no', 'info'],
  ];
  for (const [line, level] of cases) t.match(entryOf(line), { level, line, facts: {} });
  t.same(entryOf('a', { records: 5 }).facts, { records: 5 });
  t.equal(entryOf('line 3: no', { code: 'FORMAT', line: 3 }).level, 'error');
  t.end();
});

t.test('levels have an order', (t) => {
  for (const [index, level] of LOG_LEVELS.entries()) {
    const told = LOG_LEVELS.map((least) => isTold(level, least));
    t.same(
      told,
      LOG_LEVELS.map((_, least) => index >= least),
      level,
    );
  }
  t.end();
});

t.test('lines for people', (t) => {
  const cases: [LogEntry, string, string][] = [
    [entryOf('a\u0007'), 'a\\x07\n', 'a\\x07\n'],
    [entryOf('note: a'), 'note: a\n', '\u001b[2mnote: a\u001b[22m\n'],
    [entryOf('warning: a'), 'warning: a\n', 'warning: a\n'],
    [failure, 'asb cat: no\n', '\u001b[31masb cat: no\u001b[39m\n'],
    [
      { ...failure, details: 'FORMAT {}\nstack' },
      'asb cat: no\nFORMAT {}\nstack\n',
      '\u001b[31masb cat: no\u001b[39m\nFORMAT {}\nstack\n',
    ],
  ];
  for (const [entry, plain, coloured] of cases) {
    t.equal(plainForm(false)(entry), plain);
    t.equal(plainForm(true)(entry), coloured);
  }
  t.end();
});

t.test('lines of JSON for programs', (t) => {
  const now = () => new Date('2026-01-02T03:04:05.678Z');
  const time = '2026-01-02T03:04:05.678Z';
  const cases: [LogEntry, object][] = [
    [entryOf('a', { records: 5 }), { time, level: 'info', msg: 'a', records: 5 }],
    [entryOf('note: a'), { time, level: 'info', msg: 'a' }],
    [entryOf('warning: two\nlines'), { time, level: 'warn', msg: 'two\nlines' }],
    [failure, { time, level: 'error', msg: 'asb cat: no', code: 'FORMAT' }],
    [
      { ...failure, details: 'all' },
      { time, level: 'error', msg: 'asb cat: no', code: 'FORMAT', details: 'all' },
    ],
  ];
  for (const [entry, expected] of cases) {
    const line = jsonForm({}, now)(entry);
    t.match(line, /^[^\n]+\n$/, 'one line');
    t.strictSame(JSON.parse(line), expected);
  }
  const { command, time: today } = JSON.parse(jsonForm({ command: 'cat' })(failure));
  t.equal(command, 'cat');
  t.match(new Date(today).getFullYear(), new Date().getFullYear());
  t.end();
});
