import { once } from 'node:events';
import t from 'tap';
import { stopWith } from '../../lib/cli/stopping.ts';

const jobOf = () => {
  const events = new EventTarget();
  const reasons: string[] = [];
  const abort = (reason: string): void => {
    reasons.push(reason);
    events.dispatchEvent(new Event(`stop ${reasons.length}`));
  };
  return { abort, reasons, events };
};

t.test('a signal stops a job, and again when that takes long', async (t) => {
  const signals = new AbortController();
  const job = jobOf();
  const end = stopWith(signals.signal, job, 1);
  t.strictSame(job.reasons, []);
  const again = once(job.events, 'stop 2');
  signals.abort(new Error('stopped by SIGINT'));
  t.strictSame(job.reasons, ['stopped by SIGINT']);
  await again;
  t.strictSame(job.reasons, ['stopped by SIGINT', 'stopped by SIGINT']);
  end();
});

t.test('a job that is over is left alone', async (t) => {
  const signals = new AbortController();
  const job = jobOf();
  stopWith(signals.signal, job)();
  signals.abort();
  t.strictSame(job.reasons, []);
});
