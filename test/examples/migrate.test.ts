import { join } from 'node:path';
import t from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { give, look, runScript } from '../helpers/examples.ts';

t.test('a namespace comes to another cluster, and is compared', async (t) => {
  const [from, to] = [await startSandbox({ records: 500 }), await startSandbox()];
  t.teardown(() => Promise.all([from.close(), to.close()]));
  const command = ['migrate.sh', from.seeds.join(), 'test', to.seeds.join(), 'copy'];

  const first = await runScript(command);
  t.equal(first.code, 0, first.stderr);
  t.match(first.stdout.toString(), 'hold the same');
  const withoutGeneration = (lines: Awaited<ReturnType<typeof look>>) =>
    lines.map(({ generation, ...line }) => line);
  t.strictSame(
    withoutGeneration(await look(to.seeds.join(), 'copy')),
    withoutGeneration(await look(from.seeds.join(), 'test')),
  );

  // One that stays there, because its generation is larger.
  const [line] = await look(to.seeds.join(), 'copy');
  if (line === undefined) throw new Error('no record');
  for (let left = 9; left > 0; left--) {
    await give(to.seeds.join(), 'copy', [{ ...line, bins: { changed: left } }]);
  }
  const second = await runScript(command);
  t.equal(second.code, 1);
  t.match(second.stderr, 'differ');
});

t.test('sums that could not be made are not the same', async (t) => {
  const sandbox = await startSandbox({ records: 10 });
  t.teardown(() => sandbox.close());
  const host = sandbox.seeds.join();
  const full = 'sort() { cat > /dev/null; echo "no space left" >&2; return 2; }';
  const BASH_ENV = join(t.testdir({ full }), 'full');
  const outcome = await runScript(['migrate.sh', host, 'test', host, 'copy'], {
    env: { BASH_ENV },
  });
  t.notOk(outcome.code === 0);
  t.match(outcome.stderr, 'no space left');
  t.notMatch(outcome.stdout.toString(), 'hold the same');
});

t.test('a source that is not there', async (t) => {
  const to = await startSandbox();
  t.teardown(() => to.close());
  const outcome = await runScript(['migrate.sh', '127.0.0.1:1', 'test', to.seeds.join(), 'copy']);
  t.notOk(outcome.code === 0);
  t.notMatch(outcome.stdout.toString(), 'hold the same');
});
