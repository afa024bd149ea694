/** The operations on buckets. */
import type { Operation } from './call.ts';
import { S3Failure } from './failure.ts';
import { childText, parseXml, xmlDocument } from './xml.ts';

/** Where a bucket is if nobody says; S3 has no name for it there. */
const FIRST_REGION = 'us-east-1';

export const createBucket: Operation = ({ store, bucket, body, settings }) => {
  const place =
    body.length === 0
      ? FIRST_REGION
      : (childText(parseXml(body, 'CreateBucketConfiguration'), 'LocationConstraint') ??
        FIRST_REGION);
  if (place !== settings.region) {
    throw new S3Failure(
      'IllegalLocationConstraintException',
      `The ${place} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  }
  store.createBucket(bucket);
  return { status: 200, headers: { location: `/${bucket}` } };
};

export const headBucket: Operation = ({ store, bucket, settings }) => {
  store.bucket(bucket);
  return { status: 200, headers: { 'x-amz-bucket-region': settings.region } };
};

export const deleteBucket: Operation = ({ store, bucket }) => {
  store.deleteBucket(bucket);
  return { status: 204 };
};

export const getBucketLocation: Operation = ({ store, bucket, settings }) => {
  store.bucket(bucket);
  const place = settings.region === FIRST_REGION ? '' : settings.region;
  return { status: 200, body: xmlDocument('LocationConstraint', place) };
};
