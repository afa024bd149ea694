import t from 'tap';
import { AsbError } from '../../../lib/errors.ts';
import { Cluster } from '../../../lib/wire/cluster.ts';
import { InfoClient } from '../../../lib/wire/globals/info-client.ts';
import { type FakeNodeOptions, startFakeNode } from '../../helpers/fake-node.ts';

/** A client of one fake node, whose `build` is 7.0.0.1. */
const withNode = async (
  options: FakeNodeOptions,
  act: (client: InfoClient, stop: AbortController, asked: readonly string[]) => Promise<void>,
): Promise<void> => {
  const node = await startFakeNode({
    ...options,
    info: (command) => (command === 'build' ? '7.0.0.1' : options.info?.(command)),
  });
  const cluster = await Cluster.connect({ seeds: [node] });
  const stop = new AbortController();
  await act(new InfoClient(cluster, stop.signal), stop, node.asked);
  cluster.close();
  await node.close();
};

t.test('asks in the form for the build, which it asks for once', () =>
  withNode(
    { info: (command) => (command === 'x-7.0.0.1' ? 'yes' : undefined) },
    async (client, _stop, asked) => {
      t.match(await client.ask((build) => `x-${build}`), { value: 'yes', node: { name: 'F1' } });
      t.match(await client.ask(() => 'nothing'), { value: '' });
      t.equal(asked.filter((command) => command === 'build').length, 1);
    },
  ),
);

t.test('a node tells what it does not do', (t) =>
  withNode(
    { info: (command) => ({ good: 'OK', bad: 'ERROR:4:no', old: 'FAIL', silent: null })[command] },
    async (client) => {
      await client.tell('this', () => 'good');
      await t.rejects(
        client.tell('this', () => 'bad'),
        { code: 'SERVER', facts: { resultCode: 4 }, message: /refused this: ERROR:4:no/ },
      );
      for (const command of ['old', 'silent']) {
        await t.rejects(
          client.tell('this', () => command),
          { code: 'SERVER', facts: { resultCode: undefined } },
        );
      }
    },
  ),
);

t.test('a node that can not be asked', (t) =>
  withNode(
    { answers: ([command]) => (command === 'hang up' ? 'close' : true) },
    async (client, stop) => {
      await t.rejects(
        client.ask(() => 'hang up'),
        { code: 'NETWORK' },
      );
      const wrong = new TypeError('a mistake');
      await t.rejects(
        client.ask(() => {
          throw wrong;
        }),
        wrong,
      );
      stop.abort(new AsbError('ABORTED', 'enough'));
      await t.rejects(
        client.ask(() => 'x'),
        { code: 'ABORTED' },
      );
    },
  ),
);

t.test('a cluster without nodes', async (t) => {
  const node = await startFakeNode();
  const cluster = await Cluster.connect({ seeds: [node] });
  cluster.close();
  await node.close();
  const client = new InfoClient(cluster, new AbortController().signal);
  await t.rejects(
    client.ask(() => 'x'),
    { code: 'NETWORK' },
  );
  await t.rejects(
    client.tell('this', () => 'x'),
    { code: 'NETWORK' },
  );
});
