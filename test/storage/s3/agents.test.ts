import t from 'tap';
import { sharedAgents } from '../../../lib/storage/s3/agents.ts';
import { S3Connection } from '../../../lib/storage/s3/connection.ts';
import { listObjects } from '../../../lib/storage/s3/listing.ts';
import { all, BUCKET, ownServer } from '../../helpers/s3/connection.ts';
import { useEnvironment } from '../../helpers/s3/environment.ts';

t.test('one pair for all that go the same way', async (t) => {
  useEnvironment(t, { http_proxy: 'http://one.test:1' });
  const [plain, proxied] = [sharedAgents(false), sharedAgents(true)];
  t.equal(sharedAgents(false), plain);
  t.equal(sharedAgents(true), proxied);
  t.not(proxied, plain);
  process.env.http_proxy = 'http://other.test:2';
  t.equal(sharedAgents(false), plain, 'who asks for no proxy does not care');
  t.not(sharedAgents(true), proxied);
  process.env.http_proxy = 'http://one.test:1';
  t.equal(sharedAgents(true), proxied);
});

t.test('clients that come one after the other leave one connection', async (t) => {
  const { endpoint, port, credentials } = await ownServer(t);
  useEnvironment(t, {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
  const { freeSockets } = sharedAgents(false).httpAgent;
  const idle = () =>
    Object.entries(freeSockets).flatMap(([name, sockets = []]) =>
      name.includes(`:${port}:`) ? sockets : [],
    );
  for (let client = 0; client < 3; client++) {
    await all(listObjects(new S3Connection({ endpoint }), BUCKET, ''));
    t.equal(idle().length, 1);
  }
});
