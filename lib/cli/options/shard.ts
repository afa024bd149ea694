import type { Shard } from '../../jobs/shard.ts';
import { type Environment, shardOf } from '../../jobs/shard-engine.ts';
import type { Given } from '../given.ts';
import { text } from '../option.ts';

export const shard = text({
  name: 'shard',
  group: 'Output:',
  shown: 'I/N',
  describe:
    'Only the Ith of N shares of the partitions, as PREFIX-I-of-N_00000.asb; N such processes make one ' +
    'backup in one directory. auto: as Slurm or AWS Batch says; auto/N: as a Kubernetes Indexed Job',
  expected: 'I/N (1/4 to 4/4), auto, or auto/N',
  pattern: /^(?:\d+\/\d+|auto(?:\/\d+)?)$/,
});

/**
 * The shard that the command line asks for; `undefined` if none.
 *
 * @param environment where an engine says which one this is
 * @throws AsbError as {@link shardOf} does
 */
export const shardIn = (given: Given, environment: Environment): Shard | undefined => {
  const asked = given.value(shard);
  return asked === undefined ? undefined : shardOf(asked, environment);
};
