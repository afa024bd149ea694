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

export interface OwnS3Target extends S3Target {
  readonly server: S3Server;
}

const fromEnvironment = (
  endpoint: string,
): Pick<S3Target, 'endpoint' | 'region' | 'credentials'> => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
  if (!accessKeyId || !secretAccessKey) throw new Error('S3_TEST_ENDPOINT needs credentials');
  const region = process.env.AWS_REGION ?? 'us-east-1';
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
};

/** A client, a bucket of the test's own, and what processes need. */
const prepare = async (
  t: Pick<Test, 'teardown'>,
  { endpoint, region, credentials }: Pick<S3Target, 'endpoint' | 'region' | 'credentials'>,
  leave: (client: S3Client, bucket: string) => Promise<void>,
): Promise<Omit<S3Target, 'server'>> => {
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  const bucket = `asb-test-${process.pid}-${randomBytes(6).toString('hex')}`;
  t.teardown(async () => {
    await leave(client, bucket);
    client.destroy();
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
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
  };
};

/** Starts the tests' own server, whatever the environment says: for faults and the like. */
export const ownS3Target = async (
  t: Pick<Test, 'teardown'>,
  options: S3ServerOptions = {},
): Promise<OwnS3Target> => {
  const server = await startS3Server(options);
  return { ...(await prepare(t, server, () => server.close())), server };
};

/**
 * Starts or finds a server, with a bucket of the test's own; all is removed when it ends.
 *
 * @param options for the tests' own server
 */
export const s3Target = async (
  t: Pick<Test, 'teardown'>,
  options: S3ServerOptions = {},
): Promise<S3Target> => {
  const endpoint = process.env.S3_TEST_ENDPOINT;
  return endpoint ? prepare(t, fromEnvironment(endpoint), empty) : ownS3Target(t, options);
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
