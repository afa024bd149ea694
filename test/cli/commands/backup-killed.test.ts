/** Backups that are killed by SIGKILL, in a directory and in one file, and continued. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { outcomeOf, run, start } from '../../helpers/asb.ts';
import { contentOf, differences } from '../../helpers/backup-content.ts';
import { until } from '../../helpers/fake-node.ts';
import { shapesIn } from '../../kill/trial.ts';

const sandbox = await startSandbox({ nodes: 2, records: 8000, protoSize: 32 * 1024 });
t.teardown(() => sandbox.close());
const backup = ['backup', '-h', sandbox.seeds.join(','), '-n', 'test'];

const root = t.testdir();
const undisturbed = join(root, 'undisturbed');
await run([...backup, '-d', undisturbed]);
const whole = await contentOf(undisturbed, {});

/** Whether something is safe already: a file, or a part of the one. */
const isSafe = (state: string): boolean => {
  if (!existsSync(state)) return false;
  const { files, part } = JSON.parse(readFileSync(state, 'utf8'));
  return files.length > 0 || part !== undefined;
};

// Those in which the first MiB is soon safe; `npm run kill` has all.
const shapes = shapesIn(join(root, 'places'), 'test', 'no key');
for (const shape of shapes.filter(({ name }) => ['plain', 'file'].includes(name))) {
  t.test(shape.name, async (t) => {
    let [protos, killed] = [0, false];
    const child = start([...backup, ...shape.args]);
    const outcome = outcomeOf(child);
    // Half of the protos, and then none until it is dead.
    for (const { faults } of sandbox.nodes) {
      faults.slow(async () => {
        if (++protos <= 80) return;
        await until(() => killed || isSafe(shape.state));
        child.kill('SIGKILL');
        killed = true;
        await outcome;
      });
    }
    t.match(await outcome, { signal: 'SIGKILL' });
    for (const { faults } of sandbox.nodes) faults.clear();
    t.ok(isSafe(shape.state));
    const again = await run([...backup, ...shape.args, '--continue', shape.state]);
    t.match(again, { code: 0, stderr: /went on behind/ });
    const found = await contentOf(shape.location, {});
    t.strictSame(differences(found, whole), []);
  });
}
