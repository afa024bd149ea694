import type { Duplex } from 'node:stream';
import { Encryptor } from '../crypto/ctr.ts';
import type { Encryption } from '../crypto/key.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import { asyncTransform } from './async-transform.ts';
import { EdgeCheck } from './edge-check.ts';

/**
 * A backup's bytes in, .asb text or zstd frames cut anywhere; the same out, encrypted as asbackup
 * does it: 16 bytes more, and no sign of what they are. For files of a directory, each with a
 * counter of its own, there is `encrypted`.
 *
 *     pipeline(…, compress(), encrypt({ mode: 'aes256', key }), createWriteStream('test_00000.asb'))
 *
 * The stream fails with AsbError `FORMAT` for what is no backup, `TRUNCATED` for no input, or if
 * an earlier stage said that it failed. What was given out until then decrypts, for nothing in the
 * encryption tells a cut: leave nothing of it.
 */
export const encrypt = (encryption: Encryption): Duplex => {
  const encryptor = new Encryptor(encryption);
  const check = new EdgeCheck();
  return asyncTransform({
    async transform(chunk, push) {
      check.push(chunk);
      const bytes = encryptor.push(chunk);
      giveBack(chunk);
      await push(bytes);
    },
    async flush() {
      check.end();
    },
  });
};
