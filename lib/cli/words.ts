import { constants, openSync } from 'node:fs';
import { isatty } from 'node:tty';
import { AsbError, messageOf } from '../errors.ts';
import { hasColours } from './colours.ts';
import {
  entryOf,
  isTold,
  jsonForm,
  type LogEntry,
  type LogFacts,
  type LogForm,
  type LogLevel,
  plainForm,
} from './log.ts';
import { Output } from './output.ts';

const STANDARD_ERROR = 2;

/** Makes a line of a terminal empty. */
export const WIPE = '\r\x1b[K';
/** The same, and goes to the line above. */
const WIPE_UP = `${WIPE}\x1b[A`;

const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
/** Not to wait for the reader of a FIFO: who has none is told so. */
const APPENDING = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK;

export interface WordsOptions {
  /** Default: standard error. */
  readonly output?: Output;
  /** Where failures are told too, and that words got lost, if they go to another place. */
  readonly failures?: Output;
  /** Default: lines for people, without colours. */
  readonly form?: LogForm;
  /** What is less is not told. Default `debug`. */
  readonly least?: LogLevel;
  /** Whether something may be drawn in place, if it goes to a terminal. Default true. */
  readonly drawn?: boolean;
}

/**
 * Words for people, or a log for programs, on standard error, in order. They never fail and never wait:
 * words that nobody can read any more are no reason to stop the bytes. Of a log elsewhere, standard error
 * is told.
 */
export class Words {
  readonly #output: Output;
  readonly #failures: Output | undefined;
  readonly #form: LogForm;
  readonly #least: LogLevel;
  readonly drawn: boolean;
  #written: Promise<void> = Promise.resolve();
  #isLossTold = false;
  /** Whether something drawn stands where the next line begins. */
  #isDrawn = false;
  /** Lines of it above the last one. */
  #linesAbove = 0;

  constructor(options: WordsOptions = {}) {
    this.#output = options.output ?? new Output(STANDARD_ERROR);
    this.#failures = options.failures;
    this.#form = options.form ?? plainForm(false);
    this.#least = options.least ?? 'debug';
    this.drawn = options.drawn ?? true;
  }

  /** One line; how it begins (`note: `, `warning: `) says how bad it is. */
  say(line: string, facts?: LogFacts): void {
    const entry = entryOf(line, facts);
    if (isTold(entry.level, this.#least)) this.#writeLine(this.#form(entry));
  }

  /** What ended the command: told whatever the level is. */
  fail(failure: Omit<LogEntry, 'level'>): void {
    const text = this.#form({ ...failure, level: 'error' });
    this.#writeLine(text);
    if (this.#failures !== undefined) this.#write(this.#failures, text);
  }

  /**
   * Bytes as they are; what is drawn in place is wiped away by the next line. What begins with `\r` takes the
   * place of what was drawn before, and may have several lines.
   */
  draw(text: string): void {
    this.#write(this.#output, `${WIPE_UP.repeat(this.#linesAbove)}${text}`);
    this.#isDrawn = text !== WIPE;
    this.#linesAbove = text.startsWith('\r') ? text.split('\n').length - 1 : 0;
  }

  /** Resolves when all words are out. */
  settled(): Promise<void> {
    return this.#written;
  }

  #writeLine(text: string): void {
    if (this.#isDrawn) this.draw(WIPE);
    this.#write(this.#output, text);
  }

  #write(output: Output, text: string): void {
    this.#written = this.#written
      .then(() => output.write(Buffer.from(text)))
      .catch(({ cause }: Error) => this.#tellLoss(cause))
      .catch(() => {
        // There is nobody to tell.
      });
  }

  async #tellLoss(cause: unknown): Promise<void> {
    if (this.#isLossTold || this.#failures === undefined) return;
    this.#isLossTold = true;
    const line = `warning: the log cannot be written, and lines are missing: ${messageOf(cause)}`;
    await this.#failures.write(Buffer.from(this.#form({ level: 'warn', line, facts: {} })));
  }
}

/**
 * Words as a command line asks for them.
 *
 * @param options.command told in every line of JSON
 * @throws AsbError `STORAGE` if the log file can't be opened
 */
export const openWords = (options: {
  readonly json: boolean;
  readonly least?: LogLevel;
  /** A file that is appended to, in place of standard error. */
  readonly file?: string | undefined;
  readonly command?: string | undefined;
}): Words => {
  const { json, least = 'info', file, command } = options;
  const colours = file === undefined && hasColours(process.env, isatty(STANDARD_ERROR));
  const form = json ? jsonForm(command === undefined ? {} : { command }) : plainForm(colours);
  if (file === undefined) return new Words({ form, least, drawn: !json });
  const output = new Output(openLog(file));
  return new Words({ output, failures: new Output(STANDARD_ERROR), form, least, drawn: false });
};

const openLog = (file: string): number => {
  try {
    return openSync(file, APPENDING);
  } catch (cause) {
    throw new AsbError('STORAGE', `cannot write the log: ${messageOf(cause)}`, { file, cause });
  }
};
