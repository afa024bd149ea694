import type { AsbError } from '../errors.ts';

/** Who takes the bytes that come in on a connection. */
export interface Receiver {
  /** Where the next bytes are to be put: at least one byte of room. */
  space(): Uint8Array;
  /** `size` bytes were put there. @returns false to stop reading until `resume` */
  received(size: number): boolean;
  /** Nothing came for the idle time, though reading was not stopped. */
  idle(): void;
  /** The connection is over: always called once, and last. */
  closed(error: AsbError): void;
}
