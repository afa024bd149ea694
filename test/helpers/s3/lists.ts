/** The operations that list, page by page. */
import { type Call, invalidArgument, numberOf, type Operation } from './call.ts';
import { checksumElement } from './checksums.ts';
import { uriEncode } from './sigv4.ts';
import { compareKeys } from './store.ts';
import { xmlDocument } from './xml.ts';

/** S3 takes larger numbers too, and answers with no more. */
const MOST_ASKED = 2 ** 31 - 1;

const limitOf = (call: Call, name: string): { asked: number; limit: number } => {
  const asked = numberOf(call, name, { fallback: 1000, most: MOST_ASKED });
  return { asked: Math.min(asked, 1000), limit: Math.min(asked, call.settings.pageSize) };
};

/** How keys are written: as they are, or percent-encoded with `+` for a space, as S3 does it. */
const encoderOf = ({ query }: Call): ((key: string) => string) => {
  const encoding = query.get('encoding-type');
  if (encoding === undefined) return (key) => key;
  if (encoding !== 'url') {
    throw invalidArgument(
      'Invalid Encoding Method specified in Request',
      'encoding-type',
      encoding,
    );
  }
  return (key) => uriEncode(Buffer.from(key), '/').replaceAll('%20', '+');
};

/** What comes after a token: a key, hidden, for nobody should make one. */
const tokenOf = (key: string): string => Buffer.from(key).toString('base64');
const keyOfToken = (token: string): string => {
  const bytes = Buffer.from(token, 'base64');
  if (token !== '' && bytes.toString('base64') === token) return bytes.toString();
  throw invalidArgument(
    'The continuation token provided is incorrect',
    'continuation-token',
    token,
  );
};

export const listObjectsV2: Operation = (call) => {
  const { store, bucket, query } = call;
  const { asked, limit } = limitOf(call, 'max-keys');
  if (query.get('list-type') !== '2') {
    throw invalidArgument('Invalid List Type', 'list-type', query.get('list-type') ?? '');
  }
  const encode = encoderOf(call);
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const [token, startAfter] = [query.get('continuation-token'), query.get('start-after')];
  const after = token === undefined ? startAfter : keyOfToken(token);

  const keys: string[] = [];
  const prefixes = new Set<string>();
  let last = '';
  let isTruncated = false;
  const listed = store
    .sortedKeys(bucket)
    .filter((key) => key.startsWith(prefix) && (!after || compareKeys(key, after) > 0));
  for (const key of listed) {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const group = end < 0 ? undefined : key.slice(0, end + delimiter.length);
    if (group === undefined || !prefixes.has(group)) {
      if (keys.length + prefixes.size === limit) {
        isTruncated = limit > 0;
        break;
      }
      if (group === undefined) keys.push(key);
      else prefixes.add(group);
    }
    last = key;
  }

  const contents = keys.map((key) => {
    const { bytes, etag, modified, storageClass, checksum } = store.object(bucket, key);
    return {
      Key: encode(key),
      LastModified: modified.toISOString(),
      ETag: etag,
      ...(checksum && { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
      Size: bytes.length,
      StorageClass: storageClass,
    };
  });
  return {
    status: 200,
    body: xmlDocument('ListBucketResult', {
      Name: bucket,
      Prefix: encode(prefix),
      Delimiter: delimiter === '' ? undefined : encode(delimiter),
      MaxKeys: asked,
      EncodingType: query.get('encoding-type'),
      KeyCount: keys.length + prefixes.size,
      IsTruncated: isTruncated,
      ContinuationToken: token,
      NextContinuationToken: isTruncated ? tokenOf(last) : undefined,
      StartAfter: startAfter === undefined ? undefined : encode(startAfter),
      Contents: contents,
      CommonPrefixes: [...prefixes].map((group) => ({ Prefix: encode(group) })),
    }),
  };
};

export const listMultipartUploads: Operation = (call) => {
  const { store, bucket, query } = call;
  const { asked, limit } = limitOf(call, 'max-uploads');
  const encode = encoderOf(call);
  const prefix = query.get('prefix') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  // Without a key it means nothing.
  const idMarker = keyMarker === '' ? '' : (query.get('upload-id-marker') ?? '');
  const uploads = [...store.bucket(bucket).uploads.values()]
    .filter(({ key, uploadId }) => {
      const order = compareKeys(key, keyMarker);
      const isAfter = order > 0 || (order === 0 && idMarker !== '' && uploadId > idMarker);
      return key.startsWith(prefix) && isAfter;
    })
    .sort((one, other) => compareKeys(one.key, other.key));
  const page = uploads.slice(0, limit);
  const isTruncated = limit > 0 && uploads.length > limit;
  const last = page.at(-1);
  return {
    status: 200,
    body: xmlDocument('ListMultipartUploadsResult', {
      Bucket: bucket,
      KeyMarker: encode(keyMarker),
      UploadIdMarker: idMarker,
      NextKeyMarker: isTruncated && last ? encode(last.key) : undefined,
      NextUploadIdMarker: isTruncated ? last?.uploadId : undefined,
      Prefix: encode(prefix),
      EncodingType: query.get('encoding-type'),
      MaxUploads: asked,
      IsTruncated: isTruncated,
      Upload: page.map(({ key, uploadId, initiated, storageClass, algorithm, type }) => ({
        Key: encode(key),
        UploadId: uploadId,
        StorageClass: storageClass,
        Initiated: initiated.toISOString(),
        ChecksumAlgorithm: algorithm,
        ChecksumType: type,
      })),
    }),
  };
};

export const listParts: Operation = (call) => {
  const { store, bucket, key, query } = call;
  const upload = store.upload(bucket, key, query.get('uploadId') ?? '');
  const { asked, limit } = limitOf(call, 'max-parts');
  const marker = numberOf(call, 'part-number-marker', { fallback: 0, most: MOST_ASKED });
  const parts = [...upload.parts.values()]
    .filter(({ partNumber }) => partNumber > marker)
    .sort((one, other) => one.partNumber - other.partNumber);
  const page = parts.slice(0, limit);
  const isTruncated = limit > 0 && parts.length > limit;
  const { algorithm } = upload;
  return {
    status: 200,
    body: xmlDocument('ListPartsResult', {
      Bucket: bucket,
      Key: key,
      UploadId: upload.uploadId,
      StorageClass: upload.storageClass,
      PartNumberMarker: marker,
      NextPartNumberMarker: isTruncated ? page.at(-1)?.partNumber : undefined,
      MaxParts: asked,
      IsTruncated: isTruncated,
      ChecksumAlgorithm: algorithm,
      ChecksumType: upload.type,
      Part: page.map(({ partNumber, bytes, etag, modified, checksum }) => ({
        PartNumber: partNumber,
        LastModified: modified.toISOString(),
        ETag: etag,
        Size: bytes.length,
        ...(algorithm && { [checksumElement(algorithm)]: checksum }),
      })),
    }),
  };
};
