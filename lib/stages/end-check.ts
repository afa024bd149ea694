import { AsbError } from '../errors.ts';
import { MAX_FAILURE_LINE, failureAtEnd as ndjsonFailureAtEnd } from '../ndjson/failure.ts';
import { FAILURE_TAIL_SIZE, failureAtEnd } from '../zstd/failure.ts';
import { type Content, contentOf, MAGIC_SIZE } from './content.ts';

/** Last bytes that tell whether the stage before failed, whatever it wrote. */
const TAIL_SIZE = Math.max(FAILURE_TAIL_SIZE, MAX_FAILURE_LINE);

/**
 * Looks at both ends of bytes that are handed on unread: what they are, as far as the first of them
 * tell, and whether the last ones say that the stage before failed. Of bytes that are neither .asb
 * text, nor zstd frames, nor NDJSON, nobody can know.
 */
export class EndCheck {
  #head: Buffer = Buffer.alloc(0);
  #tail: Buffer = Buffer.alloc(0);
  #content: Content | undefined;

  /** What it is; `undefined` before `MAGIC_SIZE` bytes have come. */
  get content(): Content | undefined {
    return this.#content;
  }

  push(chunk: Buffer): void {
    // A copy: the chunk's memory may be used again.
    const last = Buffer.concat([this.#tail, chunk.subarray(-TAIL_SIZE)]);
    this.#tail = last.subarray(-TAIL_SIZE);
    if (this.#content !== undefined) return;
    this.#head = Buffer.concat([this.#head, chunk.subarray(0, MAGIC_SIZE)]);
    if (this.#head.length >= MAGIC_SIZE) this.#content = contentOf(this.#head);
  }

  /** @throws AsbError `TRUNCATED` if there was no input, or an earlier stage failed */
  end(): void {
    if (this.#head.length === 0) throw noInput();
    const failure = failureOf(this.#tail, this.#content);
    if (failure !== undefined) {
      throw new AsbError('TRUNCATED', `an earlier stage failed: ${failure}`);
    }
  }
}

/** What a stage says that got nothing, where nothing can't be meant. */
export const noInput = (): AsbError =>
  new AsbError('TRUNCATED', 'no input; did the stage before this one fail?');

const failureOf = (tail: Buffer, content: Content | undefined): string | undefined => {
  switch (content) {
    case 'text':
    case 'frames':
      return failureAtEnd(tail, content);
    case 'ndjson':
      return ndjsonFailureAtEnd(tail.toString());
    default:
      return undefined;
  }
};
