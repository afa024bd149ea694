import { AsbError } from '../errors.ts';
import { FAILURE_TAIL_SIZE, failureAtEnd } from '../zstd/failure.ts';
import { contentOf, isBackup, MAGIC_SIZE } from './content.ts';

const EXPECTED = '.asb text or zstd frames';

/**
 * Looks at both ends of a backup's bytes for a stage that does not read what is between: whether
 * they are .asb text or zstd frames, and whether the stage before says that it failed. To read all
 * of them would take longer than to encrypt them, and whoever reads them later does it.
 */
export class EdgeCheck {
  #content: 'text' | 'frames' | undefined;
  #head: Buffer = Buffer.alloc(0);
  #tail: Buffer = Buffer.alloc(0);

  /** @throws AsbError `FORMAT` if this is no backup */
  push(chunk: Buffer): void {
    // A copy: the chunk's memory may be used again.
    const last = Buffer.concat([this.#tail, chunk.subarray(-FAILURE_TAIL_SIZE)]);
    this.#tail = last.subarray(-FAILURE_TAIL_SIZE);
    if (this.#content !== undefined) return;
    this.#head = Buffer.concat([this.#head, chunk.subarray(0, MAGIC_SIZE)]);
    if (this.#head.length < MAGIC_SIZE) return;
    const content = contentOf(this.#head);
    if (!isBackup(content)) {
      throw new AsbError('FORMAT', `byte 0: this is no backup; expected ${EXPECTED}`, {
        offset: 0,
        expected: EXPECTED,
      });
    }
    this.#content = content;
  }

  /** @throws AsbError `TRUNCATED` if there was no input, or an earlier stage failed */
  end(): void {
    if (this.#content === undefined) {
      throw new AsbError('TRUNCATED', 'no input; did the stage before this one fail?');
    }
    const failure = failureAtEnd(this.#tail, this.#content);
    if (failure !== undefined) {
      throw new AsbError('TRUNCATED', `an earlier stage failed: ${failure}`);
    }
  }
}
