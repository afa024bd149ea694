import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { askSecret, type Terminal } from '../../lib/cli/terminal.ts';
import { AsbError } from '../../lib/errors.ts';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { EXECUTABLE } from '../helpers/asb.ts';

/** A terminal at which these keys are pressed, one after another. */
const terminalWith = (...keys: readonly (string | Error)[]) => {
  const written: string[] = [];
  const did: string[] = [];
  const terminal: Terminal = {
    write: (text) => void written.push(text),
    listen: (onKeys, onError) => {
      for (const key of keys) {
        if (key instanceof Error) onError(key);
        else onKeys(Buffer.from(key));
      }
    },
    interrupt: () => void did.push('interrupt'),
    close: () => void did.push('close'),
  };
  return { terminal, written, did };
};

t.test('a question, and what is typed', async (t) => {
  const { terminal, written, did } = terminalWith('sec', 'ret\r');
  const { signal } = new AbortController();
  t.equal(await askSecret('password of ann', signal, () => terminal), 'secret');
  t.strictSame(written, ['password of ann: ', '\n'], 'and nothing of the answer');
  t.strictSame(did, ['close']);
});

t.test('no answer', async (t) => {
  const { signal } = new AbortController();
  const gone = new Error('gone');
  const rows: readonly [string | Error, { code: string } | Error][] = [
    ['\x04', { code: 'USAGE' }],
    [gone, gone],
  ];
  for (const [key, error] of rows) {
    const { terminal, did } = terminalWith(key);
    await t.rejects(
      askSecret('password', signal, () => terminal),
      error,
    );
    t.strictSame(did, ['close']);
  }
});

t.test('what ends the question', async (t) => {
  const controller = new AbortController();
  const { terminal, did } = terminalWith('abc\x03');
  const asking = askSecret('password', controller.signal, () => terminal);
  t.strictSame(did, ['interrupt']);
  controller.abort(new AsbError('ABORTED', 'stopped'));
  await t.rejects(asking, { code: 'ABORTED' });
  t.strictSame(did, ['interrupt', 'close']);
  t.throws(() => askSecret('password', controller.signal, () => terminal), { code: 'ABORTED' });
});

t.test('no terminal', async (t) => {
  const none = (): Terminal => {
    throw new Error('no such device');
  };
  const { signal } = new AbortController();
  t.throws(() => askSecret('password of ann', signal, none), {
    code: 'USAGE',
    message: /password of ann.*env:.*file:/,
  });
});

/** Runs `asb ARGS` at a terminal of its own, which `script` makes, its output in a pipe. */
const atTerminal = async (args: readonly string[], keys: string) => {
  const command = [process.execPath, EXECUTABLE, ...args, '|', 'wc', '-l'].join(' ');
  const child = spawn('script', ['-qec', `${command}; stty -a`, '/dev/null'], { stdio: 'pipe' });
  let shown = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const before = shown;
    shown += chunk;
    if (!before.includes('ann: ') && shown.includes('ann: ')) child.stdin.write(keys);
  });
  await once(child, 'close');
  return shown;
};

t.test('a real terminal, while standard output is a pipe', async (t) => {
  const sandbox = await startSandbox({
    records: 10,
    users: [{ name: 'ann', password: 'secret', roles: ['read'] }],
  });
  const args = ['scan', '-h', sandbox.seeds.join(), '-n', 'test', '-Iu', '-U', 'ann'];
  const rows: readonly [string, readonly string[], RegExp][] = [
    ['secreX\x7ft\r', ['-P'], /ann: \s+10\s/],
    ['secret\r', [], /ann: \s+10\s/],
    ['sec\x03', [], /stopped by SIGINT/],
  ];
  for (const [keys, more, expected] of rows) {
    const shown = await atTerminal([...args, ...more], keys);
    t.match(shown, expected, JSON.stringify(keys));
    t.match(shown, /[ ;]echo[ ;]/, 'the terminal is as it was');
    t.notMatch(shown, /sec(?!onds)/, 'and nothing of the answer was seen');
  }
  await sandbox.close();
});
