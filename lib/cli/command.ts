import type { Given } from './given.ts';
import type { Language } from './languages.ts';
import type { Option } from './option.ts';
import type { Shell } from './shell.ts';

/** A command line, and what it does. */
export type Example = readonly [line: string, what: string];

/** What a command takes beside its options: paths, say. */
export interface Operands {
  /** One of them in the help: `PATH`. */
  readonly name: string;
  /** What they are, for the help. */
  readonly describe: string;
  /** Fewest that the command takes. */
  readonly min: number;
  /** Most of them; any number if left out. */
  readonly max?: number;
  /** The words they may be, where there are only some. */
  readonly words?: readonly string[];
}

/** The headings of the list of commands, in its order. */
export const HEADINGS = [
  'Whole jobs',
  'Backups without a cluster',
  'Filters, for pipes',
  'Beside these',
] as const;

/** A command of the one executable, as data; `run` imports the machinery it needs. */
export interface Command {
  readonly name: string;
  /** Where it stands in the list of commands. */
  readonly heading: (typeof HEADINGS)[number];
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What it reads, does and writes, for its own help. */
  readonly description: string;
  readonly options: readonly Option<unknown>[];
  /** None if left out. */
  readonly operands?: Operands;
  readonly examples: readonly [Example, ...Example[]];
  /** What its standard output speaks, if that is always the same. */
  readonly speaks?: Language;
  /**
   * Whether who reads standard output may take a part and go, as `head` does. Default: if it always
   * speaks the same language.
   */
  readonly readerMayGo?: boolean;
  /** The exit status of a failure, where 1 is an answer. Default: 1. */
  readonly failedStatus?: number;
  /** @throws AsbError `USAGE` for options that do not go together, else what its stages throw */
  run(given: Given, shell: Shell): Promise<void>;
}
