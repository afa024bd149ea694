import t from 'tap';
import { filesUnder, notFound } from '../../../lib/storage/s3/files-under.ts';
import { BUCKET, connect, ownServer } from '../../helpers/s3/connection.ts';

t.test('the files of a backup right under a prefix', async (t) => {
  const server = await ownServer(t, { pageSize: 2 });
  const connection = connect(server);
  const under = (prefix: string) => filesUnder(connection, BUCKET, prefix, 'here');
  for (const [key, code] of [
    ['other', 'NOT_FOUND'],
    ['b/', 'EMPTY'],
    ['b/notes.txt', 'EMPTY'],
    ['b/deeper/a.asb', 'EMPTY'],
    ['b/.hidden.asb', 'EMPTY'],
    ['b/test.asb.state', 'EMPTY'],
    ['b/test.manifest.json', 'EMPTY'],
  ] as const) {
    server.put(BUCKET, key, '');
    await t.rejects(under('b/'), { code, facts: { file: 'here' } }, key);
  }
  await t.rejects(under(''), { code: 'EMPTY' });
  for (const name of ['t_100000.asb', 't_99999.asb']) server.put(BUCKET, `b/${name}`, 'text');
  t.match(await under('b/'), [
    { name: 't_99999.asb', location: `s3://${BUCKET}/b/t_99999.asb`, size: 4 },
    { name: 't_100000.asb' },
  ]);
});

t.test('an empty bucket is there', async (t) => {
  const connection = connect(await ownServer(t));
  await t.rejects(filesUnder(connection, BUCKET, '', 'here'), { code: 'EMPTY' });
  t.match(notFound('there'), { code: 'NOT_FOUND', facts: { file: 'there' } });
});
