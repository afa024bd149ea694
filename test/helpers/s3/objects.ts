/** The operations on objects. */
import { attributesOf, checksumHeaders, objectHeaders } from './attributes.ts';
import type { Call, GivenChecksum, Operation } from './call.ts';
import { type Checksum, checksumOf } from './checksums.ts';
import { notImplemented, S3Failure } from './failure.ts';
import { spoil } from './faults.ts';
import { etagOf, type Store, type StoredObject } from './store.ts';
import { childText, parseXml, xmlDocument } from './xml.ts';

/** As many keys as one DeleteObjects may have. */
const MAX_DELETED = 1000;
const ARCHIVED = ['GLACIER', 'DEEP_ARCHIVE'];

const bare = (etag: string): string => etag.trim().replace(/^"(.*)"$/, '$1');
const isEtag = (condition: string, { etag }: StoredObject): boolean =>
  condition.trim() === '*' || bare(condition) === bare(etag);
const failed = (condition: string): S3Failure =>
  new S3Failure(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    {
      Condition: condition,
    },
  );

/**
 * Whether an object may be written: `If-None-Match: *`, `If-Match`.
 *
 * @throws S3Failure `PreconditionFailed`, `NoSuchKey`
 */
export const checkWritable = ({ store, bucket, key, headers }: Call): void => {
  const none = headers['if-none-match'];
  if (none !== undefined && none !== '*') throw notImplemented('If-None-Match');
  if (none === '*' && store.bucket(bucket).objects.has(key)) throw failed('If-None-Match');
  const match = headers['if-match'];
  if (match !== undefined && !isEtag(match, store.object(bucket, key))) throw failed('If-Match');
};

/** The checksum that rests with an object: the client's, or one of the server's own. */
const checksumFor = (
  bytes: Buffer,
  { checksum, settings, body }: Pick<Call, 'checksum' | 'settings' | 'body'>,
): Checksum | undefined => {
  if (settings.checksums === 'ignored') return undefined;
  const { algorithm }: Pick<GivenChecksum, 'algorithm'> = checksum ?? { algorithm: 'CRC64NVME' };
  const value =
    checksum !== undefined && bytes === body ? checksum.value : checksumOf(algorithm, bytes);
  return { algorithm, value, type: 'FULL_OBJECT' };
};

export const putObject: Operation = (call) => {
  const { objects } = call.store.bucket(call.bucket);
  checkWritable(call);
  const attributes = attributesOf(call);
  const bytes = spoil(call.body, call.fault);
  const checksum = checksumFor(bytes, call);
  const etag = etagOf(bytes, attributes);
  objects.set(call.key, { ...attributes, bytes, etag, checksum, modified: new Date(), parts: [] });
  return { status: 200, headers: { etag, ...checksumHeaders(checksum), ...attributes.encryption } };
};

/** The first and last byte of `bytes=a-b`; `undefined` if it is nothing S3 knows: the whole then. */
const rangeOf = (header: string | undefined, size: number): [number, number] | undefined => {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(size - Number(to), 0) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < start) return undefined;
  if (start >= size) {
    throw new S3Failure('InvalidRange', 'The requested range is not satisfiable', {
      RangeRequested: header ?? '',
      ActualObjectSize: size,
    });
  }
  return [start, end];
};

/** GetObject and HeadObject: the server sends no body to the latter. */
export const getObject: Operation = ({ store, bucket, key, headers, fault }) => {
  const object = store.object(bucket, key);
  const match = headers['if-match'];
  if (match !== undefined && !isEtag(match, object)) throw failed('If-Match');
  const none = headers['if-none-match'];
  if (none !== undefined && isEtag(none, object)) throw new S3Failure('NotModified', '');
  const size = object.bytes.length;
  const range = rangeOf(headers.range, size);
  const [start, end] = range ?? [0, size - 1];
  const body = spoil(object.bytes.subarray(start, end + 1), fault);
  // A checksum is of the whole.
  const isWhole = start === 0 && end === size - 1;
  const isAsked = headers['x-amz-checksum-mode'] === 'ENABLED';
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...objectHeaders(object),
      ...(isWhole && isAsked && checksumHeaders(object.checksum)),
      ...(range !== undefined && { 'content-range': `bytes ${start}-${end}/${size}` }),
      'content-length': body.length,
    },
    body,
  };
};

/** As HeadObject, but an archived object has no bytes to give. */
export const readObject: Operation = (call) => {
  const { storageClass } = call.store.object(call.bucket, call.key);
  if (ARCHIVED.includes(storageClass)) {
    throw new S3Failure(
      'InvalidObjectState',
      "The operation is not valid for the object's storage class",
      { StorageClass: storageClass },
    );
  }
  return getObject(call);
};

export const deleteObject: Operation = ({ store, bucket, key }) => {
  store.bucket(bucket).objects.delete(key);
  return { status: 204 };
};

export const deleteObjects: Operation = ({ store, bucket, body, headers, checksum, ...call }) => {
  const { objects } = store.bucket(bucket);
  const isChecked = headers['content-md5'] !== undefined || checksum !== undefined;
  if (!isChecked && call.settings.checksums === 'kept') {
    throw new S3Failure(
      'InvalidRequest',
      'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    );
  }
  const request = parseXml(body, 'Delete');
  const isQuiet = childText(request, 'Quiet') === 'true';
  const keys = request.children
    .filter(({ name }) => name === 'Object')
    .map((child) => childText(child, 'Key'));
  if (keys.length === 0 || keys.length > MAX_DELETED || keys.includes(undefined)) {
    throw new S3Failure('MalformedXML', 'The XML you provided did not validate');
  }
  if (call.fault === 'errorInBody') {
    const errors = keys.map((Key) => ({ Key, Code: 'InternalError', Message: 'on demand' }));
    return { status: 200, body: xmlDocument('DeleteResult', { Error: errors }) };
  }
  for (const key of keys) if (key !== undefined) objects.delete(key);
  const deleted = isQuiet ? [] : keys.map((Key) => ({ Key }));
  return { status: 200, body: xmlDocument('DeleteResult', { Deleted: deleted }) };
};

/** Puts an object without a request. */
export const seed = (
  store: Store,
  bucket: string,
  key: string,
  call: Pick<Call, 'settings' | 'body'>,
) => {
  const attributes = { headers: {}, storageClass: 'STANDARD', encryption: {} };
  store.bucket(bucket).objects.set(key, {
    ...attributes,
    bytes: call.body,
    etag: etagOf(call.body, attributes),
    checksum: checksumFor(call.body, { ...call, checksum: undefined }),
    modified: new Date(),
    parts: [],
  });
};
