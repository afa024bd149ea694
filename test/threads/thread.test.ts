import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import t from 'tap';
import { AsbError } from '../../lib/errors.ts';
import { serve } from '../../lib/threads/serve.ts';
import { moduleBeside, startThread, type Thread } from '../../lib/threads/thread.ts';

const module = moduleBeside('./fixture', import.meta.url);
const start = (data: unknown, onMessage?: (message: string) => void): Thread<string, string> =>
  startThread<string, string, string>({
    name: 'worker 1',
    module,
    data,
    ...(onMessage === undefined ? {} : { onMessage }),
  });

t.test('a function runs in a thread: data in, messages both ways, a result', async (t) => {
  const said: string[] = [];
  const thread = start('echo', (message) => said.push(message));
  thread.post('one');
  thread.post('two');
  thread.post('end');
  t.equal(await thread.done, 'heard one two');
  t.strictSame(said, ['ONE', 'TWO']);
});

t.test('messages are not needed', async (t) => {
  const thread = start('echo');
  thread.post('one');
  thread.post('end');
  t.equal(await thread.done, 'heard one');
});

t.test('memory is shared', async (t) => {
  const memory = new SharedArrayBuffer(4);
  await start(memory).done;
  t.equal(new Int32Array(memory)[0], 42);
});

t.test('what it throws comes with its code and facts', async (t) => {
  await t.rejects(start('fail').done, { code: 'STORAGE', facts: { file: 'x' } });
});

t.test('it is asked to stop', async (t) => {
  const thread = start('wait');
  thread.abort(new AsbError('ABORTED', 'enough'));
  await t.rejects(thread.done, { code: 'ABORTED', message: 'enough' });
});

t.test('it is ended', async (t) => {
  const thread = start('wait');
  const done = t.rejects(thread.done, { code: 'ABORTED' });
  await thread.terminate();
  await done;
});

t.test('a thread that fails by itself is an error', async (t) => {
  await t.rejects(start('crash').done, { message: 'crashed' });
});

t.test('one that Node ends is told by its name', async (t) => {
  await t.rejects(start('die').done, { code: 'ABORTED', message: /^worker 1 .*no memory/ });
});

t.test('one that cannot be started fails as one that ended', async (t) => {
  const thread = start(() => {});
  const done = t.rejects(thread.done, { code: 'ABORTED', message: /^worker 1 could not/ });
  thread.post('one');
  thread.abort(new Error('enough'));
  await thread.terminate();
  await done;
});

t.test('a module that is none is an error', async (t) => {
  const thread = startThread({ name: 'worker', module: `${module}.none`, data: 0 });
  await t.rejects(thread.done, { code: 'ERR_MODULE_NOT_FOUND' });
});

t.test('serve, on a port of its own', async (t) => {
  const { port1, port2 } = new MessageChannel();
  const answers: unknown[] = [];
  port1.on('message', (answer) => {
    answers.push(answer);
    if (answers.length === 1) port1.postMessage({ kind: 'message', message: 'end' });
  });
  port1.postMessage({ kind: 'message', message: 'before' });
  const closed = once(port1, 'close');
  const served = serve(port2, { module, data: 'echo' });
  await served;
  await closed;
  t.match(answers, [{ message: 'BEFORE' }, { kind: 'done', result: 'heard before' }]);
});

t.test('serve tells failures, and that it is to stop', async (t) => {
  const { port1, port2 } = new MessageChannel();
  const answer = once(port1, 'message');
  const served = serve(port2, { module, data: 'wait' });
  port1.postMessage({ kind: 'abort', failure: { message: 'enough', code: 'ABORTED' } });
  await served;
  t.match(await answer, [{ kind: 'failed', failure: { code: 'ABORTED', message: 'enough' } }]);
});

t.test('what comes before somebody listens waits', async (t) => {
  const { port1, port2 } = new MessageChannel();
  const answer = once(port1, 'message');
  const served = serve(port2, { module, data: 'late' });
  port1.postMessage({ kind: 'message', message: 'early' });
  port1.postMessage({ kind: 'abort', failure: { message: 'enough', code: 'ABORTED' } });
  await served;
  t.match(await answer, [{ kind: 'done', result: 'early' }]);
});
