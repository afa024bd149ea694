import { createHash } from 'node:crypto';
import type { UdfModule } from '../record/globals.ts';

/** The UDF modules of a cluster. They are kept, never run. */
export class Udfs {
  readonly #modules = new Map<string, UdfModule>();

  list(): UdfModule[] {
    return [...this.#modules.values()];
  }

  get(name: string): UdfModule | undefined {
    return this.#modules.get(name);
  }

  put(module: UdfModule): void {
    this.#modules.set(module.name, module);
  }

  delete(name: string): boolean {
    return this.#modules.delete(name);
  }
}

/**
 * A module as `udf-list` shows it. The hash is the content's; the server's is of a form of its own,
 * and nobody can check it from outside.
 */
export const describeUdf = (module: UdfModule): string => {
  const hash = createHash('sha1').update(module.content).digest('hex');
  return `filename=${module.name},hash=${hash},type=${module.language};`;
};
