import { AsbError, toError } from '../errors.ts';
import { decodeProtoHeader, PROTO_HEADER_SIZE } from './proto.ts';
import type { Receiver } from './receiver.ts';

/** First bytes of an alert: what a port with TLS answers to bytes that are none. */
const TLS_ALERT = 0x15;
const TLS_MAJOR = 0x03;

/** Gathers exactly one proto: the answer to an info command, say. */
export class ReplyReceiver implements Receiver {
  readonly #type: number;
  #buffer = Buffer.allocUnsafe(4096);
  #length = 0;
  readonly #done: (body: Buffer) => void;
  readonly #fail: (error: Error) => void;
  readonly idle: () => void;

  /**
   * @param type of the proto
   * @param done gets the body
   * @param fail gets the reason if the connection ends or the header is none
   * @param idle called when nothing came for the idle time
   */
  constructor(
    type: number,
    done: (body: Buffer) => void,
    fail: (error: Error) => void,
    idle: () => void,
  ) {
    this.#type = type;
    this.#done = done;
    this.#fail = fail;
    this.idle = idle;
  }

  space(): Uint8Array {
    return this.#buffer.subarray(this.#length);
  }

  received(size: number): boolean {
    this.#length += size;
    try {
      this.#checkPlain();
      if (this.#length < PROTO_HEADER_SIZE) return true;
      const { type, size } = decodeProtoHeader(this.#buffer);
      if (type !== this.#type) {
        throw new AsbError('PROTOCOL', `the answer is a proto of type ${type}, not ${this.#type}`);
      }
      this.#take(PROTO_HEADER_SIZE + size);
      return true;
    } catch (error) {
      this.#fail(toError(error));
      return false;
    }
  }

  closed(error: AsbError): void {
    this.#fail(error);
  }

  #checkPlain(): void {
    if (this.#length < 2 || this.#buffer[0] !== TLS_ALERT || this.#buffer[1] !== TLS_MAJOR) return;
    throw new AsbError('NETWORK', 'it speaks TLS at this port; give --tls-enable', {
      expected: 'TLS',
    });
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
