import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { backup } from '../../../lib/jobs/backup.ts';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { outcomeOf, run, start } from '../../helpers/asb.ts';
import { differences, scanFacts } from '../../helpers/facts.ts';
import { until } from '../../helpers/fake-node.ts';

const RECORDS = 1200;
const SIGNALS = ['SIGKILL', 'SIGTERM', 'SIGINT'] as const;

const sandbox = await startSandbox({ records: RECORDS });
const seeds = sandbox.seeds.join();
const before = await scanFacts(seeds, 'test');
const OUT = join(t.testdir(), 'out');
await backup({ seeds, namespace: 'test', directory: OUT, fileLimit: 130_000 }).done;
const FILES = readdirSync(OUT).filter((name) => name.endsWith('.asb'));
t.teardown(() => sandbox.close());

/** Names of the files that a state says are done. */
const doneIn = (state: string): string[] =>
  existsSync(state)
    ? JSON.parse(readFileSync(state, 'utf8')).files.map(({ name }: { name: string }) => name)
    : [];

t.test('killed at every file, and gone on with', async (t) => {
  const target = await startSandbox();
  const to = target.seeds.join();
  const [node] = target.nodes;
  const state = join(t.testdir(), 'one.state');
  const args = ['restore', '-h', to, '-n', 'test,copy', '-d', OUT];
  t.ok(FILES.length > 3, `${FILES.length} files`);
  for (const [killed, name] of FILES.entries()) {
    const signal = SIGNALS[killed % SIGNALS.length]!;
    // A file of so few records is one request: this many are answered, and those after them not.
    let answers = 1;
    let held = 0;
    node!.faults.slowWrites(async () => {
      if (answers-- > 0) return;
      held++;
      await new Promise(() => {});
    });
    const isLast = killed === FILES.length - 1;
    const how = killed === 0 ? ['--state-file-dst', state] : ['-c', state];
    const child = start([...args, ...how]);
    const outcome = outcomeOf(child);
    if (isLast) {
      t.match(await outcome, {
        code: 0,
        stderr: new RegExp(`^note: went on behind ${killed} files with [\\d,]+ records`, 'm'),
      });
      break;
    }
    // The next file is written, and not acknowledged; this one is done, and the state knows it.
    await until(() => held > 0 && doneIn(state).length === killed + 1);
    child.kill(signal);
    const { code, stderr } = await outcome;
    if (signal !== 'SIGKILL') t.match(stderr, `go on with --continue ${state}`, `${code}`);
    t.strictSame(doneIn(state), FILES.slice(0, killed + 1), `${signal} behind ${name}`);
  }
  node!.faults.clear();
  t.notOk(existsSync(state), 'nobody has to go on');
  t.strictSame(differences(before, await scanFacts(to, 'copy')), [], 'nothing is lost');
  t.match(await run([...args, '-c', state]), { code: 1, stderr: /there is no state of a restore/ });
  await target.close();
});

t.test('killed at any moment, with several files at once, in one thread or two', async (t) => {
  const target = await startSandbox({ nodes: 2 });
  const to = target.seeds.join();
  const place = t.testdir({ states: {} });
  const state = join(place, 'states/copy.restore.state');
  const args = ['restore', '-h', to, '-n', 'test,copy', '-d', OUT, '-t', '3', '--batch-size', '20'];
  let writes = 0;
  for (const node of target.nodes) {
    node.faults.slowWrites(async () => {
      writes++;
    });
  }
  let options = ['--state-file-dst', join(place, 'states')];
  for (let kills = 0; kills < 3; kills++) {
    const begin = writes;
    const child = start([...args, ...options, '--workers', kills % 2 === 0 ? '2' : '0']);
    const exit = once(child, 'exit');
    const over = outcomeOf(child);
    await Promise.race([until(() => writes >= begin + 7), exit]);
    child.kill('SIGKILL');
    await over;
    if (!existsSync(state)) break;
    options = ['-c', join(place, 'states')];
  }
  t.strictSame(options, ['-c', join(place, 'states')], 'it was killed at least once');
  if (existsSync(state)) t.match(await run([...args, ...options]), { code: 0 });
  t.strictSame(differences(before, await scanFacts(to, 'copy')), []);
  t.notOk(existsSync(state));
  await target.close();
});
