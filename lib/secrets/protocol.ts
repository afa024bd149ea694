/**
 * The protocol of Aerospike's Secret Agent, as asbackup's client and absctl's speak it: one request
 * and one reply on a connection, each a JSON object behind a header of two 32-bit numbers, high byte
 * first: the magic, and the bytes of the object.
 */
import { isUtf8 } from 'node:buffer';
import { AsbError } from '../errors.ts';
import type { SecretReference } from './reference.ts';

const MAGIC = 0x51dec1cc;
const HEADER_SIZE = 8;
/** Largest reply that is read, in bytes of JSON; asbackup reads 100 KiB. */
export const MAX_REPLY_SIZE = 1024 * 1024;
/** How much of an agent's error is told, in characters. */
const MAX_ERROR_LENGTH = 200;

/**
 * What the agent's texts are: base64 of the secret, as asbackup and the server have it, or the secret
 * as it is, absctl's default.
 */
export type SecretEncoding = 'base64' | 'plain';

/** The bytes that ask for a secret. */
export const encodeSecretRequest = ({ resource, key }: SecretReference): Buffer => {
  const object = Buffer.from(
    JSON.stringify({ ...(resource === undefined ? {} : { Resource: resource }), SecretKey: key }),
  );
  const header = Buffer.alloc(HEADER_SIZE);
  header.writeUInt32BE(MAGIC, 0);
  header.writeUInt32BE(object.length, 4);
  return Buffer.concat([header, object]);
};

/** Puts a reply together that comes in pieces, cut anywhere. */
export class SecretReplyReader {
  readonly #header = Buffer.alloc(HEADER_SIZE);
  #object: Buffer | undefined;
  /** Bytes that have come, of the header and then of the object. */
  #size = 0;

  /**
   * Takes the next bytes; what is behind the reply is dropped.
   *
   * @returns the agent's text for the secret; `undefined` if more is to come
   * @throws AsbError `PROTOCOL` if this is no reply of an agent, `LIMIT` if it is larger than
   *   {@link MAX_REPLY_SIZE}, `SERVER` if the agent says why it has no secret for us. No message
   *   shows any of the secret.
   */
  push(bytes: Uint8Array): string | undefined {
    const inHeader = this.#object === undefined ? this.#fill(this.#header, bytes) : 0;
    if (this.#object === undefined) {
      this.#checkMagic();
      if (this.#size < HEADER_SIZE) return undefined;
      this.#object = this.#room();
      this.#size = 0;
    }
    this.#fill(this.#object, bytes.subarray(inHeader));
    return this.#size < this.#object.length ? undefined : textOf(this.#object);
  }

  /** @returns how many of the bytes there was room for */
  #fill(room: Buffer, bytes: Uint8Array): number {
    const taken = bytes.subarray(0, room.length - this.#size);
    room.set(taken, this.#size);
    this.#size += taken.length;
    return taken.length;
  }

  /** At the first byte that differs: who speaks another protocol may wait for us to speak. */
  #checkMagic(): void {
    const magic = Buffer.alloc(4);
    magic.writeUInt32BE(MAGIC);
    const size = Math.min(this.#size, magic.length);
    if (this.#header.compare(magic, 0, size, 0, size) === 0) return;
    throw new AsbError(
      'PROTOCOL',
      'what answers there is no Secret Agent, or one that wants TLS (--sa-cafile)',
      { expected: `0x${MAGIC.toString(16)}` },
    );
  }

  #room(): Buffer {
    const size = this.#header.readUInt32BE(4);
    if (size <= MAX_REPLY_SIZE) return Buffer.alloc(size);
    throw new AsbError(
      'LIMIT',
      `the reply has ${size} bytes; at most ${MAX_REPLY_SIZE} are read of one`,
      { expected: `at most ${MAX_REPLY_SIZE} bytes` },
    );
  }
}

const textOf = (object: Buffer): string => {
  const { Error: error, SecretValue: text } = fieldsOf(object);
  if (typeof error === 'string' && error !== '') {
    throw new AsbError('SERVER', `the agent says: ${error.slice(0, MAX_ERROR_LENGTH)}`);
  }
  if (typeof text === 'string') return text;
  throw new AsbError('PROTOCOL', 'the reply has neither a secret nor an error', {
    expected: 'SecretValue',
  });
};

const fieldsOf = (object: Buffer): { readonly Error?: unknown; readonly SecretValue?: unknown } => {
  const expected = 'a JSON object';
  let read: unknown;
  try {
    read = JSON.parse(object.toString());
  } catch {
    // Without the cause: it quotes what it could not read, which may be a secret.
    throw new AsbError('PROTOCOL', 'the reply is no JSON', { expected });
  }
  if (typeof read === 'object' && read !== null) return read;
  throw new AsbError('PROTOCOL', 'the reply is no JSON object', { expected });
};

/**
 * The secret that a text of the agent stands for, without one newline at its end: `echo` and editors
 * leave one, which no password has.
 *
 * @throws AsbError `FORMAT` if it is not in base64 and should be, if it is empty, or no text in UTF-8;
 *   the message shows nothing of it
 */
export const decodeSecret = (text: string, encoding: SecretEncoding): string => {
  const bytes = encoding === 'base64' ? fromBase64(text) : Buffer.from(text);
  const secret = bytes.toString().replace(/\r?\n$/, '');
  if (secret === '') throw new AsbError('FORMAT', 'the secret is empty');
  if (isUtf8(bytes) && !bytes.includes(0)) return secret;
  throw new AsbError('FORMAT', 'the secret is no text', { expected: 'UTF-8' });
};

/** White space at the end is left out, as asbackup does. */
const fromBase64 = (text: string): Buffer => {
  const digits = text.trimEnd();
  if (digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits)) {
    return Buffer.from(digits, 'base64');
  }
  throw new AsbError(
    'FORMAT',
    'the secret is not in base64; if the agent has it as it is: --sa-plain',
    { expected: 'base64' },
  );
};
