/** One request and its answer over HTTP: reads the one, writes the other, fails where told to. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkHeaders } from './attributes.ts';
import { createBucket, deleteBucket, getBucketLocation, headBucket } from './buckets.ts';
import type { Answer, Operation, Settings } from './call.ts';
import { S3Failure } from './failure.ts';
import { type FaultKind, type FaultList, takeFault } from './faults.ts';
import { listMultipartUploads, listObjectsV2, listParts } from './lists.ts';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  uploadPart,
} from './multipart.ts';
import { deleteObject, deleteObjects, getObject, putObject, readObject } from './objects.ts';
import { type OperationName, type Target, targetOf } from './operation.ts';
import { readPayload } from './payload.ts';
import type { RequestEntry } from './request-log.ts';
import { authenticate, type Credentials } from './sigv4.ts';
import type { Store } from './store.ts';
import { xmlError } from './xml.ts';

const OPERATIONS: Readonly<Record<OperationName, Operation>> = {
  CreateBucket: createBucket,
  HeadBucket: headBucket,
  DeleteBucket: deleteBucket,
  GetBucketLocation: getBucketLocation,
  ListObjectsV2: listObjectsV2,
  ListMultipartUploads: listMultipartUploads,
  DeleteObjects: deleteObjects,
  PutObject: putObject,
  GetObject: readObject,
  HeadObject: getObject,
  DeleteObject: deleteObject,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
  ListParts: listParts,
};

/** What these operations say of a checksum is not of their body. */
const OF_THE_OBJECT: readonly OperationName[] = ['CompleteMultipartUpload'];
const WITH_LENGTH: readonly OperationName[] = ['PutObject', 'UploadPart'];

export interface Service {
  readonly store: Store;
  readonly settings: Settings;
  readonly credentials: Credentials;
  readonly faults: FaultList;
  readonly before: ((request: RequestEntry) => void | Promise<void>) | undefined;
}

type Headers = Readonly<Record<string, string | undefined>>;

const headersOf = (request: IncomingMessage): Headers =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]),
  );

const cutsBody = (kind: FaultKind | undefined): kind is { readonly resetBody: number } =>
  typeof kind === 'object' && 'resetBody' in kind;

/** The whole body; `undefined` if it ends before it is whole, or after `most` bytes. */
const readBody = async (request: IncomingMessage, most: number): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      length += chunk.length;
      if (length >= most) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined; // the client went away, and nothing is done
  }
  return length >= most ? undefined : Buffer.concat(chunks);
};

const failureAnswer = (failure: S3Failure, url: string, requestId: string): Answer => ({
  status: failure.status,
  body: xmlError({
    Code: failure.code,
    Message: failure.message,
    ...failure.details,
    Resource: url,
    RequestId: requestId,
  }),
});

const faultAnswer = (kind: FaultKind | undefined, requestId: string): Answer | undefined => {
  const error = (Code: string): string =>
    xmlError({ Code, Message: 'on demand', RequestId: requestId });
  if (kind === 'errorInBody') return { status: 200, body: error('InternalError') };
  if (typeof kind !== 'object' || !('status' in kind)) return undefined;
  return { status: kind.status, headers: kind.headers ?? {}, body: error(kind.code) };
};

/** Does what a request wants; every refusal is an S3Failure. */
const attempt = async (
  request: IncomingMessage,
  entry: RequestEntry,
  service: Service,
  { target, fault, raw }: { target: Target; fault: FaultKind | undefined; raw: Buffer },
): Promise<Answer | 'stall'> => {
  const { store, settings, credentials } = service;
  const headers = headersOf(request);
  const { method = '', url = '', rawHeaders } = request;
  const signable = { method, url, rawHeaders };
  const signed = authenticate(signable, credentials, settings.region, Date.now());
  checkHeaders(headers);
  const { operation } = target;
  const hasLength =
    (headers['content-length'] ?? headers['x-amz-decoded-content-length']) !== undefined;
  if (WITH_LENGTH.includes(operation) && !hasLength) {
    throw new S3Failure('MissingContentLength', 'You must provide the Content-Length header.');
  }
  const checked = settings.checksums === 'kept' && !OF_THE_OBJECT.includes(operation);
  const { bytes: body, checksum } = readPayload(raw, headers, { signed, checked });
  entry.bytes = body.length;
  await service.before?.(entry);
  if (fault === 'stall') return 'stall';
  // That one has errors of its own in its body.
  const isOwn = operation === 'DeleteObjects' && fault === 'errorInBody';
  const failed = isOwn ? undefined : faultAnswer(fault, entry.requestId);
  return (
    failed ?? OPERATIONS[operation]({ ...target, store, settings, headers, body, checksum, fault })
  );
};

const send = (
  response: ServerResponse,
  entry: RequestEntry,
  { status, headers = {}, body = '' }: Answer,
  most: number,
): void => {
  const isXml = typeof body === 'string' && body !== '';
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  entry.status = status;
  response.writeHead(status, {
    ...(status !== 204 && status !== 304 && { 'content-length': bytes.length }),
    ...(isXml && { 'content-type': 'application/xml' }),
    ...headers,
    'x-amz-request-id': entry.requestId,
  });
  if (entry.method === 'HEAD') response.end();
  else if (most >= bytes.length) response.end(bytes);
  else {
    response.flushHeaders();
    response.write(bytes.subarray(0, most));
    // Not reset, or what was sent might get lost as well.
    response.socket?.destroySoon();
  }
};

/** Takes a request from its head to its answer. */
export const exchange = async (
  request: IncomingMessage,
  response: ServerResponse,
  service: Service,
  log: (target: Partial<Target>) => RequestEntry,
): Promise<void> => {
  const { method = '', url = '' } = request;
  let target: Target;
  try {
    target = targetOf(method, url);
  } catch (error) {
    const entry = log({});
    await readBody(request, Number.POSITIVE_INFINITY);
    if (!(error instanceof S3Failure)) throw error;
    return send(response, entry, failureAnswer(error, url, entry.requestId), Infinity);
  }
  const entry = log(target);
  const fault = takeFault(service.faults, { ...entry, operation: target.operation });
  const limit = cutsBody(fault) ? fault.resetBody : Number.POSITIVE_INFINITY;
  const isRead = target.operation === 'GetObject';
  if (fault === 'reset') return reset(request);
  const raw = await readBody(request, isRead ? Number.POSITIVE_INFINITY : limit);
  if (raw === undefined || (cutsBody(fault) && !isRead)) return reset(request);
  let answer: Answer | 'stall';
  try {
    answer = await attempt(request, entry, service, { target, fault, raw });
  } catch (error) {
    if (!(error instanceof S3Failure)) throw error;
    answer = failureAnswer(error, url, entry.requestId);
  }
  if (answer === 'stall') return;
  if (fault === 'lostAnswer') return reset(request);
  send(response, entry, answer, limit);
};

const reset = (request: IncomingMessage): void => {
  request.socket.resetAndDestroy();
};
