/** A headless Chromium that is told what to do by the DevTools protocol, over a pipe. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';

/** Milliseconds for an answer: a machine that is busy is slow to start it. */
const PATIENCE = 60_000;

/** Its own pages, its updates and whatever else it does by itself stay away. */
const ARGUMENTS = [
  '--headless=new',
  '--remote-debugging-pipe',
  '--disable-gpu',
  '--hide-scrollbars',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--force-color-profile=srgb',
  // As root, and in containers, it has no sandbox; it reads nothing but our own page.
  '--no-sandbox',
  '--disable-dev-shm-usage',
];

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: object;
  readonly result?: object;
  readonly error?: { readonly message: string };
}

/** A page that is open. */
export interface Page {
  /** Names of events, and what they said, in their order. */
  readonly events: readonly (readonly [method: string, params: object])[];
  /** @returns what the protocol says; of that, what is asked for must be looked at */
  send(method: string, params?: object): Promise<Readonly<Record<string, unknown>>>;
  /** Runs an expression in the page, and waits for it. @throws what that throws */
  evaluate(expression: string): Promise<unknown>;
}

export interface Browser {
  open(url: string): Promise<Page>;
  /** Ends it; nothing of it is left. */
  close(): Promise<void>;
}

/** @param program `chromium`, or another one of its kind */
export const startChromium = async (program: string): Promise<Browser> => {
  const directory = mkdtempSync(join(tmpdir(), 'asb-browser-'));
  const child = spawn(program, [...ARGUMENTS, `--user-data-dir=${directory}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const [, , , down, up] = child.stdio;
  if (!(down instanceof Writable) || !(up instanceof Readable)) throw new Error('no pipes');
  const answers = new Map<number, PromiseWithResolvers<Message>>();
  const listeners = new Map<string, (method: string, params: object) => void>();
  const failAll = (error: Error): void => {
    for (const { reject } of answers.values()) reject(error);
  };
  child.on('error', failAll);
  child.on('exit', () => failAll(new Error(`${program} has ended`)));
  down.on('error', failAll);
  const hear = ({ id, method, sessionId = '', params = {}, ...rest }: Message): void => {
    if (id !== undefined) answers.get(id)?.resolve(rest);
    else if (method !== undefined) listeners.get(sessionId)?.(method, params);
  };
  let text = '';
  up.setEncoding('utf8').on('data', (piece: string) => {
    const messages = `${text}${piece}`.split('\0');
    text = messages.pop() ?? '';
    for (const message of messages) hear(JSON.parse(message));
  });
  let count = 0;
  const send = async (method: string, params: object, sessionId?: string) => {
    const id = ++count;
    const answer = Promise.withResolvers<Message>();
    answers.set(id, answer);
    const timer = setTimeout(() => answer.reject(new Error(`${method}: no answer`)), PATIENCE);
    down.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { error, result = {} } = await answer.promise.finally(() => clearTimeout(timer));
    answers.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return Object.fromEntries(Object.entries(result));
  };

  return {
    async open(url) {
      const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
      const attached = await send('Target.attachToTarget', { targetId, flatten: true });
      const sessionId = String(attached.sessionId);
      const events: [string, object][] = [];
      const loaded = Promise.withResolvers<void>();
      listeners.set(sessionId, (method, params) => {
        events.push([method, params]);
        if (method === 'Page.loadEventFired') loaded.resolve();
      });
      for (const domain of ['Page', 'Runtime', 'Log', 'Network']) {
        await send(`${domain}.enable`, {}, sessionId);
      }
      await send('Page.navigate', { url }, sessionId);
      await loaded.promise;
      return {
        events,
        send: (method, params = {}) => send(method, params, sessionId),
        async evaluate(expression) {
          const asked = { expression, returnByValue: true, awaitPromise: true };
          const { result, exceptionDetails } = await send('Runtime.evaluate', asked, sessionId);
          if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
          return Object(result).value;
        },
      };
    },
    async close() {
      child.kill('SIGKILL');
      await exited;
      // What it started may not be quite gone.
      rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
};
