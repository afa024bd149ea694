/** What requests say of objects in headers, and how answers say it again. */
import type { Call } from './call.ts';
import { type Checksum, checksumHeader } from './checksums.ts';
import { notImplemented, S3Failure } from './failure.ts';
import type { Attributes, StoredObject } from './store.ts';

const KEPT = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];
const META = 'x-amz-meta-';
const STORAGE_CLASS = 'x-amz-storage-class';
const ENCRYPTION = 'x-amz-server-side-encryption';
const KMS_KEY = `${ENCRYPTION}-aws-kms-key-id`;
const DEFAULT_KMS_KEY = 'arn:aws:kms:region:000000000000:key/default';

/** Of all that begin with `x-amz-`: whatever else comes is refused, not ignored. */
const KNOWN =
  /^x-amz-(?:checksum-(?:crc32c?|crc64nvme|sha1|sha256|mode|algorithm|type)|content-sha256|date|decoded-content-length|meta-.+|mp-object-size|sdk-checksum-algorithm|server-side-encryption(?:-aws-kms-key-id)?|storage-class|trailer|user-agent)$/;
const UNKNOWN_CONDITIONS = ['if-modified-since', 'if-unmodified-since', 'if-range'];

const STORAGE_CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
];
const ALGORITHMS = ['AES256', 'aws:kms', 'aws:kms:dsse'];

/** @throws S3Failure `NotImplemented` if a header asks for what this server does not do */
export const checkHeaders = (headers: Call['headers']): void => {
  const unknown = Object.keys(headers).find(
    (name) => (name.startsWith('x-amz-') && !KNOWN.test(name)) || UNKNOWN_CONDITIONS.includes(name),
  );
  if (unknown !== undefined) throw notImplemented(unknown);
};

const encryptionOf = ({ headers, settings }: Call): Record<string, string> => {
  const algorithm = headers[ENCRYPTION];
  const key = headers[KMS_KEY];
  const isKms = algorithm?.startsWith('aws:kms') ?? false;
  if (algorithm !== undefined && !ALGORITHMS.includes(algorithm)) {
    throw new S3Failure('InvalidArgument', 'The encryption method specified is not supported');
  }
  if (key !== undefined && !isKms) {
    throw new S3Failure(
      'InvalidArgument',
      `Server Side Encryption with AWS KMS managed key requires HTTP header ${ENCRYPTION} : aws:kms`,
    );
  }
  if (algorithm === undefined || !settings.encryption) return {};
  return { [ENCRYPTION]: algorithm, ...(isKms && { [KMS_KEY]: key ?? DEFAULT_KMS_KEY }) };
};

/** @throws S3Failure `InvalidStorageClass`, `InvalidArgument` */
export const attributesOf = (call: Call): Attributes => {
  const storageClass = call.headers[STORAGE_CLASS] ?? 'STANDARD';
  if (!STORAGE_CLASSES.includes(storageClass)) {
    throw new S3Failure('InvalidStorageClass', 'The storage class you specified is not valid');
  }
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const [name, value = ''] of Object.entries(call.headers)) {
    if (name === 'content-encoding') {
      const codings = value.split(',').map((coding) => coding.trim());
      const kept = codings.filter((coding) => coding !== '' && coding !== 'aws-chunked');
      if (kept.length > 0) headers[name] = kept.join(',');
    } else if (KEPT.includes(name) || name.startsWith(META)) headers[name] = value;
  }
  return { headers, storageClass, encryption: encryptionOf(call) };
};

/** Headers that give a checksum; none if there is none. */
export const checksumHeaders = (checksum: Checksum | undefined): Record<string, string> =>
  checksum === undefined
    ? {}
    : {
        [checksumHeader(checksum.algorithm)]: checksum.value,
        'x-amz-checksum-type': checksum.type,
      };

/** Headers of HeadObject and GetObject; without those of the bytes. */
export const objectHeaders = (object: StoredObject): Record<string, string> => ({
  ...object.headers,
  ...object.encryption,
  ...(object.storageClass !== 'STANDARD' && { [STORAGE_CLASS]: object.storageClass }),
  etag: object.etag,
  'last-modified': object.modified.toUTCString(),
  'accept-ranges': 'bytes',
});
