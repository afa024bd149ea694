/** What was typed, before config files and the Secret Agent complete it. */
export interface Typed {
  /**
   * By the main name of the option; `''` for a flag, and `false` for a flag that is to be off
   * (`--compact=false`), whatever config files say.
   */
  readonly values: ReadonlyMap<string, string | false>;
  /** The words that are no options, in their order. */
  readonly operands: readonly string[];
}
