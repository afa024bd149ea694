import t from 'tap';
import { parseAddresses } from '../../lib/wire/address.ts';
import { connectTo } from '../../lib/wire/connect.ts';
import { startTarget } from '../helpers/target.ts';

t.test('seeds are a text or addresses', async (t) => {
  const target = await startTarget();
  t.teardown(() => target.close());
  const text = target.seeds.join(',');
  for (const seeds of [text, parseAddresses(text)]) {
    const cluster = await connectTo({ seeds, infoTimeout: 5000, onNotice: () => {} });
    t.ok(cluster.namespaces.includes(target.namespace));
    cluster.close();
  }
});

t.test('a seed that does not answer', async (t) => {
  await t.rejects(connectTo({ seeds: '127.0.0.1:1' }), { code: 'CONNECT' });
  await t.rejects(connectTo({ seeds: '' }), { code: 'USAGE' });
});
