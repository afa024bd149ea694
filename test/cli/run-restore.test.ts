import { Readable } from 'node:stream';
import t from 'tap';
import { countsOf, runRestore } from '../../lib/cli/run-restore.ts';
import { AsbError } from '../../lib/errors.ts';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { TEXT } from '../helpers/asb-text.ts';

t.test('how far it is', async (t) => {
  const rows: readonly [number, number | undefined, number | undefined][] = [
    [0, undefined, undefined],
    [5, 0, undefined],
    [5, 20, 0.25],
  ];
  for (const [bytesRead, bytesTotal, share] of rows) {
    t.strictSame(countsOf({ records: 3, bytesRead, bytesTotal }), {
      records: 3,
      bytes: bytesRead,
      share,
      whole: 'the bytes',
    });
  }
});

t.test('a bar while it runs, and a signal', async (t) => {
  const sandbox = await startSandbox();
  const signals = new AbortController();
  const drawn: string[] = [];
  let onDraw = (): void => {};
  const shell = {
    signal: signals.signal,
    verbose: false,
    columns: 80,
    input: () => process.stdin,
    output: () => {
      throw new Error('nothing is written');
    },
    say: () => {},
    draw: (bytes: string) => {
      drawn.push(bytes);
      onDraw();
    },
    answer: () => {},
  };
  /** A restore whose input does not end by itself. */
  const begin = () => {
    const input = new Readable({ read: () => {} });
    input.push(TEXT);
    const options = { seeds: sandbox.seeds.join(), namespace: 'copy', noIndexes: true };
    const done = runRestore(shell, { ...options, ignoreRecordErrors: true, input });
    return { input, done };
  };
  const first = begin();
  onDraw = () => void first.input.push(null);
  t.match(await first.done, { total: 7 });
  t.match(drawn[0], /^\r\d+ records? · /);
  t.equal(drawn.at(-1), '\r\x1b[K');
  const second = begin();
  onDraw = () => signals.abort(new AsbError('ABORTED', 'stopped by SIGINT'));
  await t.rejects(second.done, { code: 'ABORTED', message: /stopped by SIGINT/ });
  await t.rejects(begin().done, { code: 'ABORTED' }, 'a signal before it');
  await sandbox.close();
});
