/** Engines that run a shard in each process: what they are given makes one backup together. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { EXECUTABLE, type Outcome, outcomeOf } from '../helpers/asb.ts';
import { contentOf, differences } from '../helpers/backup-content.ts';

const SHARDS = fileURLToPath(new URL('../../examples/shards/', import.meta.url));
const STAND_IN = fileURLToPath(new URL('../helpers/parallel.ts', import.meta.url));

const sandbox = await startSandbox({ nodes: 2, records: 1000 });
t.teardown(() => sandbox.close());
const host = sandbox.seeds[0]!;
const root = t.testdir({});

/** A command for the path. */
const command = (directory: string, name: string, text: string): void => {
  mkdirSync(join(root, directory), { recursive: true });
  writeFileSync(join(root, directory, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(root, directory, name), 0o700);
};
command('bin', 'asb', `exec ${process.execPath} ${EXECUTABLE} "$@"`);
command('stand-in', 'parallel', `exec ${process.execPath} ${STAND_IN} "$@"`);
command('aws', 'aws', 'printf "%s\\n" "$@" "" >> "$AWS_LOG"');

type Environment = Readonly<Record<string, string>>;

/** Runs a command where `asb`, and what is in `directories`, is in the path. */
const execute = (
  name: string,
  args: readonly string[],
  environment: Environment = {},
  directories: readonly string[] = [],
): Promise<Outcome> => {
  const path = [...directories, 'bin'].map((directory) => join(root, directory));
  const PATH = [...path, process.env.PATH].join(delimiter);
  return outcomeOf(
    spawn(name, args, { stdio: 'pipe', env: { ...process.env, ...environment, PATH } }),
  );
};

const whole = await (async () => {
  const directory = join(root, 'whole');
  t.match(await execute('asb', ['backup', '-h', host, '-n', 'test', '-d', directory]), { code: 0 });
  return contentOf(directory, {});
})();

/** All shards are there, and together they are the whole backup. */
const check = async (t: Test, directory: string, count: number): Promise<void> => {
  t.strictSame(differences(await contentOf(directory, {}), whole), []);
  const manifests = readdirSync(directory).filter((name) => name.endsWith('.manifest.json'));
  t.equal(manifests.length, count);
};

/** The stand-in, and the real one where it is there. */
const PARALLELS: Readonly<Record<string, readonly string[]>> = {
  'a stand-in for parallel': ['stand-in'],
  ...(spawnSync('parallel', ['--version']).status === 0 ? { 'GNU parallel': [] } : {}),
};

for (const [name, path] of Object.entries(PARALLELS)) {
  t.test(name, async (t) => {
    const directory = join(root, `${name}'s $place`);
    const args = ['4', directory, '-h', host, '-n', 'test', '-z', 'zstd'];
    const outcome = await execute(join(SHARDS, 'parallel.sh'), args, {}, path);
    t.match(outcome, { code: 0, stderr: /^shard 3\t/m });
    await check(t, directory, 4);
    const again = await execute(join(SHARDS, 'parallel.sh'), args, {}, path);
    t.match(again, { code: 4 }, 'it tells how many failed');
    await check(t, directory, 4);
  });
}

t.test('a shard that was cut off goes on', async (t) => {
  const directory = join(root, 'cut off');
  const args = ['2', directory, '-h', host, '-n', 'test', '--max-retries', '0'];
  // Once for one of the two.
  sandbox.nodes[0]!.faults.cutScan({ afterRecords: 100, how: 'nonsense' });
  const outcome = await execute(join(SHARDS, 'parallel.sh'), args, {}, ['stand-in']);
  t.match(outcome, { code: 0, stderr: /went on behind/ });
  await check(t, directory, 2);
});

t.test('Slurm', async (t) => {
  const directory = join(root, 'slurm');
  const script = readFileSync(join(SHARDS, 'slurm.sh'), 'utf8');
  const [, first, last] = /^#SBATCH --array=(\d+)-(\d+)$/m.exec(script) ?? [];
  const ids = Array.from(
    { length: Number(last) - Number(first) + 1 },
    (_, at) => at + Number(first),
  );
  const environment = {
    SLURM_ARRAY_TASK_MIN: `${first}`,
    SLURM_ARRAY_TASK_MAX: `${last}`,
    SLURM_ARRAY_TASK_STEP: '1',
    SLURM_ARRAY_TASK_COUNT: `${ids.length}`,
  };
  const task = (id: number, more: Environment = {}) =>
    execute('bash', [join(SHARDS, 'slurm.sh'), directory, '-h', host, '-n', 'test'], {
      ...environment,
      SLURM_ARRAY_TASK_ID: `${id}`,
      ...more,
    });
  // Two at once; and one by hand, which has an array for itself.
  for (const id of ids.slice(0, -2)) t.match(await task(id), { code: 0 });
  const alone = { SLURM_ARRAY_TASK_MAX: `${first}`, SLURM_ARRAY_TASK_COUNT: '1' };
  const rest = await Promise.all([
    task(ids.at(-2)!),
    task(Number(first), { ...alone, SHARD: `${ids.length}/${ids.length}` }),
  ]);
  t.match(rest, [{ code: 0 }, { code: 0 }]);
  await check(t, directory, ids.length);
  t.match(await task(Number(first), alone), { code: 1 }, 'an array for itself, and not told which');
});

t.test('Kubernetes', async (t) => {
  const directory = join(root, 'kubernetes');
  const job = readFileSync(join(SHARDS, 'kubernetes.yaml'), 'utf8');
  const [, count] = /^ {2}completions: (\d+)$/m.exec(job) ?? [];
  t.match(job, /^ {2}completionMode: Indexed$/m);
  t.match(job, `--shard auto/${count} `, 'the same number twice');
  const [, shell] = /^ {10}command: \[(\/bin\/sh), -c\]$/m.exec(job) ?? [];
  const [, block] = /^ {10}args:\n {12}- \|\n((?: {14}.*\n)+)/m.exec(job) ?? [];
  t.ok(shell !== undefined && block !== undefined && !job.includes('\t'));
  const environment = { ASB_HOST: host, ASB_NAMESPACE: 'test', ASB_PLACE: directory };
  for (const name of Object.keys(environment)) t.match(job, `- name: ${name}\n`);
  for (let index = 0; index < Number(count); index++) {
    const pod = { ...environment, JOB_COMPLETION_INDEX: `${index}` };
    t.match(await execute(shell!, ['-c', block!.replaceAll(/^ {14}/gm, '')], pod), { code: 0 });
  }
  await check(t, directory, Number(count));
});

t.test('AWS Batch', async (t) => {
  const directory = join(root, 'batch');
  const log = join(root, 'aws.log');
  const args = ['3', directory, host, 'test'];
  const submitted = await execute(join(SHARDS, 'aws-batch.sh'), args, { AWS_LOG: log }, ['aws']);
  t.match(submitted, { code: 0 });
  const [register, submit] = readFileSync(log, 'utf8').split('\n\n');
  const [, definition] = /\nfile:\/\/(.*)$/.exec(register!) ?? [];
  const { jobDefinitionName, containerProperties } = JSON.parse(readFileSync(definition!, 'utf8'));
  t.match(submit, `\n--job-definition\n${jobDefinitionName}\n`);
  const [, size] = /\nsize=(\d+)\n/.exec(submit!) ?? [];
  const [, list] = /\n--parameters\n(.*)$/.exec(submit!) ?? [];
  const parameters = new Map(list!.split(',').map((pair) => pair.split('=') as [string, string]));
  const words: string[] = containerProperties.command;
  const [name, ...more] = words.map((word) =>
    word.startsWith('Ref::') ? parameters.get(word.slice(5))! : word,
  );
  const children = Array.from({ length: Number(size) }, (_, index) =>
    execute(name!, more, {
      AWS_BATCH_JOB_ARRAY_INDEX: `${index}`,
      AWS_BATCH_JOB_ARRAY_SIZE: `${size}`,
    }),
  );
  t.match(await Promise.all(children), [{ code: 0 }, { code: 0 }, { code: 0 }]);
  await check(t, directory, 3);
});
