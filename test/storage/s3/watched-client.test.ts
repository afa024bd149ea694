import { HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import t from 'tap';
import { bodyOf, watchedClient } from '../../../lib/storage/s3/watched-client.ts';

t.test('every command is seen, and everything else is the client', async (t) => {
  const client = new S3Client({ region: 'us-east-1' });
  t.teardown(() => client.destroy());
  const seen: string[] = [];
  const watched = watchedClient(client, async (command) => {
    seen.push(command.constructor.name);
    throw new Error('stopped here');
  });
  await t.rejects(watched.send(new HeadBucketCommand({ Bucket: 'bucket' })), /stopped here/);
  t.strictSame(seen, ['HeadBucketCommand']);
  t.equal(watched.config, client.config);
});

t.test('the body of a request', async (t) => {
  const Body = Buffer.from('bytes');
  t.equal(bodyOf(new PutObjectCommand({ Bucket: 'bucket', Key: 'key', Body })), Body);
  t.equal(bodyOf(new HeadBucketCommand({ Bucket: 'bucket' })).length, 0);
  t.equal(bodyOf(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'text' })).length, 0);
});
