import { AsbError } from '../errors.ts';
import type { Global } from '../record/globals.ts';
import type { BackupHead } from './backup-head.ts';
import { globalKey, isSameGlobal, MergedGlobals } from './merged-globals.ts';

export interface JoinedHeadsOptions {
  /** The namespace that files must be of; left out: that of the first one. */
  readonly source?: string;
  readonly onNotice?: (notice: string) => void;
}

/** What the files of a backup say before their records, folded into one. */
export class JoinedHeads {
  readonly #onNotice: (notice: string) => void;
  readonly #globals = new MergedGlobals();
  /** The namespace, and who says it. */
  #said: { readonly namespace: string; readonly by: string } | undefined;

  constructor({ source, onNotice = () => {} }: JoinedHeadsOptions) {
    this.#onNotice = onNotice;
    if (source !== undefined) this.#said = { namespace: source, by: 'the option' };
  }

  /** The one namespace of all files; `undefined` if none says one. */
  get namespace(): string | undefined {
    return this.#said?.namespace;
  }

  /** Each index and module once; of several with one name, that of the last file. */
  get globals(): Iterable<Global> {
    return this.#globals.values();
  }

  /**
   * @param file for messages
   * @throws AsbError `FORMAT`, with the file, if it or one of its indexes is of another namespace; `LIMIT`
   *   for too many globals in all files together
   */
  add(head: Pick<BackupHead, 'namespace' | 'globals'>, file: string): void {
    if (head.namespace !== undefined) this.#check(head.namespace, file);
    for (const global of head.globals) {
      if (global.kind === 'index') this.#check(global.namespace, file);
      this.#fold(global, file);
    }
  }

  #check(namespace: string, file: string): void {
    this.#said ??= { namespace, by: file };
    const { namespace: expected, by } = this.#said;
    if (namespace === expected) return;
    throw new AsbError(
      'FORMAT',
      `${file} is of namespace "${namespace}", but ${by} says "${expected}"`,
      { file, namespace, expected },
    );
  }

  #fold(global: Global, file: string): void {
    const key = globalKey(global);
    const known = this.#globals.get(key);
    if (known !== undefined && !isSameGlobal(known, global)) {
      this.#onNotice(`${file} has another ${key} than a file before it: this one is taken`);
    }
    this.#globals.add(global);
  }
}
