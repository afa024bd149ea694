/** Runs a command in this process: for tables of rows that need no pipes and no exit status. */
import { Readable, Writable } from 'node:stream';
import { parseCommandLine } from '../../lib/cli/command-line.ts';
import { commands } from '../../lib/cli/commands.ts';
import { settle } from '../../lib/cli/config/settle.ts';
import { Output } from '../../lib/cli/output.ts';

export interface Ran {
  /** What was said to people, in lines. */
  readonly said: readonly string[];
  /** What standard output got. */
  readonly written: Buffer;
  /** The exit status, if nothing was thrown. */
  readonly answer: number;
  /** What was thrown; `undefined` if nothing was. */
  readonly error: unknown;
}

/** @param input standard input; none if left out */
export const runHere = async (args: readonly string[], input = ''): Promise<Ran> => {
  const said: string[] = [];
  const written: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(Buffer.from(chunk));
      done();
    },
  });
  let answer = 0;
  let error: unknown;
  try {
    const request = await parseCommandLine(commands, args, 80);
    if (request.kind === 'text') throw new Error('it shows a text');
    const { command, typed } = request;
    const { given } = await settle(typed, { command, commands: commands.all, defaults: [] });
    await command.run(given, {
      signal: new AbortController().signal,
      verbose: false,
      columns: undefined,
      input: () => Readable.from(input === '' ? [] : [Buffer.from(input, 'latin1')]),
      output: () => new Output(sink),
      say: (line) => void said.push(line),
      draw: () => {},
      answer: (status) => {
        answer = status;
      },
    });
  } catch (thrown) {
    error = thrown;
  }
  return { said, written: Buffer.concat(written), answer, error };
};
