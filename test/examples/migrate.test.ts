import { join } from 'node:path';
import t from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { give, look, runScript } from '../helpers/examples.ts';
import { differences, scanFacts } from '../helpers/facts.ts';

t.test('a namespace comes to another cluster, and is compared', async (t) => {
  const [from, to] = [await startSandbox({ records: 500 }), await startSandbox()];
  t.teardown(() => Promise.all([from.close(), to.close()]));
  const command = ['migrate.sh', from.seeds.join(), 'test', to.seeds.join(), 'copy'];

  const first = await runScript(command);
  t.equal(first.code, 0, first.stderr);
  t.match(first.stdout.toString(), 'hold the same');
  const [source, copy] = await Promise.all([
    scanFacts(from.seeds.join(), 'test'),
    scanFacts(to.seeds.join(), 'copy'),
  ]);
  t.equal(copy.size, 500);
  t.strictSame(differences(source, copy), []);

  // One that stays there, because its generation is larger.
  const [line] = await look(to.seeds.join(), 'copy');
  if (line === undefined) throw new Error('no record');
  for (let left = 9; left > 0; left--) {
    await give(to.seeds.join(), 'copy', [{ ...line, bins: { changed: left } }]);
  }
  const second = await runScript(command);
  t.equal(second.code, 1);
  t.match(second.stdout.toString(), /^~ .*\n.*\bchanged\b/m);
  t.notMatch(second.stdout.toString(), 'hold the same');
});

t.test('a comparison that cannot be made is not the same', async (t) => {
  const sandbox = await startSandbox({ records: 10 });
  t.teardown(() => sandbox.close());
  const host = sandbox.seeds.join();
  const failing =
    'asb() { [ "$1 $3" = "scan $FAILING" ] && set -- "$1" -h 127.0.0.1:1; command asb "$@"; }';
  const BASH_ENV = join(t.testdir({ failing }), 'failing');
  // Named by another seed, only what the comparison reads there fails.
  const outcome = await runScript(['migrate.sh', host, 'test', `${host},127.0.0.1:1`, 'copy'], {
    env: { BASH_ENV, FAILING: `${host},127.0.0.1:1` },
  });
  t.notOk(outcome.code === 0);
  t.match(outcome.stderr, /^loaded 10 records/m);
  t.match(outcome.stderr, /^asb diff: /m);
  t.notMatch(outcome.stdout.toString(), 'hold the same');
});

t.test('a source that is not there', async (t) => {
  const to = await startSandbox();
  t.teardown(() => to.close());
  const outcome = await runScript(['migrate.sh', '127.0.0.1:1', 'test', to.seeds.join(), 'copy']);
  t.notOk(outcome.code === 0);
  t.notMatch(outcome.stdout.toString(), 'hold the same');
});
