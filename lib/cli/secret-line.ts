/** Largest password, in bytes; no server takes one as long. */
export const MAX_SECRET_SIZE = 4096;

/** Keys with a meaning, as a terminal in raw mode sends them. */
const Key = {
  INTERRUPT: 0x03,
  END: 0x04,
  BACKSPACE: 0x08,
  NEWLINE: 0x0a,
  RETURN: 0x0d,
  CLEAR: 0x15,
  DELETE: 0x7f,
} as const;

/** `typing`: more is to come; `end`: a terminal's end of file, with nothing typed. */
export type TypingState = 'typing' | 'done' | 'interrupted' | 'end';

/** A line that is typed without being seen. */
export class SecretLine {
  readonly #bytes: number[] = [];
  #state: TypingState = 'typing';

  /** Takes what the terminal sent; a key may come in parts. What follows the end is dropped. */
  push(bytes: Uint8Array): TypingState {
    for (const byte of bytes) {
      if (this.#state !== 'typing') break;
      this.#take(byte);
    }
    return this.#state;
  }

  get text(): string {
    return Buffer.from(this.#bytes).toString();
  }

  #take(byte: number): void {
    switch (byte) {
      case Key.NEWLINE:
      case Key.RETURN:
        this.#state = 'done';
        break;
      case Key.INTERRUPT:
        this.#state = 'interrupted';
        break;
      case Key.END:
        if (this.#bytes.length === 0) this.#state = 'end';
        break;
      case Key.CLEAR:
        this.#bytes.length = 0;
        break;
      case Key.BACKSPACE:
      case Key.DELETE:
        this.#dropLast();
        break;
      default:
        if (byte >= 0x20 && this.#bytes.length < MAX_SECRET_SIZE) this.#bytes.push(byte);
    }
  }

  /** A whole character: in UTF-8, all but the first byte are 10xxxxxx. */
  #dropLast(): void {
    while (((this.#bytes.pop() ?? 0) & 0xc0) === 0x80);
  }
}
