import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { jsonForm } from '../../lib/cli/log.ts';
import { Output } from '../../lib/cli/output.ts';
import { openWords, Words, type WordsOptions } from '../../lib/cli/words.ts';

/** What is in the file when words were told. */
const told = async (
  directory: string,
  options: WordsOptions,
  tell: (words: Words) => void,
): Promise<string> => {
  const file = join(directory, 'words');
  const fd = openSync(file, 'w');
  const words = new Words({ ...options, output: new Output(fd) });
  tell(words);
  await words.settled();
  closeSync(fd);
  return readFileSync(file, 'utf8');
};

t.test('words come in order, and none behind a bar', async (t) => {
  const text = await told(t.testdir(), {}, (words) => {
    words.say('one');
    words.draw('\r#\u001b[K');
    words.say('two\nlines\u0007');
    words.draw('\r#\u001b[K');
    words.draw('\r\u001b[K');
    words.say('three');
    words.draw('\r#\u001b[K');
    words.fail({ line: 'asb: no', facts: {} });
  });
  const wiped = '\r#\u001b[K\r\u001b[K';
  t.equal(text, `one\n${wiped}two lines\\x07\n${wiped}three\n${wiped}asb: no\n`);
});

t.test('several lines in place are wiped as one', async (t) => {
  const lines = '\rone\u001b[K\n\rtwo\u001b[K';
  const text = await told(t.testdir(), {}, (words) => {
    words.draw(lines);
    words.draw(lines);
    words.say('three');
    words.draw(lines);
    words.draw('\r\u001b[K');
    words.draw('help\n');
    words.draw('more');
  });
  const up = '\r\u001b[K\u001b[A';
  const wipe = `${up}\r\u001b[K`;
  t.equal(text, `${lines}${up}${lines}${wipe}three\n${lines}${wipe}help\nmore`);
});

t.test('what is not bad enough is not told, but how it ended', async (t) => {
  const tell = (words: Words) => {
    words.say('one');
    words.say('note: two');
    words.say('warning: three');
    words.fail({ line: 'asb: no', facts: {} });
  };
  const all = 'one\nnote: two\nwarning: three\nasb: no\n';
  t.equal(await told(t.testdir(), { least: 'debug' }, tell), all);
  t.equal(await told(t.testdir(), { least: 'info' }, tell), all);
  t.equal(await told(t.testdir(), { least: 'warn' }, tell), 'warning: three\nasb: no\n');
  t.equal(await told(t.testdir(), { least: 'error' }, tell), 'asb: no\n');
});

t.test('programs are told the facts', async (t) => {
  const text = await told(t.testdir(), { form: jsonForm() }, (words) => {
    words.say('one', { records: 1 });
  });
  t.match(JSON.parse(text), { level: 'info', msg: 'one', records: 1 });
});

t.test('words that nobody can read do no harm', async (t) => {
  const fd = openSync('/dev/full', 'w');
  for (const failures of [{}, { failures: new Output(fd) }]) {
    const words = new Words({ output: new Output(fd), ...failures });
    words.say('one');
    words.say('two');
    await t.resolves(words.settled());
  }
  closeSync(fd);
});

t.test('a log file is appended to, and failures are told in both places', async (t) => {
  const directory = t.testdir({ log: 'before\n' });
  const file = join(directory, 'log');
  const failures = join(directory, 'failures');
  const [fd, other] = [openSync(file, 'a'), openSync(failures, 'a')];
  const words = new Words({ output: new Output(fd), failures: new Output(other) });
  words.say('one');
  words.fail({ line: 'asb: no', facts: {} });
  await words.settled();
  for (const each of [fd, other]) closeSync(each);
  t.equal(readFileSync(file, 'utf8'), 'before\none\nasb: no\n');
  t.equal(readFileSync(failures, 'utf8'), 'asb: no\n');
});

t.test('a log that takes no more is told on standard error, once', async (t) => {
  const file = join(t.testdir(), 'failures');
  const [fd, other] = [openSync('/dev/full', 'w'), openSync(file, 'a')];
  const words = new Words({ output: new Output(fd), failures: new Output(other) });
  words.say('one');
  words.say('two');
  await words.settled();
  for (const each of [fd, other]) closeSync(each);
  t.match(readFileSync(file, 'utf8'), /^warning: [^\n]+ ENOSPC[^\n]+\n$/);
});

t.test('words as a command line asks for them', async (t) => {
  const file = join(t.testdir(), 'log');
  const words = openWords({ json: true, least: 'warn', file, command: 'cat' });
  t.equal(words.drawn, false, 'no bar in a file');
  words.say('one');
  words.say('warning: two');
  await words.settled();
  t.match(JSON.parse(readFileSync(file, 'utf8')), { level: 'warn', msg: 'two', command: 'cat' });
  t.equal(openWords({ json: false }).drawn, true);
  t.equal(openWords({ json: true }).drawn, false, 'nor among JSON');
});

t.test('a log that cannot be written is a failure', (t) => {
  const directory = t.testdir();
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const file of [directory, join(directory, 'no', 'log'), pipe]) {
    t.throws(() => openWords({ json: false, file }), { code: 'STORAGE', facts: { file } });
  }
  t.end();
});
