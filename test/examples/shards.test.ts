/** Engines that run a shard in each process: what they are given makes one backup together. */
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { EXECUTABLE, type Outcome, outcomeOf } from '../helpers/asb.ts';
import { contentOf, differences } from '../helpers/backup-content.ts';
import { until } from '../helpers/fake-node.ts';

const SHARDS = fileURLToPath(new URL('../../examples/shards/', import.meta.url));
const STAND_IN = fileURLToPath(new URL('../helpers/parallel.ts', import.meta.url));

const sandbox = await startSandbox({ nodes: 2, records: 1000, protoSize: 4000 });
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
  await execute('asb', ['backup', '-h', host, '-n', 'test', '-d', directory]);
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
    const args = ['2', directory, '-h', host, '-n', 'test', '-z', 'zstd'];
    const outcome = await execute(join(SHARDS, 'parallel.sh'), args, {}, path);
    t.match(outcome, { code: 0, stderr: /^shard 2\t/m });
    await check(t, directory, 2);
    const wrong = await execute(join(SHARDS, 'parallel.sh'), [...args, '--nonsense'], {}, path);
    t.match(wrong, { code: 2 }, 'it tells how many failed');
  });
}

t.test('a shard that was cut off goes on', async (t) => {
  const directory = join(root, 'cut off');
  const names = ['.test-1-of-1_00000.asb.part', 'test-1-of-1_00000.asb'];
  const isBegun = () => names.some((name) => existsSync(join(directory, name)));
  let protos = 0;
  for (const { faults } of sandbox.nodes) {
    faults.slow(async () => {
      if (++protos > 10) await until(isBegun);
    });
  }
  sandbox.nodes[0]!.faults.cutScan({ afterRecords: 300, how: 'nonsense' });
  const args = ['1', directory, '-h', host, '-n', 'test'];
  const outcome = await execute(join(SHARDS, 'parallel.sh'), args, {}, ['stand-in']);
  for (const { faults } of sandbox.nodes) faults.clear();
  t.match(outcome, { code: 0, stderr: /went on behind/ });
  await check(t, directory, 1);
});

t.test('Slurm', async (t) => {
  const directory = join(root, 'slurm');
  const array = (id: number, count: number) => ({
    SLURM_ARRAY_TASK_ID: `${id}`,
    SLURM_ARRAY_TASK_MIN: '1',
    SLURM_ARRAY_TASK_MAX: `${count}`,
    SLURM_ARRAY_TASK_STEP: '1',
    SLURM_ARRAY_TASK_COUNT: `${count}`,
  });
  const args = [join(SHARDS, 'slurm.sh'), directory, '-h', host, '-n', 'test'];
  t.match(await execute('bash', args, array(1, 2)), { code: 0 });
  t.match(await execute('bash', args, array(1, 1)), { code: 1 }, 'an array for itself');
  const told = { ...array(1, 1), SHARD: '2/2' };
  t.match(await execute('bash', args, told), { code: 0 }, 'and told which it is');
  await check(t, directory, 2);
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
  // So many processes would show no more than two.
  const lines = block!.replaceAll(/^ {14}/gm, '').replace(`auto/${count}`, 'auto/2');
  const environment = { ASB_HOST: host, ASB_NAMESPACE: 'test', ASB_PLACE: directory };
  for (const name of Object.keys(environment)) t.match(job, `- name: ${name}\n`);
  for (const index of ['0', '1']) {
    const pod = { ...environment, JOB_COMPLETION_INDEX: index };
    t.match(await execute(shell!, ['-c', lines], pod), { code: 0 });
  }
  await check(t, directory, 2);
});

t.test('AWS Batch', async (t) => {
  const directory = join(root, 'batch');
  const log = join(root, 'aws.log');
  const args = ['2', directory, host, 'test'];
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
  t.match(await Promise.all(children), [{ code: 0 }, { code: 0 }]);
  await check(t, directory, 2);
});
