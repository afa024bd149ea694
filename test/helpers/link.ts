/** The other side of a thread's function that runs here. */
import { AsbError } from '../../lib/errors.ts';
import type { Link } from '../../lib/threads/link.ts';

/** A link, and what the thread that started the function would do with it. */
export class TestLink<In, Out extends { readonly kind: string }> implements Link<In, Out> {
  readonly posts: Out[] = [];
  readonly #stop = new AbortController();
  readonly #orders: In[] = [];
  #listener: ((message: In) => void) | undefined;
  #wake = (): void => {};

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  post(message: Out): void {
    this.posts.push(structuredClone(message));
    this.#wake();
  }

  listen(listener: (message: In) => void): void {
    this.#listener = listener;
    for (const order of this.#orders.splice(0)) listener(order);
  }

  tell(order: In): void {
    const copy = structuredClone(order);
    if (this.#listener === undefined) this.#orders.push(copy);
    else this.#listener(copy);
  }

  abort(): void {
    this.#stop.abort(new AsbError('ABORTED', 'enough'));
  }

  /** Settles when so many messages of a kind were posted. */
  async posted(kind: string, count = 1): Promise<void> {
    while (this.posts.filter((message) => message.kind === kind).length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
