/** Failures on demand: what a test wants to go wrong, once or often, for which request. */
import type { OperationName } from './operation.ts';

/**
 * - `{ status, code }`: an error is answered, and nothing done
 * - `reset`: the socket is reset before the body is read
 * - `{ resetBody: bytes }`: the socket is closed after so many bytes of the response's body
 *   (GetObject), or reset after so many of the request's (others); these are not done
 * - `lostAnswer`: the operation is done, then the socket reset without an answer
 * - `errorInBody`: 200 and an `<Error>`, nothing done; of DeleteObjects: each key has an error
 * - `stall`: no answer until the server is closed, and nothing done
 * - `corrupt`: a byte in the middle is another, of what is sent (GetObject) or stored
 * - `shortBody`: the second half is missing of what is sent (GetObject, with a Content-Length to
 *   match) or stored
 */
export type FaultKind =
  | { readonly status: number; readonly code: string; readonly headers?: Record<string, string> }
  | { readonly resetBody: number }
  | 'reset'
  | 'lostAnswer'
  | 'errorInBody'
  | 'stall'
  | 'corrupt'
  | 'shortBody';

export interface Fault {
  /** Which operation; any if left out. */
  readonly operation?: OperationName;
  readonly bucket?: string;
  readonly key?: RegExp;
  readonly partNumber?: number;
  /** For how many requests yet. Default: 1. At 0 the fault leaves the list. */
  times?: number;
  readonly kind: FaultKind;
}

/** In order: the first that fits a request is its fault. */
export type FaultList = Fault[];

export interface Faulty {
  readonly operation: OperationName;
  readonly bucket: string;
  readonly key: string;
  readonly partNumber?: number;
}

/** Takes the fault of a request from the list. */
export const takeFault = (faults: FaultList, request: Faulty): FaultKind | undefined => {
  const index = faults.findIndex(
    ({ operation, bucket, key, partNumber }) =>
      (operation ?? request.operation) === request.operation &&
      (bucket ?? request.bucket) === request.bucket &&
      (key?.test(request.key) ?? true) &&
      (partNumber ?? request.partNumber) === request.partNumber,
  );
  const fault = faults[index];
  if (fault === undefined) return undefined;
  fault.times = (fault.times ?? 1) - 1;
  if (fault.times <= 0) faults.splice(index, 1);
  return fault.kind;
};

/** What arrives or rests of bytes under a fault. */
export const spoil = (bytes: Buffer, kind: FaultKind | undefined): Buffer => {
  const middle = Math.floor(bytes.length / 2);
  if (kind === 'shortBody') return bytes.subarray(0, middle);
  if (kind !== 'corrupt' || bytes.length === 0) return bytes;
  const spoiled = Buffer.from(bytes);
  spoiled.writeUInt8(spoiled.readUInt8(middle) ^ 1, middle);
  return spoiled;
};
