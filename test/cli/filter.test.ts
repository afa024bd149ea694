import { once } from 'node:events';
import { PassThrough, Readable, Writable } from 'node:stream';
import t from 'tap';
import { runPipeline } from '../../lib/cli/filter.ts';
import { AsbError } from '../../lib/errors.ts';
import { Meter } from '../../lib/meter/meter.ts';

const ignoring = () => new Writable({ write: (_chunk, _encoding, done) => done() });

t.test('a pipeline runs to its end', async (t) => {
  const signal = new AbortController().signal;
  await t.resolves(
    runPipeline(
      { signal },
      { read: Readable.from(['x']), pass: new PassThrough(), ignoring: ignoring() },
    ),
  );
});

t.test('a meter is told of its stages', async (t) => {
  const meter = new Meter();
  const signal = new AbortController().signal;
  await runPipeline({ signal, meter }, { read: Readable.from(['x']), ignoring: ignoring() });
  t.match(meter.figures(), [{ name: 'read' }, { name: 'ignoring', itemsIn: 1 }]);
});

t.test('its error is the one that a stage gave', async (t) => {
  const signal = new AbortController().signal;
  const source = new Readable({ read: () => source.destroy(new AsbError('FORMAT', 'wrong')) });
  await t.rejects(runPipeline({ signal }, { source, ignoring: ignoring() }), { code: 'FORMAT' });
});

t.test('a signal ends it, and is its error', async (t) => {
  const controller = new AbortController();
  const source = new PassThrough();
  const running = runPipeline(controller, { source, ignoring: ignoring() });
  controller.abort(new AsbError('ABORTED', 'stopped by SIGINT'));
  await t.rejects(running, { code: 'ABORTED' });
  if (!source.closed) await once(source, 'close');
  t.equal(source.destroyed, true);
});
