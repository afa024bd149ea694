import { Output } from './output.ts';
import { printable } from './report.ts';

/**
 * Words for people, on standard error, in order. They never fail and never wait: words that nobody
 * can read any more are no reason to stop the bytes.
 */
export class Words {
  readonly #output: Output;
  #written: Promise<void> = Promise.resolve();

  constructor(output: Output = new Output(2)) {
    this.#output = output;
  }

  /** One line; what a terminal would obey is escaped. */
  say(line: string): void {
    this.draw(`${printable(line)}\n`);
  }

  /** Bytes as they are. */
  draw(text: string): void {
    this.#written = this.#written
      .then(() => this.#output.write(Buffer.from(text)))
      .catch(() => {
        // There is nobody to tell.
      });
  }

  /** Resolves when all words are out. */
  settled(): Promise<void> {
    return this.#written;
  }
}
