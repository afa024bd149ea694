import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { Machine } from '../../lib/cli/machine.ts';
import { AsbError, codeOf } from '../../lib/errors.ts';

const fakeShell = () => {
  const controller = new AbortController();
  const said: string[] = [];
  return {
    said,
    abort: () => controller.abort(new AsbError('ABORTED', 'stopped')),
    shell: { signal: controller.signal, say: (line: string) => void said.push(line) },
  };
};

const fifo = (directory: string): string => {
  const path = join(directory, 'fifo');
  execFileSync('mkfifo', [path]);
  return path;
};

const openReader = (path: string): number =>
  openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);

/** What is in a pipe now; `''` if nothing is. */
const readNow = (fd: number): string => {
  const room = Buffer.alloc(1 << 20);
  try {
    return room.toString('utf8', 0, readSync(fd, room));
  } catch (error) {
    if (codeOf(error) !== 'EAGAIN') throw error;
    return '';
  }
};

const counts = (share: number) => ({ records: 0, bytes: 0, whole: 'the bytes', share });

t.test('no path, no lines', async (t) => {
  t.equal(await Machine.open(undefined, fakeShell().shell), undefined);
});

t.test('a file is appended to', async (t) => {
  const path = join(t.testdir({ lines: 'before\n' }), 'lines');
  const machine = await Machine.open(path, fakeShell().shell);
  machine?.say('PROGRESS:1', 'REMAINING:2s');
  machine?.say('SUMMARY:0');
  await machine?.close();
  t.equal(readFileSync(path, 'utf8'), 'before\nPROGRESS:1\nREMAINING:2s\nSUMMARY:0\n');
});

t.test('progress comes again and again', async (t) => {
  const path = join(t.testdir(), 'lines');
  const machine = await Machine.open(path, fakeShell().shell);
  const keepAlive = setInterval(() => {}, 1000);
  let [asked, now] = [0, 0];
  await new Promise<void>((resolve) => {
    machine?.watch(
      () => {
        asked++;
        now += 3000;
        if (asked === 4) resolve();
        return counts(asked / 10);
      },
      { interval: 1, now: () => now },
    );
  });
  clearInterval(keepAlive);
  await machine?.close();
  const lines = readFileSync(path, 'utf8').split('\n');
  t.equal(lines[0], 'PROGRESS:20');
  t.match(lines[1], /^REMAINING:4[78]s$/);
});

t.test('a FIFO waits for its reader, who gets all', async (t) => {
  const path = fifo(t.testdir());
  const { shell, said } = fakeShell();
  const opening = Machine.open(path, shell);
  while (said.length === 0) await turn();
  t.match(said, [/^note: .* waits for a reader/]);
  const reader = openReader(path);
  const machine = await opening;
  machine?.say('PROGRESS:1');
  await machine?.close();
  t.equal(readNow(reader), 'PROGRESS:1\n');
  t.equal(readSync(reader, Buffer.alloc(1)), 0, 'and its end');
  closeSync(reader);
  t.equal(said.length, 1);
});

t.test('a signal ends the wait for a reader', async (t) => {
  const { shell, said, abort } = fakeShell();
  const opening = Machine.open(fifo(t.testdir()), shell);
  while (said.length === 0) await turn();
  abort();
  await t.rejects(opening, { code: 'ABORTED' });
});

t.test('a reader that goes away is told, once, and is no failure', async (t) => {
  const path = fifo(t.testdir());
  const { shell, said } = fakeShell();
  const reader = openReader(path);
  const machine = await Machine.open(path, shell);
  closeSync(reader);
  machine?.say('PROGRESS:1');
  while (said.length === 0) await turn();
  machine?.say('SUMMARY:0');
  await machine?.close();
  t.match(said, [/^warning: .*its reader went away/]);
  t.equal(said.length, 1);
});

t.test('a full disk, too', async (t) => {
  const { shell, said } = fakeShell();
  const machine = await Machine.open('/dev/full', shell);
  machine?.say('PROGRESS:1');
  await machine?.close();
  t.match(said, [/^warning: .*ENOSPC/]);
});

t.test('a reader that stalls gets the last line when it reads', async (t) => {
  const path = fifo(t.testdir());
  const { shell } = fakeShell();
  const reader = openReader(path);
  const machine = await Machine.open(path, shell);
  machine?.say('x'.repeat(1 << 20));
  const keepAlive = setInterval(() => {}, 1000);
  let asked = 0;
  await new Promise<void>((resolve) => {
    machine?.watch(
      () => {
        asked++;
        if (asked === 4) resolve();
        return counts(0.5);
      },
      { interval: 1 },
    );
  });
  clearInterval(keepAlive);
  machine?.say('SUMMARY:0');
  let isClosed = false;
  machine?.close().then(() => {
    isClosed = true;
  });
  let read = '';
  while (!isClosed) {
    read += readNow(reader);
    await turn();
  }
  read += readNow(reader);
  closeSync(reader);
  t.match(read.replace(/^x+/, ''), /^\nSUMMARY:0\n$/, 'and no progress that is long past');
});

t.test('who is stopped does not wait for a reader that stalls', async (t) => {
  const MUCH = 'x'.repeat(1 << 20);
  type Step = (machine: Machine | undefined, abort: () => void) => Promise<void> | undefined;
  const cases: Step[] = [
    (machine, abort) => {
      machine?.say(MUCH);
      abort();
      return machine?.close();
    },
    (machine, abort) => {
      abort();
      machine?.say(MUCH);
      return machine?.close();
    },
    (machine, abort) => {
      machine?.say(MUCH);
      const closing = machine?.close();
      abort();
      return closing;
    },
  ];
  for (const [index, step] of cases.entries()) {
    const path = fifo(t.testdir());
    const { shell, abort } = fakeShell();
    const reader = openReader(path);
    const machine = await Machine.open(path, shell);
    await t.resolves(Promise.resolve(step(machine, abort)), `${index}`);
    closeSync(reader);
  }
});

t.test('what cannot be written is told before the job begins', async (t) => {
  const path = t.testdir();
  await t.rejects(Machine.open(path, fakeShell().shell), {
    code: 'STORAGE',
    facts: { file: path },
  });
});
