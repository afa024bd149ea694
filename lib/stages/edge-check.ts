import { AsbError } from '../errors.ts';
import { isBackup } from './content.ts';
import { EndCheck, noInput } from './end-check.ts';

const EXPECTED = '.asb text or zstd frames';

/**
 * Looks at both ends of a backup's bytes for a stage that does not read what is between: whether
 * they are .asb text or zstd frames, and whether the stage before says that it failed. To read all
 * of them would take longer than to encrypt them, and whoever reads them later does it.
 */
export class EdgeCheck {
  readonly #ends = new EndCheck();

  /** @throws AsbError `FORMAT` if this is no backup */
  push(chunk: Buffer): void {
    this.#ends.push(chunk);
    const { content } = this.#ends;
    if (content === undefined || isBackup(content)) return;
    throw new AsbError('FORMAT', `byte 0: this is no backup; expected ${EXPECTED}`, {
      offset: 0,
      expected: EXPECTED,
    });
  }

  /** @throws AsbError `TRUNCATED` if there was no input, or an earlier stage failed */
  end(): void {
    if (this.#ends.content === undefined) throw noInput();
    this.#ends.end();
  }
}
