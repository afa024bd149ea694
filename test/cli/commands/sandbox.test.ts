import { once } from 'node:events';
import t from 'tap';
import { outcomeOf, run, start } from '../../helpers/asb.ts';

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
