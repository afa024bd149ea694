import { AsbError, toError } from '../errors.ts';
import { decodeProtoHeader, PROTO_HEADER_SIZE } from './proto.ts';
import type { Receiver } from './receiver.ts';

/** Gathers exactly one proto: the answer to an info command, say. */
export class ReplyReceiver implements Receiver {
  #buffer = Buffer.allocUnsafe(4096);
  #length = 0;
  readonly #done: (body: Buffer) => void;
  readonly #fail: (error: Error) => void;
  readonly idle: () => void;

  /**
   * @param done gets the body
   * @param fail gets the reason if the connection ends or the header is none
   * @param idle called when nothing came for the idle time
   */
  constructor(done: (body: Buffer) => void, fail: (error: Error) => void, idle: () => void) {
    this.#done = done;
    this.#fail = fail;
    this.idle = idle;
  }

  space(): Uint8Array {
    return this.#buffer.subarray(this.#length);
  }

  received(size: number): boolean {
    this.#length += size;
    if (this.#length < PROTO_HEADER_SIZE) return true;
    try {
      this.#take(PROTO_HEADER_SIZE + decodeProtoHeader(this.#buffer).size);
      return true;
    } catch (error) {
      this.#fail(toError(error));
      return false;
    }
  }

  closed(error: AsbError): void {
    this.#fail(error);
  }

  #take(whole: number): void {
    if (this.#length > whole) {
      throw new AsbError('PROTOCOL', `${this.#length - whole} bytes after the answer`);
    }
    if (this.#length === whole) {
      this.#done(this.#buffer.subarray(PROTO_HEADER_SIZE, whole));
    } else if (whole > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(whole);
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
  }
}
