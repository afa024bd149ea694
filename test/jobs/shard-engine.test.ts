import t from 'tap';
import { type Environment, shardOf } from '../../lib/jobs/shard-engine.ts';

/** A task of `sbatch --array=…`, as Slurm sets its variables. */
const slurm = (id: number, ids: readonly number[], step = 1): Environment => ({
  SLURM_ARRAY_JOB_ID: '4711',
  SLURM_ARRAY_TASK_ID: `${id}`,
  SLURM_ARRAY_TASK_MIN: `${Math.min(...ids)}`,
  SLURM_ARRAY_TASK_MAX: `${Math.max(...ids)}`,
  SLURM_ARRAY_TASK_STEP: `${step}`,
  SLURM_ARRAY_TASK_COUNT: `${ids.length}`,
});
const batch = (index: string, size: string): Environment => ({
  AWS_BATCH_JOB_ARRAY_INDEX: index,
  AWS_BATCH_JOB_ARRAY_SIZE: size,
});
const kubernetes = (index: string): Environment => ({ JOB_COMPLETION_INDEX: index });

t.test('which shard this is', async (t) => {
  const rows: readonly (readonly [string, Environment, number, number])[] = [
    ['2/4', {}, 2, 4],
    ['1/1', {}, 1, 1],
    ['4096/4096', {}, 4096, 4096],
    ['02/04', {}, 2, 4],
    ['2/4', kubernetes('0'), 2, 4],
    ['auto', slurm(1, [1, 2, 3, 4]), 1, 4],
    ['auto', slurm(4, [1, 2, 3, 4]), 4, 4],
    ['auto', slurm(0, [0, 1, 2, 3]), 1, 4],
    ['auto', slurm(20, [0, 10, 20, 30], 10), 3, 4],
    ['auto', slurm(7, [7]), 1, 1],
    ['auto/4', slurm(103, [101, 102, 103, 104]), 3, 4],
    ['auto', batch('0', '4'), 1, 4],
    ['auto', batch('3', '4'), 4, 4],
    ['auto/4', batch('3', '4'), 4, 4],
    ['auto/4', kubernetes('0'), 1, 4],
    ['auto/4', kubernetes('3'), 4, 4],
    ['auto', { ...batch('1', '2'), ...slurm(1, [1]), SLURM_ARRAY_TASK_ID: '' }, 2, 2],
  ];
  for (const [text, environment, index, count] of rows) {
    t.strictSame(shardOf(text, environment), { index, count }, `${text} of ${index}/${count}`);
  }
});

t.test('what no shard can be known from; variables are named', async (t) => {
  const [id, min] = ['SLURM_ARRAY_TASK_ID', 'SLURM_ARRAY_TASK_MIN'];
  const [index, size] = ['AWS_BATCH_JOB_ARRAY_INDEX', 'AWS_BATCH_JOB_ARRAY_SIZE'];
  const completion = 'JOB_COMPLETION_INDEX';
  const rows: readonly (readonly [string, Environment, 'USAGE' | 'RANGE', readonly string[]])[] = [
    ['', {}, 'USAGE', []],
    ['2', {}, 'USAGE', []],
    ['2/', {}, 'USAGE', []],
    ['x/4', {}, 'USAGE', []],
    ['auto/x', {}, 'USAGE', []],
    ['auto/4/4', {}, 'USAGE', []],
    ['-1/4', {}, 'USAGE', []],
    ['0/4', {}, 'RANGE', []],
    ['5/4', {}, 'RANGE', []],
    ['1/4097', {}, 'RANGE', []],
    ['auto', {}, 'USAGE', [id, index, completion]],
    ['auto', kubernetes(''), 'USAGE', [id, index, completion]],
    ['auto', kubernetes('2'), 'USAGE', [completion]],
    ['auto/4', kubernetes('4'), 'USAGE', [completion]],
    ['auto/4', kubernetes('-1'), 'USAGE', [completion]],
    ['auto/4', kubernetes('1.5'), 'USAGE', [completion]],
    ['auto/0', kubernetes('0'), 'USAGE', [completion]],
    ['auto/5000', kubernetes('0'), 'RANGE', []],
    ['auto', { ...batch('1', '2'), ...kubernetes('1') }, 'USAGE', [index, completion]],
    ['auto/2', { ...slurm(1, [1, 2]), ...kubernetes('1') }, 'USAGE', [id, completion]],
    ['auto', { [index]: '1' }, 'USAGE', [size]],
    ['auto', batch('4', '4'), 'USAGE', [index]],
    ['auto/5', batch('1', '4'), 'USAGE', []],
    ['auto/4', slurm(3, [3]), 'USAGE', []],
    ['auto', { [id]: '1' }, 'USAGE', [min]],
    ['auto', slurm(1, [1, 2, 7]), 'USAGE', [id]],
    ['auto', slurm(7, [1, 4, 7], 2), 'USAGE', [id]],
    ['auto', slurm(2, [1, 3, 5], 2), 'USAGE', [id]],
    ['auto', slurm(1, [1], 0), 'USAGE', [id]],
    ['auto', slurm(9, [1, 2]), 'USAGE', [id]],
    ['auto', slurm(1, [2, 3]), 'USAGE', [id]],
  ];
  for (const [text, environment, code, names] of rows) {
    const message = new RegExp(names.join('.*'));
    t.throws(() => shardOf(text, environment), { code, message }, `${text} ${names.join()}`);
  }
});
