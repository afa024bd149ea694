/** Buckets, and how tests come to a server. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import t, { type Test } from 'tap';
import { rawRequest } from '../helpers/s3/raw-request.ts';
import { startS3Server } from '../helpers/s3/server.ts';
import { ownS3Target, s3Target } from '../helpers/s3/target.ts';

t.test('buckets', async (t) => {
  const { client, bucket: Bucket, server } = await ownS3Target(t);
  t.match(await client.send(new HeadBucketCommand({ Bucket })), { BucketRegion: 'us-east-1' });
  const location = await client.send(new GetBucketLocationCommand({ Bucket }));
  t.notOk(location.LocationConstraint, 'the first region has no name');
  await t.rejects(client.send(new CreateBucketCommand({ Bucket })), {
    name: 'BucketAlreadyOwnedByYou',
  });
  for (const name of ['no', 'Upper-case', '-a-', '1.2.3.4', 'a..b', 'x'.repeat(64)]) {
    const { code } = await rawRequest(server, { method: 'PUT', url: `/${name}` });
    t.equal(code, 'InvalidBucketName', name);
  }
  await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
  await t.rejects(client.send(new DeleteBucketCommand({ Bucket })), { name: 'BucketNotEmpty' });
  const other = { Bucket: 'another.bucket' };
  await client.send(new CreateBucketCommand(other));
  await client.send(new DeleteBucketCommand(other));
  await t.rejects(client.send(new DeleteBucketCommand(other)), { name: 'NoSuchBucket' });
  await t.rejects(client.send(new HeadBucketCommand(other)), { name: 'NotFound' });
  await t.rejects(client.send(new GetBucketLocationCommand(other)), { name: 'NoSuchBucket' });
});

t.test('another region', async (t) => {
  const { client, bucket: Bucket, server } = await ownS3Target(t, { region: 'eu-west-1' });
  const location = await client.send(new GetBucketLocationCommand({ Bucket }));
  t.equal(location.LocationConstraint, 'eu-west-1');
  const bodies = [
    '',
    '<CreateBucketConfiguration/>',
    '<CreateBucketConfiguration><LocationConstraint>x</LocationConstraint></CreateBucketConfiguration>',
  ];
  for (const body of bodies) {
    const { code } = await rawRequest(server, { method: 'PUT', url: '/bucket', body });
    t.equal(code, 'IllegalLocationConstraintException', body);
  }
});

/** A test whose end can be brought about. */
const ending = () => {
  const ends: (() => unknown)[] = [];
  return {
    teardown: (end: () => unknown) => void ends.push(end),
    end: async () => {
      for (const end of ends) await end();
    },
  };
};

/** Sets variables of the environment until a test is over. */
const setEnv = (t: Test, values: Readonly<Record<string, string | undefined>>): void => {
  for (const [name, value] of Object.entries(values)) {
    const before = process.env[name];
    t.teardown(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
};

t.test('a server of the test, which ends with it', async (t) => {
  setEnv(t, { S3_TEST_ENDPOINT: undefined });
  const test = ending();
  const { server, endpoint, region, bucket, options, env } = await s3Target(test, { pageSize: 1 });
  t.strictSame(options, { endpoint, region });
  t.strictSame(server?.objects(bucket), []);
  t.match(env, { AWS_REGION: region, AWS_ACCESS_KEY_ID: server?.credentials.accessKeyId ?? '' });
  await test.end();
  await t.rejects(fetch(endpoint));
});

t.test('a server that is there already: what the test left behind is removed', async (t) => {
  const server = await startS3Server({ pageSize: 2, region: 'eu-west-1' });
  t.teardown(() => server.close());
  setEnv(t, {
    S3_TEST_ENDPOINT: server.endpoint,
    AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
    AWS_REGION: server.region,
  });
  const test = ending();
  const { bucket, client, ...target } = await s3Target(test);
  t.equal(target.endpoint, server.endpoint);
  t.equal(target.server, undefined);
  for (const key of ['a', 'b', 'c', 'd e/ü']) {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'x' }));
    server.startUpload(bucket, key);
  }
  await test.end();
  t.throws(() => server.objects(bucket), { code: 'NoSuchBucket' });
});

t.test('a server that is there already needs credentials', async (t) => {
  setEnv(t, { S3_TEST_ENDPOINT: 'http://127.0.0.1:1', AWS_ACCESS_KEY_ID: '' });
  await t.rejects(s3Target(t), /credentials/);
});
