/**
 * The framing of encrypted files, as asbackup has it: the counter's first value, encrypted as a
 * block by itself (16 bytes), then the bytes XORed with AES of the counter, from the next value on.
 * So a file is AES-CTR of 16 zeros and the bytes, with that first value as its IV.
 *
 * Nothing in it tells a wrong key, or bytes that were changed. What is decrypted is known to be
 * right only when its reader has accepted it.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AsbError } from '../errors.ts';
import { CipherOutput } from './cipher-output.ts';
import type { Encryption, EncryptionMode } from './key.ts';

/** Bytes that stand before the encrypted ones. */
export const COUNTER_SIZE = 16;

const ZEROS = Buffer.alloc(COUNTER_SIZE);
const NO_BYTES = Buffer.alloc(0);

/** As Node names the ciphers. */
const CIPHERS = {
  aes128: { counter: 'aes-128-ctr', block: 'aes-128-ecb' },
  aes256: { counter: 'aes-256-ctr', block: 'aes-256-ecb' },
} as const satisfies Record<EncryptionMode, unknown>;

/** A cipher that has encrypted the counter already, and what that gave. */
const counterMode = ({ mode, key }: Encryption, counter: Uint8Array) => {
  const cipher = createCipheriv(CIPHERS[mode].counter, key.forMode(mode), counter);
  return { head: cipher.update(ZEROS), output: new CipherOutput(cipher) };
};

/** The counter's first value, of which a stream holds only what it encrypts to. */
const counterOf = ({ mode, key }: Encryption, head: Uint8Array): Buffer => {
  const block = createDecipheriv(CIPHERS[mode].block, key.forMode(mode), null);
  block.setAutoPadding(false);
  return block.update(head.subarray(0, COUNTER_SIZE));
};

/** The value that the counter has after some blocks: a number of 128 bits, which begins anew at 0. */
const counterAfter = (counter: Buffer, blocks: number): Buffer => {
  const value = BigInt.asUintN(128, BigInt(`0x${counter.toString('hex')}`) + BigInt(blocks));
  return Buffer.from(value.toString(16).padStart(2 * COUNTER_SIZE, '0'), 'hex');
};

/** A stream that was begun and cut off. */
export interface BegunStream {
  /** Its first `COUNTER_SIZE` bytes, or more. */
  readonly head: Uint8Array;
  /** Bytes that it has, with those that stand before the encrypted ones. */
  readonly bytes: number;
}

/** A cipher that stands where such a stream ends. */
const goOn = (encryption: Encryption, { head, bytes }: BegunStream): CipherOutput => {
  const { mode, key } = encryption;
  const inBlock = bytes % COUNTER_SIZE;
  const counter = counterAfter(counterOf(encryption, head), (bytes - inBlock) / COUNTER_SIZE);
  const cipher = createCipheriv(CIPHERS[mode].counter, key.forMode(mode), counter);
  cipher.update(ZEROS.subarray(0, inBlock));
  return new CipherOutput(cipher);
};

/** Encrypts a stream of bytes, cut anywhere, with a random counter of its own. */
export class Encryptor {
  readonly #output: CipherOutput;
  /** What is to be given out before anything else. */
  #head: Buffer;

  /** @param begun a stream to go on with, with the mode and key that it has; a new one if left out */
  constructor(encryption: Encryption, begun?: BegunStream) {
    if (begun === undefined) {
      const { head, output } = counterMode(encryption, randomBytes(COUNTER_SIZE));
      this.#output = output;
      this.#head = head;
    } else {
      this.#output = goOn(encryption, begun);
      this.#head = NO_BYTES;
    }
  }

  /**
   * @returns lent memory with the same bytes encrypted, before the first of them the counter;
   *   `chunk` is not needed any more
   */
  push(chunk: Uint8Array): Buffer {
    const bytes = this.#output.of(chunk);
    if (this.#head.length === 0) return bytes;
    return Buffer.concat([this.end(), bytes]);
  }

  /** @returns the counter, if there were no bytes to stand behind it */
  end(): Buffer {
    const head = this.#head;
    this.#head = NO_BYTES;
    return head;
  }
}

/** How the bytes that were encrypted must begin. */
export interface Beginning {
  /** How many bytes are looked at. */
  readonly size: number;
  /** Whether they are right. */
  accepts(bytes: Buffer): boolean;
}

/** Decrypts a stream of bytes, cut anywhere; a wrong key is found before anything is given out. */
export class Decryptor {
  readonly #encryption: Encryption;
  readonly #beginning: Beginning;
  #gathered: Buffer = NO_BYTES;
  #output: CipherOutput | undefined;

  constructor(encryption: Encryption, beginning: Beginning) {
    this.#encryption = encryption;
    this.#beginning = beginning;
  }

  /**
   * @returns lent memory with what is decrypted; nothing before the beginning is known to be
   *   right
   * @throws AsbError `KEY` if it is not: the key or the mode is another than that of the file
   */
  push(chunk: Uint8Array): Buffer {
    if (this.#output !== undefined) return this.#output.of(chunk);
    this.#gathered = Buffer.concat([this.#gathered, chunk]);
    if (this.#gathered.length < COUNTER_SIZE + this.#beginning.size) return NO_BYTES;
    return this.#begin();
  }

  /** @throws AsbError `TRUNCATED` if the beginning was never whole */
  end(): void {
    if (this.#output !== undefined) return;
    const offset = this.#gathered.length;
    const what = offset === 0 ? 'no input' : `the input ends after ${offset} bytes`;
    throw new AsbError('TRUNCATED', `${what}; did the stage before this one fail?`, { offset });
  }

  #begin(): Buffer {
    const { mode } = this.#encryption;
    const counter = counterOf(this.#encryption, this.#gathered);
    const { output } = counterMode(this.#encryption, counter);
    const bytes = output.of(this.#gathered.subarray(COUNTER_SIZE));
    if (!this.#beginning.accepts(bytes.subarray(0, this.#beginning.size))) {
      throw new AsbError(
        'KEY',
        `this does not decrypt to a backup: another key or mode than ${mode}, or damaged`,
        { offset: 0 },
      );
    }
    this.#output = output;
    this.#gathered = NO_BYTES;
    return bytes;
  }
}
