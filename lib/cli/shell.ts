import type { Readable } from 'node:stream';
import { isatty } from 'node:tty';
import { AsbError } from '../errors.ts';
import type { Meter } from '../meter/meter.ts';
import { standardInput } from './input.ts';
import { LANGUAGE_NAMES, type Language } from './languages.ts';
import type { LogFacts } from './log.ts';
import { type Output, standardOutput } from './output.ts';
import type { Seal } from './seal.ts';
import type { Words } from './words.ts';

/** Width of a terminal that does not know its own, and says 0: in a container, or under `script`. */
const USUAL_COLUMNS = 80;

/** What surrounds a command: the three standard streams and the signals. */
export interface Shell {
  /** Aborted with an AsbError `ABORTED` when the command shall end. */
  readonly signal: AbortSignal;
  /** Whether to tell more. */
  readonly verbose: boolean;
  /** Width of the terminal that the words go to; `undefined` if they go elsewhere, or are a log. */
  readonly columns: number | undefined;
  /** Told of the stages of a pipeline, if somebody wants to know what they do. */
  readonly meter?: Meter | undefined;
  /**
   * Standard input.
   * @throws AsbError `USAGE` if it is a terminal: nobody types these languages
   */
  input(language: Language): Readable;
  /**
   * Standard output.
   * @param language what a command writes, and in which its last words are if it fails
   * @param seal what is done to all of it before it arrives; nothing if left out
   * @throws AsbError `TERMINAL` if it is a terminal and the language is not for people
   */
  output(language: Language, seal?: Seal): Output;
  /**
   * Words for people: one line on standard error, which may begin with `note: ` or `warning: `.
   * @param facts the same for programs, who see it with --log-json
   */
  say(line: string, facts?: LogFacts): void;
  /** Bytes for the terminal as they are, to draw in place. */
  draw(bytes: string): void;
  /** The exit status if the command ends well: its answer. 0 if nobody says it. */
  answer(status: number): void;
}

/** Opens the standard streams of this process, for one command. */
export const processShell = (options: {
  readonly signal: AbortSignal;
  readonly verbose: boolean;
  readonly words: Words;
  /** A command line that feeds this command, for who starts it without input. */
  readonly example: string;
  /** Called when a command takes standard input. */
  readonly onInput: (input: Readable) => void;
  /** Called with the language when a command takes standard output. */
  readonly onOutput: (output: Output, language: Language) => void;
  /** Called with the exit status that a command answers with. */
  readonly onAnswer: (status: number) => void;
}): Shell => ({
  signal: options.signal,
  verbose: options.verbose,
  columns: columnsOf(options.words.drawn && isatty(2), () => process.stderr),
  input(language) {
    checkInput(isatty(0), language, options.example);
    const input = standardInput();
    options.onInput(input);
    return input;
  },
  output(language, seal) {
    checkOutput(isatty(1), seal === undefined ? language : 'encrypted');
    const output = standardOutput(seal);
    options.onOutput(output, language);
    return output;
  },
  say: (line, facts) => options.words.say(line, facts),
  draw: (bytes) => options.words.draw(bytes),
  answer: options.onAnswer,
});

/**
 * Width of a terminal; `undefined` if it is none.
 * @param open called only for a terminal: opening any other stream changes it
 */
export const columnsOf = (
  isTerminal: boolean,
  open: () => { readonly columns?: number },
): number | undefined => {
  if (!isTerminal) return undefined;
  const { columns = 0 } = open();
  return columns > 0 ? columns : USUAL_COLUMNS;
};

/** @throws AsbError `USAGE`, with an example of what to type instead */
export const checkInput = (isTerminal: boolean, language: Language, example: string): void => {
  if (!isTerminal) return;
  const name = LANGUAGE_NAMES[language];
  throw new AsbError('USAGE', `${name} comes by standard input, for example: ${example}`, {
    expected: name,
  });
};

/** @throws AsbError `TERMINAL` */
export const checkOutput = (isTerminal: boolean, language: Language): void => {
  if (!isTerminal || language === 'ndjson') return;
  throw new AsbError(
    'TERMINAL',
    `writes ${LANGUAGE_NAMES[language]}, which a terminal would obey as commands; send it on by | or >`,
  );
};
