import { AsbError } from '../errors.ts';
import { namesOf, type Option } from './option.ts';

/** Where a value came from that was not typed. */
export interface Origin {
  /** The config file. */
  readonly file?: string;
  /** Line in the file, from 1; `undefined` if nobody knows. */
  readonly line?: number | undefined;
  /** What the Secret Agent was asked for: the value is not to be shown. */
  readonly secret?: string;
}

/** What the command line and config files gave, by the main name of the option. */
export class Given {
  readonly #values: ReadonlyMap<string, string>;
  readonly #origins: ReadonlyMap<string, Origin>;
  /** The words that are no options, in their order. */
  readonly operands: readonly string[];

  /**
   * @param values main name → value, `''` for a flag
   * @param operands none if left out
   * @param origins main name → origin, of values that were not typed
   */
  constructor(
    values: ReadonlyMap<string, string>,
    operands: readonly string[] = [],
    origins: ReadonlyMap<string, Origin> = new Map(),
  ) {
    this.#values = values;
    this.#origins = origins;
    this.operands = operands;
  }

  /** Whether the option was given at all. */
  has(option: Option<unknown>): boolean {
    return this.#values.has(option.name);
  }

  /** Whether it stands on the command line: a config file may say what this command has no use for. */
  isTyped(option: Option<unknown>): boolean {
    return this.has(option) && this.#origins.get(option.name)?.file === undefined;
  }

  /** Whether the Secret Agent gave the value: it is what it is, and nobody is to see it. */
  isSecret(option: Option<unknown>): boolean {
    return this.#origins.get(option.name)?.secret !== undefined;
  }

  /** @throws AsbError `USAGE` as {@link Option.read} does, with the config file and line if there was one */
  value<T>(option: Option<T>): T {
    try {
      return option.read(this.#values.get(option.name));
    } catch (error) {
      throw this.#located(error, option);
    }
  }

  /**
   * Reads all values once, so that a wrong one is told before anything is done.
   * @throws AsbError `USAGE` as {@link value} does
   */
  check(options: readonly Option<unknown>[]): void {
    for (const option of options) this.value(option);
  }

  /** @throws AsbError `USAGE` if the option was left out, or as {@link Option.read} does */
  required<T>(option: Option<T | undefined>): T {
    const value = this.value(option);
    if (value !== undefined) return value;
    throw new AsbError('USAGE', `${namesOf(option)} is needed: ${option.describe}`);
  }

  /** @throws AsbError `USAGE` if both were given */
  exclusive(one: Option<unknown>, other: Option<unknown>): void {
    if (this.has(one) && this.has(other)) {
      throw new AsbError('USAGE', `${this.#told(one)} and ${this.#told(other)} exclude each other`);
    }
  }

  /** @throws AsbError `USAGE` if `option` was given without `other` */
  needs(option: Option<unknown>, other: Option<unknown>): void {
    if (this.has(option) && !this.has(other)) {
      const needed = namesOf(other);
      throw new AsbError('USAGE', `${this.#told(option)} has a meaning only with ${needed}`);
    }
  }

  /** The names of an option, and where it was given, if it was not typed. */
  #told(option: Option<unknown>): string {
    const { file, line } = this.#origins.get(option.name) ?? {};
    return file === undefined ? namesOf(option) : `${namesOf(option)} (${placeOf(file, line)})`;
  }

  #located(error: unknown, option: Option<unknown>): unknown {
    const origin = this.#origins.get(option.name);
    if (origin === undefined || !(error instanceof AsbError)) return error;
    const { file, line, secret } = origin;
    const { expected = 'another value' } = error.facts;
    // What an option says of its value quotes it.
    const what =
      secret === undefined
        ? error.message
        : `${namesOf(option)} takes ${expected}, which ${secret} is not`;
    if (file === undefined) return new AsbError(error.code, what, { expected });
    const where = { file, ...(line === undefined ? {} : { line }) };
    return new AsbError(error.code, `${placeOf(file, line)}: ${what}`, { expected, ...where });
  }
}

/** As messages name a place in a file. */
export const placeOf = (file: string, line: number | undefined): string =>
  line === undefined ? file : `${file}, line ${line}`;
