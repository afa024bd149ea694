import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Given } from '../../../lib/cli/given.ts';
import { isVerbose, wordsOf, wordsOfUnread } from '../../../lib/cli/options/log.ts';

const given = (options: Record<string, string>) => new Given(new Map(Object.entries(options)));

t.test('debug is the same as --verbose', (t) => {
  const cases: [Record<string, string>, boolean][] = [
    [{}, false],
    [{ verbose: '' }, true],
    [{ 'log-level': 'debug' }, true],
    [{ 'log-level': 'DEBUG' }, true],
    [{ 'log-level': 'info' }, false],
    [{ verbose: '', 'log-level': 'warn' }, true],
  ];
  for (const [options, expected] of cases) {
    t.equal(isVerbose(given(options)), expected, JSON.stringify(options));
  }
  t.throws(() => isVerbose(given({ 'log-level': 'loud' })), { code: 'USAGE' });
  t.end();
});

t.test('words as they are asked for', async (t) => {
  const file = join(t.testdir(), 'log');
  const told = async (options: Record<string, string>) => {
    const words = wordsOf(given({ 'log-file': file, ...options }), 'cat');
    words.say('one');
    words.say('warning: two');
    await words.settled();
    return readFileSync(file, 'utf8');
  };
  t.equal(await told({}), 'one\nwarning: two\n');
  t.match(await told({ 'log-level': 'warn' }), /two\nwarning: two\n$/);
  t.match(await told({ verbose: '', 'log-json': '' }), /\n\{.*"msg":"two","command":"cat"\}\n$/);
});

t.test('a command line that nobody can read may ask for JSON, too', (t) => {
  t.equal(wordsOfUnread(['cat', '--log-json', '--no'], 'cat').drawn, false);
  t.equal(wordsOfUnread(['cat', '--no'], undefined).drawn, true);
  t.end();
});
