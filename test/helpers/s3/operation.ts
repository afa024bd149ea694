/** Which operation a request is, by its method, its path and its query. */
import { notImplemented, S3Failure } from './failure.ts';
import { splitUrl } from './sigv4.ts';

/** An operation's method, level, and parameters: those that tell it apart, and others it takes. */
interface Shape {
  readonly method: string;
  readonly level: 'bucket' | 'object';
  readonly needs: readonly string[];
  readonly takes: readonly string[];
}

const shape = (
  method: string,
  level: 'bucket' | 'object',
  needs: readonly string[] = [],
  takes: readonly string[] = [],
): Shape => ({ method, level, needs, takes });

const SHAPES = {
  CreateBucket: shape('PUT', 'bucket'),
  HeadBucket: shape('HEAD', 'bucket'),
  DeleteBucket: shape('DELETE', 'bucket'),
  GetBucketLocation: shape('GET', 'bucket', ['location']),
  ListObjectsV2: shape(
    'GET',
    'bucket',
    ['list-type'],
    ['prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after', 'encoding-type'],
  ),
  ListMultipartUploads: shape(
    'GET',
    'bucket',
    ['uploads'],
    ['prefix', 'max-uploads', 'key-marker', 'upload-id-marker', 'encoding-type'],
  ),
  DeleteObjects: shape('POST', 'bucket', ['delete']),
  PutObject: shape('PUT', 'object'),
  GetObject: shape('GET', 'object'),
  HeadObject: shape('HEAD', 'object'),
  DeleteObject: shape('DELETE', 'object'),
  CreateMultipartUpload: shape('POST', 'object', ['uploads']),
  UploadPart: shape('PUT', 'object', ['partNumber', 'uploadId']),
  CompleteMultipartUpload: shape('POST', 'object', ['uploadId']),
  AbortMultipartUpload: shape('DELETE', 'object', ['uploadId']),
  ListParts: shape('GET', 'object', ['uploadId'], ['max-parts', 'part-number-marker']),
} as const satisfies Readonly<Record<string, Shape>>;

export type OperationName = keyof typeof SHAPES;

/** A request's place and purpose. */
export interface Target {
  readonly operation: OperationName;
  readonly bucket: string;
  /** Empty if it is of a bucket. */
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
}

const isOperation = (name: string): name is OperationName => Object.hasOwn(SHAPES, name);

/** What the SDK adds, and S3 does not look at. */
const IGNORED = 'x-id';
const MAX_KEY_BYTES = 1024;

const utf8 = (bytes: Buffer): string => {
  const text = bytes.toString();
  if (Buffer.from(text).equals(bytes)) return text;
  throw new S3Failure('InvalidURI', "Couldn't parse the specified URI.");
};

/**
 * Reads a request's first line.
 *
 * @throws S3Failure `InvalidURI`, `KeyTooLongError`; `NotImplemented` if there is a parameter of
 *   which this server knows nothing
 */
export const targetOf = (method: string, url: string): Target => {
  const { path, query: pairs } = splitUrl(url);
  const [, bucket = '', ...rest] = utf8(path).split('/');
  const key = rest.join('/');
  const level = key === '' ? 'bucket' : 'object';
  const query = new Map(pairs.map(([name, value]) => [utf8(name), utf8(value)]));
  query.delete(IGNORED);
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new S3Failure('KeyTooLongError', 'Your key is too long', {
      Size: Buffer.byteLength(key),
      MaxSizeAllowed: MAX_KEY_BYTES,
    });
  }
  const names = [...query.keys()];
  const found = Object.entries(SHAPES).find(
    ([, shape]: readonly [string, Shape]) =>
      shape.method === method &&
      shape.level === level &&
      shape.needs.every((name) => query.has(name)) &&
      names.every((name) => shape.needs.includes(name) || shape.takes.includes(name)),
  );
  if (bucket === '' || found === undefined || !isOperation(found[0])) {
    throw notImplemented(`${method} of ${level} with ${names.join(', ')}`);
  }
  return { operation: found[0], bucket, key, query };
};
