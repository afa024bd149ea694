import { EventEmitter } from 'node:events';
import t from 'tap';
import { type EndSignal, SIGNALS, Signals } from '../../lib/cli/signals.ts';

/** A process that is told of its end instead of having one. */
class FakeProcess extends EventEmitter {
  readonly pid = 42;
  readonly killed: [number, string][] = [];
  onKill = (): void => {};

  kill(pid: number, signal: EndSignal): void {
    this.killed.push([pid, signal]);
    this.onKill();
  }
}

t.test('the first signal aborts, the next ones are the system’s', (t) => {
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
  for (const signal of SIGNALS) {
    const target = new FakeProcess();
    const signals = new Signals(target);
    t.equal(signals.exitCode, undefined);
    t.equal(signals.signal.aborted, false);
    target.emit(signal, signal);
    t.equal(signals.exitCode, codes[signal]);
    t.match(signals.signal.reason, { code: 'ABORTED' });
    for (const each of SIGNALS) t.equal(target.listenerCount(each), 0);
  }
  t.end();
});

t.test('a command that does not end is ended', async (t) => {
  const target = new FakeProcess();
  new Signals(target, 1);
  const keepAlive = setInterval(() => {}, 1000);
  const killed = new Promise<void>((resolve) => {
    target.onKill = resolve;
  });
  target.emit('SIGTERM', 'SIGTERM');
  t.same(target.killed, [], 'not at once');
  await killed;
  clearInterval(keepAlive);
  t.same(target.killed, [[42, 'SIGTERM']]);
});

t.test('closed, it hears nothing', (t) => {
  const target = new FakeProcess();
  new Signals(target).close();
  t.same(target.eventNames(), []);
  t.end();
});
