import { once } from 'node:events';
import t from 'tap';
import { outcomeOf, run, start } from '../../helpers/asb.ts';
import { runHere } from '../../helpers/in-process.ts';
import { CLIENT, tlsPath } from '../../helpers/tls.ts';

t.test('a cluster to try things on, until a signal', async (t) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const child = start(['sandbox', '--port', '0', '--nodes', '2', '--records', '50']);
    const outcome = outcomeOf(child);
    const [words] = await once(child.stderr, 'data');
    const seeds = /listens on (\S+)/.exec(`${words}`)?.[1] ?? '';
    t.equal(seeds.split(',').length, 2, `${words}`);
    t.match(`${words}`, /not a database/);
    const scan = await run(['scan', '-h', seeds, '-n', 'test', '-Iu']);
    t.equal(scan.stdout.toString().trim().split('\n').length, 50);
    child.kill(signal);
    t.match(await outcome, { code: 0, signal: null }, 'that is how it ends');
  }
});

t.test('a port that is taken', async (t) => {
  const child = start(['sandbox', '--port', '0', '--records', '0']);
  const outcome = outcomeOf(child);
  const [words] = await once(child.stderr, 'data');
  const port = /listens on 127\.0\.0\.1:(\d+)/.exec(`${words}`)?.[1] ?? '';
  t.match(await run(['sandbox', '-p', port]), { code: 1, stderr: /^asb sandbox: .*EADDRINUSE/ });
  child.kill();
  await outcome;
});

const CERTIFICATE = `--tls-certfile=${tlsPath('server.pem')}`;
const KEY = `--tls-keyfile=${tlsPath('server.key')}`;
const CA = `--tls-cafile=${CLIENT.cafile}`;
const CERTIFIED = [`--tls-certfile=${CLIENT.certfile}`, `--tls-keyfile=${CLIENT.keyfile}`];

t.test('the words that it says lead in', async (t) => {
  const rows: readonly (readonly string[])[] = [
    ['--login', 'me:se:cret'],
    [CERTIFICATE, KEY],
    ['--login', 'me:se:cret', CERTIFICATE, KEY, CA],
  ];
  for (const options of rows) {
    const child = start(['sandbox', '--port=0', '--records=5', ...options]);
    const outcome = outcomeOf(child);
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => (words += chunk));
    while (!words.includes('asb backup')) await once(child.stderr, 'data');
    const how = /try: asb (scan .*) \|/.exec(words)?.[1] ?? '';
    const given = how
      .replace('-U USER -P', '-U me -Pse:cret')
      .replace('--tls-certfile FILE --tls-keyfile FILE', CERTIFIED.join(' '))
      .replace('--tls-cafile FILE', CA);
    const { written, error } = await runHere([...given.split(' '), '-Iu']);
    t.equal(error, undefined, how);
    t.equal(written.toString().trim().split('\n').length, 5, how);
    t.notMatch(words, /cret/, 'no password');
    child.kill();
    await outcome;
  }
});

t.test('options that do not go together', async (t) => {
  const rows: readonly (readonly [readonly string[], string])[] = [
    [['--login', 'me'], 'USAGE'],
    [['--login', ':x'], 'USAGE'],
    [[KEY], 'USAGE'],
    [[CA], 'USAGE'],
    [[CERTIFICATE, CA], 'USAGE'],
    [[CERTIFICATE, `--tls-keyfile=${tlsPath('none')}`], 'KEY'],
    [[CERTIFICATE, `--tls-keyfile=${CLIENT.keyfile}`], 'USAGE'],
  ];
  for (const [options, code] of rows) {
    const { error } = await runHere(['sandbox', '--port=0', ...options]);
    t.match(error, { code }, options.join(' '));
  }
});
