import { AsbError } from '../errors.ts';
import { namesOf, type Option } from './option.ts';

/** What the command line gave, by the main name of the option. */
export class Given {
  readonly #values: ReadonlyMap<string, string>;
  /** The words that are no options, in their order. */
  readonly operands: readonly string[];

  /**
   * @param values main name → value, `''` for a flag
   * @param operands none if left out
   */
  constructor(values: ReadonlyMap<string, string>, operands: readonly string[] = []) {
    this.#values = values;
    this.operands = operands;
  }

  /** Whether the option was given at all. */
  has(option: Option<unknown>): boolean {
    return this.#values.has(option.name);
  }

  /** @throws AsbError `USAGE` as {@link Option.read} does */
  value<T>(option: Option<T>): T {
    return option.read(this.#values.get(option.name));
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
      throw new AsbError('USAGE', `${namesOf(one)} and ${namesOf(other)} exclude each other`);
    }
  }

  /** @throws AsbError `USAGE` if `option` was given without `other` */
  needs(option: Option<unknown>, other: Option<unknown>): void {
    if (this.has(option) && !this.has(other)) {
      throw new AsbError('USAGE', `${namesOf(option)} has a meaning only with ${namesOf(other)}`);
    }
  }
}
