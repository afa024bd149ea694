import type { Readable } from 'node:stream';
import { isatty } from 'node:tty';
import { AsbError, codeOf, factsOf } from '../errors.ts';
import type { Command } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { commands } from './commands.ts';
import { defaultConfigFiles, settle } from './config/settle.ts';
import { ExitCode } from './exit-code.ts';
import { failureOf, type Language } from './languages.ts';
import { isVerbose, wordsOf, wordsOfUnread } from './options/log.ts';
import { type Output, standardOutput } from './output.ts';
import { detailsOf, lineOf } from './report.ts';
import { columnsOf, processShell } from './shell.ts';
import { Signals } from './signals.ts';
import type { Words } from './words.ts';

/** The `engines` of package.json. */
const OLDEST_NODE = { major: 22, minor: 21 } as const;

/** Widest help, in columns; wider lines are hard to read. */
const MAX_COLUMNS = 100;

/**
 * Runs one command line and sets the exit status. It never calls `process.exit`, so that what was
 * written gets out.
 *
 * @param args without the interpreter and the script
 */
export const main = async (args: readonly string[]): Promise<void> => {
  const signals = new Signals(process);
  // Node ends, and well, when nothing is left that could wake it up: what waits then waits for ever.
  process.exitCode = ExitCode.FAILED;
  let fail: ((error: Error) => void) | undefined;
  // Not by `Promise.withResolvers`: the Nodes that `checkRuntime` is to tell of have none.
  const stalled = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  const onStall = (): void => fail?.(new Error('it came to a halt, with nothing left to wait for'));
  process.once('beforeExit', onStall);
  process.exitCode = await new Run(args, signals).outcome(stalled);
  process.off('beforeExit', onStall);
  signals.close();
};

/**
 * npm only warns if the Node that is there is too old; what fails then is hard to read.
 *
 * @param version as `process.versions.node` has it
 * @throws AsbError `USAGE`
 */
export const checkRuntime = (version: string): void => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST_NODE.major || (major === OLDEST_NODE.major && minor >= OLDEST_NODE.minor)) {
    return;
  }
  const expected = `Node ${OLDEST_NODE.major}.${OLDEST_NODE.minor}`;
  throw new AsbError('USAGE', `this is Node ${version}; ${expected} or later is needed`, {
    expected,
  });
};

/** One command line on its way to an exit status. */
class Run {
  readonly #args: readonly string[];
  readonly #signals: Signals;
  #command: Command | undefined;
  #words: Words;
  #input: Readable | undefined;
  #output: Output | undefined;
  #language: Language | undefined;
  /** Whether a reader may take a part and go, as `head` does: a filter's output, and help. */
  #readerMayGo = false;
  #verbose = false;

  constructor(args: readonly string[], signals: Signals) {
    this.#args = args;
    this.#signals = signals;
    this.#words = wordsOfUnread(args, undefined);
  }

  /**
   * The exit status. Input ends with it: who is over does not wait for more of what nobody reads.
   * @param stalled rejects if nothing can go on any more
   */
  outcome(stalled: Promise<never>): Promise<number> {
    return Promise.race([this.#run(), stalled])
      .catch((error: unknown) => this.#failed(error))
      .finally(() => this.#input?.destroy());
  }

  async #run(): Promise<number> {
    checkRuntime(process.versions.node);
    await this.#find(this.#args[0]);
    const columns = Math.min(
      columnsOf(isatty(1), () => process.stdout) ?? MAX_COLUMNS,
      MAX_COLUMNS,
    );
    const bare = this.#args.length === 0;
    const request = await parseCommandLine(commands, bare ? ['--help'] : this.#args, columns);
    if (request.kind === 'text') {
      if (bare) {
        this.#words.draw(`${request.text}\n`);
        return ExitCode.USAGE;
      }
      this.#readerMayGo = true;
      this.#output = standardOutput();
      await this.#output.write(Buffer.from(`${request.text}\n`));
      return ExitCode.DONE;
    }
    const { command, typed } = request;
    const { given, told } = await settle(typed, {
      command,
      commands: commands.all,
      defaults: defaultConfigFiles(process.env.HOME),
      signal: this.#signals.signal,
    });
    this.#verbose = isVerbose(given);
    this.#words = wordsOf(given, command.name);
    if (this.#verbose) for (const line of told) this.#words.say(line);
    let answer: number = ExitCode.DONE;
    const shell = processShell({
      signal: this.#signals.signal,
      verbose: this.#verbose,
      words: this.#words,
      example: command.examples[0][0],
      onInput: (input) => {
        this.#input = input;
      },
      onOutput: (output, language) => {
        this.#output = output;
        this.#language = language;
      },
      onAnswer: (status) => {
        answer = status;
      },
    });
    await command.run(given, shell);
    return answer;
  }

  /** Whatever goes wrong from here on, it goes wrong in this command, if there is one of that name. */
  async #find(name = ''): Promise<void> {
    const command = await commands.named(name);
    if (command === undefined) return;
    this.#command = command;
    this.#words = wordsOfUnread(this.#args, name);
    this.#language = command.speaks;
    this.#readerMayGo = command.readerMayGo ?? this.#language !== undefined;
  }

  /** Tells a failure, on standard output too. */
  async #failed(error: unknown): Promise<number> {
    if (this.#output?.closed && this.#readerMayGo) return ExitCode.DONE;
    this.#tell(error);
    await this.#poison(lineOf(error));
    const failed = this.#command?.failedStatus ?? ExitCode.FAILED;
    return this.#signals.exitCode ?? (codeOf(error) === 'USAGE' ? ExitCode.USAGE : failed);
  }

  #tell(error: unknown): void {
    const name = this.#command === undefined ? 'asb' : `asb ${this.#command.name}`;
    const hint = codeOf(error) === 'USAGE' ? ` (${name} --help tells more)` : '';
    this.#words.fail({
      line: `${name}: ${lineOf(error)}${hint}`,
      facts: factsOf(error),
      ...(this.#verbose ? { details: detailsOf(error) } : {}),
    });
  }

  /** A stage that failed must not look like one that had nothing to say. */
  async #poison(message: string): Promise<void> {
    if (this.#language === undefined || isatty(1)) return;
    const output = this.#output ?? standardOutput();
    await output.fail(await failureOf(this.#language, message));
  }
}
