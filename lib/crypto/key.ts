/**
 * Keys as asbackup and absctl have them: AES never uses the key's own bytes, but the first 16 or
 * 32 of their SHA-256. Of a private key the bytes are its DER form, in whatever form it was kept: the
 * one that OpenSSL's i2d_PrivateKey gives to asbackup, PKCS#1 for RSA and SEC1 for EC.
 */
import { createHash, createPrivateKey, createSecretKey, type KeyObject } from 'node:crypto';
import { AsbError, codeOf } from '../errors.ts';

/** AES with keys of 128 or of 256 bits, in counter mode. */
export type EncryptionMode = 'aes128' | 'aes256';

/** Bytes of the cipher's key. */
const KEY_SIZES = { aes128: 16, aes256: 32 } as const satisfies Record<EncryptionMode, number>;

/** How a backup is encrypted. */
export interface Encryption {
  readonly mode: EncryptionMode;
  readonly key: EncryptionKey;
}

/** A key that neither `util.inspect` nor JSON shows anything of. */
export class EncryptionKey {
  #digest: Buffer;

  /**
   * @param bytes the secret: any number of bytes, which are hashed
   * @throws AsbError `KEY` if there are none
   */
  constructor(bytes: Uint8Array) {
    if (bytes.length === 0) throw new AsbError('KEY', 'the key is empty');
    this.#digest = createHash('sha256').update(bytes).digest();
  }

  /** The key of which {@link forThread} made this, in another thread. */
  static fromThread(copy: KeyObject): EncryptionKey {
    const digest = copy.export();
    const key = new EncryptionKey(digest);
    key.#digest = digest;
    return key;
  }

  /**
   * The key that a private key stands for: RSA, EC or Ed25519.
   *
   * @param text PEM, with other blocks and words around it, line ends where they please
   * @throws AsbError `KEY` if there is no such key in it; the message shows nothing of `text`
   */
  static fromPem(text: string): EncryptionKey {
    const [, label = '', body = ''] = PRIVATE_KEY.exec(text) ?? [];
    if (label === '') throw noKey('no private key in PEM form');
    // Base64 has no colon: what has one is a header, and only encrypted keys have headers.
    if (label.startsWith('ENCRYPTED') || body.includes(':')) throw needsPassword();
    return EncryptionKey.fromDer(Buffer.from(body, 'base64'));
  }

  /**
   * The key that a private key stands for: RSA, EC or Ed25519.
   *
   * @param der PKCS#8, PKCS#1 or SEC1
   * @throws AsbError `KEY` if it is none
   */
  static fromDer(der: Buffer): EncryptionKey {
    const key = privateKeyOf(der);
    if (key === undefined) throw noKey('no private key');
    const type = DER_FORMS.get(key.asymmetricKeyType);
    if (type === undefined) throw noKey(`a private key of the kind ${key.asymmetricKeyType}`);
    return new EncryptionKey(key.export({ type, format: 'der' }));
  }

  /**
   * What can be copied to another thread, where {@link fromThread} makes the key of it: neither
   * `util.inspect` nor JSON shows anything of it, either.
   */
  forThread(): KeyObject {
    return createSecretKey(this.#digest);
  }

  /** What AES is set up with. */
  forMode(mode: EncryptionMode): KeyObject {
    return createSecretKey(this.#digest.subarray(0, KEY_SIZES[mode]));
  }
}

/** As i2d_PrivateKey writes each kind; of other kinds nobody has tried it. */
const DER_FORMS: ReadonlyMap<string | undefined, 'pkcs1' | 'sec1' | 'pkcs8'> = new Map([
  ['rsa', 'pkcs1'],
  ['ec', 'sec1'],
  ['ed25519', 'pkcs8'],
]);

const PRIVATE_KEY = /-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----(.*?)-----END \1-----/s;

const noKey = (found: string): AsbError => {
  const expected = 'an RSA, EC or Ed25519 private key';
  return new AsbError('KEY', `${found}; expected ${expected}`, { expected });
};

const needsPassword = (): AsbError =>
  new AsbError(
    'KEY',
    'the private key needs a password; write it without one first (openssl pkey -in OLD -out NEW)',
  );

/** Which of the forms it has, only trying shows. What OpenSSL says of them is not for people. */
const privateKeyOf = (der: Buffer): KeyObject | undefined => {
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    try {
      return createPrivateKey({ key: der, format: 'der', type });
    } catch (error) {
      if (codeOf(error) === 'ERR_MISSING_PASSPHRASE') throw needsPassword();
    }
  }
  return undefined;
};
