import { WriteRequest } from './write-request.ts';

type Kind = WriteRequest['layout']['kind'];

/** Requests that are filled, sent, and filled again: of one kind, until it is changed. */
export class RequestPool {
  readonly #rows: number;
  #kind: Kind;
  #spare: WriteRequest[] = [];

  /** @param rows of each request, at most */
  constructor(kind: Kind, rows: number) {
    this.#kind = kind;
    this.#rows = rows;
  }

  get kind(): Kind {
    return this.#kind;
  }

  /** From now on, requests are of this kind. */
  change(kind: Kind): void {
    this.#kind = kind;
    this.#spare = [];
  }

  /** An empty request. */
  take(): WriteRequest {
    return this.#spare.pop() ?? new WriteRequest(this.#kind, this.#rows);
  }

  /** Takes a request back, whose rows are not needed any more. */
  giveBack(request: WriteRequest): void {
    request.clear();
    if (request.layout.kind === this.#kind) this.#spare.push(request);
  }

  /** The same rows in a request of the kind that is used now. */
  convert(rows: WriteRequest): WriteRequest {
    if (rows.layout.kind === this.#kind) return rows;
    const converted = this.take();
    converted.addAll(rows);
    return converted;
  }
}
