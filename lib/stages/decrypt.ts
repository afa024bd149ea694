import type { Duplex } from 'node:stream';
import { UnitScanner } from '../asb/unit-scanner.ts';
import { COUNTER_SIZE, Decryptor } from '../crypto/ctr.ts';
import type { Encryption } from '../crypto/key.ts';
import { AsbError } from '../errors.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import { FAILURE_PREFIX } from '../zstd/failure.ts';
import { asyncTransform } from './async-transform.ts';
import { BACKUP_BEGINNING, type Content, contentOf, isBackup, MAGIC_SIZE } from './content.ts';

/** Bytes of an encrypted backup that tell what is in it. */
export const DECRYPTED_MAGIC_SIZE = COUNTER_SIZE + MAGIC_SIZE;

/**
 * Tells what an encrypted backup holds; `unknown` also if key or mode are not its own.
 *
 * @param head the first `DECRYPTED_MAGIC_SIZE` bytes; fewer only if there are no more
 */
export const decryptedContentOf = (head: Buffer, encryption: Encryption): Content => {
  const anything = { size: MAGIC_SIZE, accepts: () => true };
  return contentOf(new Decryptor(encryption, anything).push(head));
};

/**
 * An encrypted backup in, cut anywhere; what was encrypted out: .asb text or zstd frames, cut
 * anywhere, of which only the beginning has been looked at.
 *
 * The stream fails with AsbError `KEY`, before anything is given out, if key and mode are not
 * those of the backup; `FORMAT` for a backup that is not encrypted; `TRUNCATED` for no input, or
 * if `asb encrypt` failed before it began.
 */
export const decrypt = (encryption: Encryption): Duplex => {
  const decryptor = new Decryptor(encryption, BACKUP_BEGINNING);
  const upstream = new UnitScanner();
  let head: Buffer = Buffer.alloc(0);
  let failed = false;
  return asyncTransform({
    async transform(chunk, push) {
      let encrypted = chunk;
      if (head.length < MAGIC_SIZE) {
        head = encrypted = Buffer.concat([head, chunk]);
        if (head.length < MAGIC_SIZE) return;
        failed = isFailure(head);
        if (!failed && isBackup(contentOf(head))) throw notEncrypted();
      }
      if (failed) {
        upstream.push(encrypted);
        return;
      }
      const bytes = decryptor.push(encrypted);
      giveBack(chunk);
      if (bytes.length > 0) await push(bytes);
    },
    async flush() {
      if (failed) upstream.end();
      if (head.length < MAGIC_SIZE) decryptor.push(head);
      decryptor.end();
    },
  });
};

/** A stage that failed before it had a key says so in plain text. */
const isFailure = (head: Buffer): boolean =>
  head.toString('latin1', 0, MAGIC_SIZE) === FAILURE_PREFIX.slice(0, MAGIC_SIZE);

const notEncrypted = (): AsbError => {
  const message = 'byte 0: this backup is not encrypted; it can be read as it is';
  return new AsbError('FORMAT', message, { offset: 0, expected: 'an encrypted backup' });
};
