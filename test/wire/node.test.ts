import t from 'tap';
import { ClusterNode } from '../../lib/wire/node.ts';
import { startFakeNode, until } from '../helpers/fake-node.ts';

const ANSWERS: Readonly<Record<string, string | null>> = { bad: 'ERROR:4:no', left_out: null };
const TIMES = { connectTimeout: 5000, infoTimeout: 5000 };

t.test('its name, and what it is asked', async (t) => {
  const fake = await startFakeNode({
    info: (command) => ANSWERS[command],
  });
  const node = await ClusterNode.reach(fake, TIMES);
  t.equal(node.name, 'F1');
  t.equal(node.location, `127.0.0.1:${fake.port}`);
  const answers = await Promise.all([
    node.askOne('status'),
    node.ask(['node', 'status']).then((facts) => facts.get('node')),
    node.askOne('left_out'),
  ]);
  t.strictSame(answers, ['ok', 'F1', ''], 'questions wait for one another');
  await t.rejects(node.askOne('bad'), { code: 'SERVER', facts: { resultCode: 4 } });
  t.equal(await node.askOne('status'), 'ok', 'and a refusal does not harm the next');
  t.equal(fake.sockets.size, 1, 'all over one connection');
  node.close();
  await fake.close();
});

t.test('a node that can not be used', async (t) => {
  const rows: readonly [string, string, string | null, string][] = [
    ['not ready yet', 'partition-generation', '-1', 'NETWORK'],
    ['without a name', 'node', '', 'PROTOCOL'],
    ['that does not answer all', 'node', null, 'PROTOCOL'],
    ['that refuses', 'node', 'ERROR:80:not authenticated', 'SERVER'],
  ];
  for (const [what, command, value, code] of rows) {
    const fake = await startFakeNode({ info: (asked) => (asked === command ? value : undefined) });
    await t.rejects(ClusterNode.reach(fake, TIMES), { code }, what);
    await until(() => fake.sockets.size === 0);
    await fake.close();
  }
});

t.test('after its close nothing connects again', async (t) => {
  const fake = await startFakeNode({ answers: (commands) => commands[0] !== 'status' });
  const node = await ClusterNode.reach(fake, TIMES);
  const waiting = [node.ask(['status']), node.ask(['node'])].map((asking) =>
    t.rejects(asking, { code: 'NETWORK' }),
  );
  await until(() => fake.asked.includes('status'));
  node.close();
  await Promise.all(waiting);
  await until(() => fake.sockets.size === 0);
  await fake.close();
});

t.test('closed while it connects again', async (t) => {
  const fake = await startFakeNode({ answers: (commands) => commands[0] !== 'status' });
  const node = await ClusterNode.reach(fake, { ...TIMES, infoTimeout: 20 });
  await t.rejects(node.ask(['status']), { code: 'NETWORK' }, 'no answer in time');
  const asking = node.ask(['node']);
  await Promise.resolve();
  await Promise.resolve();
  node.close();
  await t.rejects(asking, { code: 'NETWORK' });
  await until(() => fake.sockets.size === 0);
  await fake.close();
});
