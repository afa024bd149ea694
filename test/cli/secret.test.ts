import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { secret } from '../../lib/cli/option.ts';
import { readSecret } from '../../lib/cli/secret.ts';
import { MAX_SECRET_SIZE } from '../../lib/cli/secret-line.ts';

const run = promisify(execFile);
const option = secret({ name: 'password', alias: ['P'], describe: 'A password' });
const asked: string[] = [];
const read = (given: string): Promise<string> =>
  readSecret(option, given, 'password of ann', async (question) => {
    asked.push(question);
    return 'typed';
  });

t.test('where a password comes from', async (t) => {
  process.env.ASB_TEST_PASSWORD = 'from env ';
  process.env.ASB_TEST_EMPTY = '';
  process.env.ASB_TEST_BASE64 = 'c2VjcmV0';
  const longest = 'x'.repeat(MAX_SECRET_SIZE);
  const directory = t.testdir({
    plain: 'pässword',
    line: 'password\n',
    lines: 'password\n\n',
    windows: ' password\r\n',
    empty: '',
    longest,
    fifo: t.fixture('dir', {}),
  });
  const fifo = join(directory, 'fifo', 'pipe');
  await run('mkfifo', [fifo]);
  const rows: readonly [string, string][] = [
    ['literal', 'literal'],
    ['environment:x', 'environment:x'],
    ['env:ASB_TEST_PASSWORD', 'from env '],
    ['env:ASB_TEST_EMPTY', ''],
    ['b64:cMOkc3M=', 'päss'],
    ['env-b64:ASB_TEST_BASE64', 'secret'],
    [`file:${directory}/plain`, 'pässword'],
    [`file:${directory}/line`, 'password'],
    [`file:${directory}/lines`, 'password\n'],
    [`file:${directory}/windows`, ' password'],
    [`file:${directory}/empty`, ''],
    [`file:${directory}/longest`, longest],
    ['', 'typed'],
  ];
  for (const [given, expected] of rows) t.equal(await read(given), expected, given);
  t.strictSame(asked, ['password of ann']);
  const [piped] = await Promise.all([
    read(`file:${fifo}`),
    run('cp', [join(directory, 'line'), fifo]),
  ]);
  t.equal(piped, 'password');
});

t.test('where it does not', async (t) => {
  const directory = t.testdir({ large: 'x'.repeat(MAX_SECRET_SIZE + 1) });
  const rows: readonly [string, RegExp][] = [
    ['env:ASB_TEST_NOT_SET', /-P, --password.*ASB_TEST_NOT_SET/],
    ['env:', /--password/],
    ['b64:pass word', /^(?!.*pass word).*--password.*base64/],
    ['env-b64:ASB_TEST_NOT_SET', /ASB_TEST_NOT_SET/],
    [`file:${directory}/absent`, /--password.*absent/],
    [`file:${directory}`, /--password/],
    [`file:${directory}/large`, /large/],
  ];
  for (const [given, message] of rows) {
    await t.rejects(read(given), { code: 'USAGE', message }, given);
  }
});
