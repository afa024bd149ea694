import t from 'tap';
import { AsbError } from '../../lib/errors.ts';
import { Cluster } from '../../lib/wire/cluster.ts';
import { lookAnew, retrying } from '../../lib/wire/retrying.ts';
import { startFakeNode } from '../helpers/fake-node.ts';

const lost = new AsbError('NETWORK', 'lost');
const QUICK = { sleepBetweenRetries: 1 };

/** A cluster of one node, and how often it was looked at. */
const withCluster = async (
  act: (cluster: Cluster, looks: () => number, kill: () => Promise<void>) => Promise<void>,
): Promise<void> => {
  const node = await startFakeNode();
  const cluster = await Cluster.connect({ seeds: [node] });
  const looks = () => node.asked.filter((command) => command === 'replicas').length;
  await act(cluster, looks, () => node.close());
  cluster.close();
  await node.close();
};

/** A task that fails so often, and how often it was done. */
const failing = (times: number, error: unknown) => {
  const task = async (): Promise<number> => {
    if (++task.done <= times) throw error;
    return task.done;
  };
  task.done = 0;
  return task;
};

for (const [what, error] of [
  ['NETWORK', lost],
  ['CONNECT', new AsbError('CONNECT', 'nobody')],
] as const) {
  t.test(`${what}: again, with a look at the cluster before`, (t) =>
    withCluster(async (cluster, looks) => {
      const before = looks();
      const notices: string[] = [];
      const options = { ...QUICK, onNotice: (notice: string) => notices.push(notice) };
      t.equal(await retrying(cluster, 'it', failing(2, error), options), 3);
      t.strictSame([looks() - before, notices.length], [2, 2]);
    }),
  );
}

t.test('retries run out', (t) =>
  withCluster(async (cluster) => {
    for (const maxRetries of [0, 3]) {
      const task = failing(100, lost);
      await t.rejects(retrying(cluster, 'it', task, { ...QUICK, maxRetries }), lost);
      t.equal(task.done, maxRetries + 1);
    }
    const task = failing(100, lost);
    await t.rejects(retrying(cluster, 'it', task, { sleepBetweenRetries: 0 }), lost);
    t.equal(task.done, 11, 'ten if nothing is said');
    t.equal(await retrying(cluster, 'it', failing(1, lost)), 2);
  }),
);

t.test('what no retry mends', (t) =>
  withCluster(async (cluster) => {
    const task = failing(1, new AsbError('SERVER', 'no'));
    await t.rejects(retrying(cluster, 'it', task, QUICK), { code: 'SERVER' });
    t.equal(task.done, 1);
  }),
);

t.test('a signal ends the wait, and the task is not tried again', (t) =>
  withCluster(async (cluster) => {
    for (const when of ['before', 'amid']) {
      const stop = new AbortController();
      const reason = new AsbError('ABORTED', 'enough');
      if (when === 'before') stop.abort(reason);
      const task = failing(9, lost);
      const options = {
        sleepBetweenRetries: 60_000,
        signal: stop.signal,
        onNotice: () => setImmediate(() => stop.abort(reason)),
      };
      await t.rejects(retrying(cluster, 'it', task, options), reason);
      t.equal(task.done, 1);
    }
    const stop = new AbortController();
    const options = { ...QUICK, signal: stop.signal };
    t.equal(await retrying(cluster, 'it', failing(1, lost), options), 2, 'one that does not abort');
  }),
);

t.test('a cluster that can’t be looked at', (t) =>
  withCluster(async (cluster, _looks, kill) => {
    await kill();
    await lookAnew(cluster);
    const task = failing(2, lost);
    t.equal(await retrying(cluster, 'it', task, QUICK), 3);
    cluster.close();
    await t.rejects(lookAnew(cluster), { code: 'ABORTED' });
    await t.rejects(retrying(cluster, 'it', failing(1, lost), QUICK), { code: 'ABORTED' });
  }),
);
