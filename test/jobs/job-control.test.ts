import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { JobControl } from '../../lib/jobs/job-control.ts';

t.test('what is done, or fails by itself, is told as it is', async (t) => {
  const control = new JobControl('test');
  t.equal(await control.done(Promise.resolve(7)), 7);
  const failure = new Error('broken');
  await t.rejects(control.done(Promise.reject(failure)), failure);
  t.equal(control.signal.aborted, false);
});

t.test('what was stopped fails for that, whatever it throws', async (t) => {
  for (const [reason, message] of [
    [undefined, 'test stopped'],
    ['stopped by SIGINT', 'test stopped by SIGINT'],
  ] as const) {
    const control = new JobControl('test');
    const waiting = setTimeout(60_000, 'late', { signal: control.signal });
    const done = control.done(waiting);
    control.abort(reason);
    await t.rejects(done, { code: 'ABORTED', message });
    await t.rejects(waiting, { name: 'AbortError' });
    t.equal(await control.done(Promise.resolve(7)), 7, 'what is done is done');
  }
});

t.test('the first reason counts', async (t) => {
  const control = new JobControl('test');
  control.abort('first');
  control.abort('second');
  await t.rejects(control.done(Promise.reject(new Error('broken'))), { message: 'test first' });
});

t.test('how long it has run', (t) => {
  const control = new JobControl('test');
  const { elapsed } = control;
  t.ok(elapsed >= 0);
  t.ok(control.elapsed >= elapsed);
  t.end();
});
