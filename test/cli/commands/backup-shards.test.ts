/** Shards as processes: one is killed and goes on, and `asb verify` says what is still missing. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { outcomeOf, run, start } from '../../helpers/asb.ts';
import { contentOf, differences } from '../../helpers/backup-content.ts';
import { until } from '../../helpers/fake-node.ts';

const RECORDS = 8000;
const sandbox = await startSandbox({ nodes: 2, records: RECORDS, protoSize: 32 * 1024 });
t.teardown(() => sandbox.close());
const root = t.testdir({});
const backup = ['backup', '-h', sandbox.seeds.join(','), '-n', 'test', '-F', '1'];

await run([...backup, '-d', join(root, 'whole')]);
const whole = await contentOf(join(root, 'whole'), {});

t.test('a shard that is killed goes on beside the others', async (t) => {
  const directory = join(root, 'killed');
  const state = join(directory, 'test-1-of-2.asb.state');
  const isSafe = (): boolean =>
    existsSync(state) && JSON.parse(readFileSync(state, 'utf8')).files.length > 0;
  const first = [...backup, '-d', directory, '--shard', '1/2'];
  let [protos, killed] = [0, false];
  const child = start(first);
  const outcome = outcomeOf(child);
  // Most of its protos, and then none until it is dead.
  for (const { faults } of sandbox.nodes) {
    faults.slow(async () => {
      if (++protos <= 45) return;
      await until(() => killed || isSafe());
      child.kill('SIGKILL');
      killed = true;
      await outcome;
    });
  }
  t.match(await outcome, { signal: 'SIGKILL' });
  for (const { faults } of sandbox.nodes) faults.clear();
  const left = readdirSync(directory);

  t.match(await run([...backup, '-d', directory, '--shard', '2/2']), { code: 0 });
  t.ok(
    left.every((name) => existsSync(join(directory, name))),
    'nothing of the first is touched',
  );
  t.match(await run(['verify', directory]), { code: 1, stderr: /--shard 1\/2/ });
  t.match(await run([...first, '--continue', directory]), { code: 0, stderr: /went on behind/ });
  const { stdout, code } = await run(['verify', directory, '--json']);
  const report = JSON.parse(stdout.toString());
  t.match([code, report.records, report.failures], [0, RECORDS, []]);
  t.match(report.places[0].manifests, [
    { shard: { index: 1, count: 2 }, complete: true, begun: /^2/ },
    { shard: { index: 2, count: 2 }, complete: true, begun: /^2/ },
  ]);
  t.strictSame(differences(await contentOf(directory, {}), whole), []);
});

t.test('only what one shard left is removed', async (t) => {
  const directory = join(root, 'removed');
  const namespace = ['-n', 'test', '-d', directory];
  for (const shard of ['1/2', '2/2']) {
    t.match(await run([...backup, '-d', directory, '--shard', shard, '-R']), { code: 0 });
  }
  const remove = ['backup', ...namespace, '--remove-artifacts', '--shard', '2/2'];
  t.match(await run(remove), { code: 0 });
  t.strictSame(readdirSync(directory), ['test-1-of-2.manifest.json', 'test-1-of-2_00000.asb']);
  t.match(await run(['verify', directory]), { code: 1, stderr: /shard 2 of 2 is missing/ });
});

t.test('an engine says which shard it is', async (t) => {
  const directory = join(root, 'engine');
  const args = [...backup, '-d', directory, '-R', '--shard'];
  const env = { JOB_COMPLETION_INDEX: '1' };
  t.match(await run([...args, 'auto/2'], { env }), { code: 0 });
  t.strictSame(readdirSync(directory), ['test-2-of-2.manifest.json', 'test-2-of-2_00000.asb']);
  t.match(await run([...args, 'auto'], { env }), { code: 2, stderr: /JOB_COMPLETION_INDEX/ });
});

t.test('shards are in a directory', async (t) => {
  const outcome = await run([...backup, '-o', join(root, 'one.asb'), '--shard', '1/2']);
  t.match(outcome, { code: 2, stderr: /--directory/ });
});
