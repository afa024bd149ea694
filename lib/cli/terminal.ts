/** The terminal that a command was started from, also where the standard streams are pipes. */
import { openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { AsbError } from '../errors.ts';
import { SecretLine } from './secret-line.ts';

/** What a question needs of a terminal. */
export interface Terminal {
  write(text: string): void;
  /** Gives the keys from now on, unseen, until {@link close}. */
  listen(onKeys: (keys: Uint8Array) => void, onError: (error: Error) => void): void;
  /** Does what Ctrl-C does, which a terminal in raw mode leaves to the program. */
  interrupt(): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

const PATH = '/dev/tty';

/**
 * Asks for a password, which is not seen as it is typed.
 *
 * @param question its words, without the colon behind them
 * @param signal ends the question
 * @throws AsbError `USAGE` if there is no terminal, or its end comes before an answer; the signal's
 *   reason if it ends the question
 */
export const askSecret = (
  question: string,
  signal: AbortSignal,
  open: () => Terminal = openTerminal,
): Promise<string> => {
  signal.throwIfAborted();
  const terminal = openFor(question, open);
  const line = new SecretLine();
  return new Promise<string>((resolve, reject) => {
    const onKeys = (keys: Uint8Array): void => {
      const state = line.push(keys);
      if (state === 'done') resolve(line.text);
      else if (state === 'end') reject(new AsbError('USAGE', `${question}: nothing was typed`));
      else if (state === 'interrupted') terminal.interrupt();
    };
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    terminal.listen(onKeys, reject); // first, or what is typed at once would be seen
    terminal.write(`${question}: `);
  }).finally(() => {
    terminal.write('\n');
    terminal.close();
  });
};

const openFor = (question: string, open: () => Terminal): Terminal => {
  try {
    return open();
  } catch (cause) {
    const what = `${question}: there is no terminal to ask on; give it as env:VARIABLE or file:PATH`;
    throw new AsbError('USAGE', what, { expected: 'env:VARIABLE or file:PATH', cause });
  }
};

/** @throws the system's error if the process has none */
const openTerminal = (): Terminal => {
  const fd = openSync(PATH, 'r+');
  const stream = new ReadStream(fd);
  return {
    write: (text) => void writeSync(fd, text),
    listen(onKeys, onError) {
      stream.setRawMode(true);
      stream.on('data', onKeys).on('error', onError);
    },
    interrupt: () => void process.kill(process.pid, 'SIGINT'),
    close() {
      stream.setRawMode(false);
      stream.destroy();
    },
  };
};
