/**
 * The S3 server that a test runs against: the tests' own, or, with `S3_TEST_ENDPOINT` set, a real
 * one, path style, with `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` of the environment.
 */
import { randomBytes } from 'node:crypto';
import { devNull } from 'node:os';
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Test } from 'tap';
import { type Credentials, type S3Server, type S3ServerOptions, startS3Server } from './server.ts';

export interface S3Target {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** Made for this test, and empty. */
  readonly bucket: string;
  readonly client: S3Client;
  /** For `s3({…})` and the like. */
  readonly options: { readonly endpoint: string; readonly region: string };
  /** For processes: credentials, and nothing of this machine's configuration. */
  readonly env: Readonly<Record<string, string>>;
  /** Only if it is the tests' own. */
  readonly server?: S3Server;
}

const fromEnvironment = (
  endpoint: string,
): Omit<S3Target, 'bucket' | 'client' | 'options' | 'env'> => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
  if (!accessKeyId || !secretAccessKey) throw new Error('S3_TEST_ENDPOINT needs credentials');
  const region = process.env.AWS_REGION ?? 'us-east-1';
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
};

/** Starts or finds a server, with a bucket of the test's own; all is removed when it ends. */
export const s3Target = async (
  t: Pick<Test, 'teardown'>,
  options: S3ServerOptions = {},
): Promise<S3Target> => {
  const real = process.env.S3_TEST_ENDPOINT;
  const server = real ? undefined : await startS3Server(options);
  const { endpoint, region, credentials } = server ?? fromEnvironment(real ?? '');
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  const bucket = `asb-test-${process.pid}-${randomBytes(6).toString('hex')}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  t.teardown(async () => {
    if (server === undefined) await empty(client, bucket);
    client.destroy();
    await server?.close();
  });
  return {
    endpoint,
    region,
    credentials,
    bucket,
    client,
    options: { endpoint, region },
    env: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: region,
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    ...(server && { server }),
  };
};

/** Removes a bucket with all that is in it, on a server that others use as well. */
const empty = async (client: S3Client, bucket: string): Promise<void> => {
  const Bucket = bucket;
  for (;;) {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
    if (Uploads.length === 0) break;
    for (const { Key, UploadId } of Uploads) {
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    }
  }
  for (;;) {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
    if (Contents.length === 0) break;
    for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket, Key }));
  }
  await client.send(new DeleteBucketCommand({ Bucket }));
};
