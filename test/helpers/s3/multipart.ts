/** The operations on uploads in parts. */
import { attributesOf } from './attributes.ts';
import { type Call, invalidArgument, numberOf, type Operation } from './call.ts';
import {
  ALGORITHMS,
  type Checksum,
  canBe,
  checksumElement,
  checksumHeader,
  checksumOf,
  compositeOf,
  defaultType,
  isAlgorithm,
} from './checksums.ts';
import { S3Failure } from './failure.ts';
import { spoil } from './faults.ts';
import { checkWritable } from './objects.ts';
import { givenChecksum } from './payload.ts';
import { etagOf, multipartEtag, type Part, type Upload } from './store.ts';
import { childText, type Element, parseXml, xmlDocument } from './xml.ts';

/** All but the last part are at least as long, in bytes. */
export const MIN_PART = 5 * 1024 * 1024;
export const MAX_PARTS = 10_000;

const invalid = (message: string): S3Failure => new S3Failure('InvalidRequest', message);

const checksumPlan = ({ headers, settings }: Call): Pick<Upload, 'algorithm' | 'type'> => {
  const algorithm = headers['x-amz-checksum-algorithm'];
  const type = headers['x-amz-checksum-type'];
  if (settings.checksums === 'ignored') return { algorithm: undefined, type: undefined };
  if (algorithm === undefined) {
    if (type === undefined) return { algorithm: undefined, type: undefined };
    throw invalid(
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    );
  }
  if (!isAlgorithm(algorithm)) {
    throw invalid(
      `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${ALGORITHMS.join(', ')}]`,
    );
  }
  const planned = type ?? defaultType(algorithm);
  if (planned !== 'COMPOSITE' && planned !== 'FULL_OBJECT') {
    throw invalid('Value for x-amz-checksum-type header is invalid.');
  }
  if (!canBe(algorithm, planned)) {
    throw invalid(
      `The ${planned} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { algorithm, type: planned };
};

export const createMultipartUpload: Operation = (call) => {
  const { store, bucket, key } = call;
  const plan = checksumPlan(call);
  const attributes = attributesOf(call);
  const { uploadId } = store.startUpload(bucket, { ...attributes, ...plan, key });
  return {
    status: 200,
    headers: {
      ...attributes.encryption,
      ...(plan.algorithm !== undefined && {
        'x-amz-checksum-algorithm': plan.algorithm,
        'x-amz-checksum-type': plan.type ?? '',
      }),
    },
    body: xmlDocument('InitiateMultipartUploadResult', {
      Bucket: bucket,
      Key: key,
      UploadId: uploadId,
    }),
  };
};

export const uploadPart: Operation = (call) => {
  const { store, bucket, key, query, body, checksum, fault, settings } = call;
  const upload = store.upload(bucket, key, query.get('uploadId') ?? '');
  const partNumber = numberOf(call, 'partNumber', { fallback: 0, least: 1, most: MAX_PARTS });
  const { algorithm, type } = upload;
  const mismatch =
    algorithm !== checksum?.algorithm && !(checksum === undefined && type === 'FULL_OBJECT');
  if (settings.checksums === 'kept' && mismatch) {
    const [expected, actual] = [algorithm, checksum?.algorithm].map(
      (name) => name?.toLowerCase() ?? 'null',
    );
    throw invalid(
      `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${actual}`,
    );
  }
  const bytes = spoil(body, fault);
  const etag = etagOf(bytes, upload);
  const value = algorithm && checksumOf(algorithm, bytes);
  upload.parts.set(partNumber, { partNumber, bytes, etag, checksum: value, modified: new Date() });
  return {
    status: 200,
    headers: {
      etag,
      ...upload.encryption,
      ...(algorithm && value && { [checksumHeader(algorithm)]: value }),
    },
  };
};

const bare = (etag: string): string => etag.replaceAll('"', '');

/** The parts that a CompleteMultipartUpload names, all of them found and right. */
const namedParts = (request: Element, { parts, algorithm, type }: Upload): Part[] => {
  const wanted = request.children.filter(({ name }) => name === 'Part');
  if (wanted.length === 0 || wanted.length > MAX_PARTS) {
    throw new S3Failure('MalformedXML', 'The XML you provided did not validate');
  }
  let last = 0;
  return wanted.map((element, index) => {
    const text = childText(element, 'PartNumber') ?? '';
    const partNumber = Number(text);
    if (!/^\d+$/.test(text) || partNumber < 1 || partNumber > MAX_PARTS) {
      throw invalidArgument('PartNumber must be >= 1 and <= 10000', 'PartNumber', text);
    }
    if (partNumber <= last) {
      throw new S3Failure(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. Parts must be ordered by part number.',
      );
    }
    last = partNumber;
    const part = parts.get(partNumber);
    const given = algorithm && childText(element, checksumElement(algorithm));
    if (given === undefined && algorithm !== undefined && type === 'COMPOSITE') {
      throw invalid(
        `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${partNumber} in the request.`,
      );
    }
    const isRight =
      part !== undefined &&
      bare(childText(element, 'ETag') ?? '') === bare(part.etag) &&
      (given === undefined || given === part.checksum);
    if (!isRight) {
      throw new S3Failure(
        'InvalidPart',
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        { PartNumber: partNumber },
      );
    }
    if (part.bytes.length < MIN_PART && index < wanted.length - 1) {
      throw new S3Failure(
        'EntityTooSmall',
        'Your proposed upload is smaller than the minimum allowed size',
        { ProposedSize: part.bytes.length, MinSizeAllowed: MIN_PART, PartNumber: partNumber },
      );
    }
    return part;
  });
};

/** The checksum of what the parts make together. */
const wholeChecksum = (bytes: Buffer, pieces: readonly Buffer[], upload: Upload): Checksum => {
  const { algorithm = 'CRC64NVME', type = 'FULL_OBJECT' } = upload;
  if (type === 'FULL_OBJECT') return { algorithm, type, value: checksumOf(algorithm, bytes) };
  const values = pieces.map((piece) => checksumOf(algorithm, piece));
  return { algorithm, type, value: compositeOf(algorithm, values) };
};

/** Compares what the client says of the whole with what it is. */
const checkWhole = ({ headers }: Call, size: number, whole: Checksum | undefined): void => {
  const givenSize = headers['x-amz-mp-object-size'];
  if (givenSize !== undefined && givenSize !== String(size)) {
    throw invalid(
      `The provided 'x-amz-mp-object-size' header value ${givenSize} does not match what was computed: ${size}`,
    );
  }
  if (whole === undefined) return;
  const type = headers['x-amz-checksum-type'];
  if (type !== undefined && type !== whole.type) {
    throw invalid(
      `The upload was created using the ${whole.type} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  const given = givenChecksum(headers);
  if (given === undefined) return;
  if (given.algorithm !== whole.algorithm) {
    throw invalid(
      `Checksum Type mismatch occurred, expected checksum Type: ${whole.algorithm.toLowerCase()}, actual checksum Type: ${given.algorithm.toLowerCase()}`,
    );
  }
  if (given.value !== whole.value && given.value !== whole.value.replace(/-\d+$/, '')) {
    throw new S3Failure(
      'BadDigest',
      `The ${given.algorithm} you specified did not match the calculated checksum.`,
    );
  }
};

export const completeMultipartUpload: Operation = (call) => {
  const { store, bucket, key, query, body, fault, settings } = call;
  const upload = store.upload(bucket, key, query.get('uploadId') ?? '');
  const parts = namedParts(parseXml(body, 'CompleteMultipartUpload'), upload);
  const sizes = parts.map((part) => part.bytes.length);
  const sent = Buffer.concat(parts.map((part) => part.bytes));
  const bytes = spoil(sent, fault);
  const isKept = settings.checksums === 'kept';
  const pieces = bytes === sent ? parts.map((part) => part.bytes) : cut(bytes, sizes);
  const checksum = isKept ? wholeChecksum(bytes, pieces, upload) : undefined;
  checkWhole(call, sent.length, bytes === sent ? checksum : undefined);
  checkWritable(call);
  const etag = multipartEtag(pieces.map((piece) => etagOf(piece, upload)));
  const { headers, storageClass, encryption } = upload;
  const { objects, uploads } = store.bucket(bucket);
  const attributes = { headers, storageClass, encryption };
  objects.set(key, { ...attributes, bytes, etag, checksum, modified: new Date(), parts: sizes });
  uploads.delete(upload.uploadId);
  return {
    status: 200,
    headers: encryption,
    body: xmlDocument('CompleteMultipartUploadResult', {
      Location: `/${bucket}/${key}`,
      Bucket: bucket,
      Key: key,
      ETag: etag,
      ...(checksum && {
        [checksumElement(checksum.algorithm)]: checksum.value,
        ChecksumType: checksum.type,
      }),
    }),
  };
};

/** Cuts bytes into parts as long as they were. */
const cut = (bytes: Buffer, sizes: readonly number[]): Buffer[] => {
  let at = 0;
  return sizes.map((size) => bytes.subarray(at, (at += size)));
};

export const abortMultipartUpload: Operation = ({ store, bucket, key, query }) => {
  const upload = store.upload(bucket, key, query.get('uploadId') ?? '');
  store.bucket(bucket).uploads.delete(upload.uploadId);
  return { status: 204 };
};
