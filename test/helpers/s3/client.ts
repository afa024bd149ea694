import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { Test } from 'tap';
import type { S3Server } from './server.ts';

/** A client of a test's own server, as `s3({ client })` takes one; failures are tried twice. */
export const clientOf = (
  t: Pick<Test, 'teardown'>,
  server: S3Server,
  config: S3ClientConfig = {},
): S3Client => {
  const { endpoint, region, credentials } = server;
  const client = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    maxAttempts: 2,
    ...config,
  });
  t.teardown(() => client.destroy());
  return client;
};
