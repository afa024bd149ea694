import { join } from 'node:path';
import t from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { run } from '../helpers/asb.ts';
import { give, linesOf, runProgram } from '../helpers/examples.ts';

const sandbox = await startSandbox();
t.teardown(() => sandbox.close());
const seeds = sandbox.seeds.join();
await give(seeds, 'test', [
  ...[1815, 1950, 2007].map((born) => ({ set: 'people', key: born, bins: { born } })),
  ...[2008, 2020].map((born) => ({ set: 'people', key: born, bins: { born } })),
  { set: 'people', key: 'unknown', bins: { name: 'x' } },
  { set: 'others', key: 'x', bins: { born: 1900 } },
  {
    index: {
      set: 'people',
      name: 'by_born',
      collection: 'default',
      type: 'numeric',
      bin: 'born',
    },
  },
]);

t.test('a backup of what passes the test', async (t) => {
  const directory = join(t.testdir({}), 'out');
  const outcome = await runProgram(['compose.js', seeds, 'test', 'people', directory]);
  t.equal(outcome.code, 0, outcome.stderr);
  t.match(outcome.stdout.toString(), /^3 of 6 records/);
  const cat = await run(['cat', directory]);
  const lines = linesOf((await run(['parse'], { input: cat.stdout })).stdout.toString());
  t.strictSame(lines.flatMap(({ key }) => key ?? []).sort(), [1815, 1950, 2007]);
  t.match(cat.stdout.toString(), /^\* i test people by_born /m);
});

t.test('a failure has its code', async (t) => {
  const outcome = await runProgram(['compose.js', '127.0.0.1:1', 'test', 'people', 'out']);
  t.equal(outcome.code, 1);
  t.match(outcome.stderr, /^CONNECT: /);
});

t.test('too few words', async (t) => {
  const outcome = await runProgram(['compose.js', seeds]);
  t.equal(outcome.code, 1);
  t.match(outcome.stderr, 'usage:');
});
