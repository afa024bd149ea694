import { isDeepStrictEqual } from 'node:util';
import type { Global } from '../record/globals.ts';
import { requireFewGlobals } from './backup-head.ts';

/** What a global is called: an index and a module may have one name. */
export const globalKey = ({ kind, name }: Global): string =>
  `${kind === 'index' ? 'secondary index' : 'UDF module'} "${name}"`;

/** Whether two are the same, whatever their namespaces are called. */
export const isSameGlobal = (one: Global, other: Global): boolean =>
  isDeepStrictEqual(plainOf(one), plainOf(other));

const plainOf = (global: Global): object =>
  global.kind === 'index'
    ? { ...global, namespace: '' }
    : { ...global, content: Buffer.from(global.content) };

/** Indexes and UDF modules of several backups: of one name, the last one counts. */
export class MergedGlobals {
  readonly #byKey = new Map<string, Global>();

  /** @throws AsbError `LIMIT` for more than `MAX_HEAD_GLOBALS` names */
  add(global: Global): void {
    this.#byKey.set(globalKey(global), global);
    requireFewGlobals(this.#byKey.size);
  }

  get(key: string): Global | undefined {
    return this.#byKey.get(key);
  }

  /** In the order of {@link entries}. */
  values(): Iterable<Global> {
    return this.#byKey.values();
  }

  /** In the order in which their names were met first. */
  entries(): Iterable<readonly [key: string, global: Global]> {
    return this.#byKey;
  }
}
