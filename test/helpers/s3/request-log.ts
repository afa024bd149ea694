/** What the server was asked. */
import type { IncomingHttpHeaders } from 'node:http';
import type { OperationName } from './operation.ts';

export interface RequestEntry {
  /** `undefined` if the request could not be made out. */
  readonly operation: OperationName | undefined;
  readonly bucket: string;
  readonly key: string;
  readonly partNumber?: number;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly requestId: string;
  /** Of its body, without framing; 0 until it is whole. */
  bytes: number;
  /** Of the answer; 0 if there is none, or none yet. */
  status: number;
}

/** In order of arrival. */
export class RequestLog extends Array<RequestEntry> {
  /** What is derived from it is a plain array. */
  static override get [Symbol.species]() {
    return Array;
  }

  count(operation: OperationName): number {
    return this.filter((entry) => entry.operation === operation).length;
  }
}
