import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { meter } from '../../lib/meter/metered.ts';

t.test('a pipeline in code', async (t) => {
  let time = 0;
  const metered = meter(
    {
      read: Readable.from([Buffer.alloc(1024 * 1024)]),
      pass: new PassThrough(),
      write: new Writable({
        write(_chunk, _encoding, done) {
          time += 1000;
          done();
        },
      }),
    },
    { now: () => time, utilization: () => 0.5 },
  );
  await pipeline(metered.stages);
  t.match(metered.figures(), [
    { name: 'read', bytesOut: 1024 * 1024 },
    { name: 'pass', itemsIn: 1, itemsOut: 1 },
    { name: 'write', itemsIn: 1, busy: 1000, running: 1000 },
  ]);
  const lines = metered.report().split('\n');
  t.match(lines[0], /^stage +items +MiB in/);
  t.match(lines[3], /^write +1 +1\.0 +1\.0 +100%/);
  t.match(lines[4], /^limited by write: busy 100 % of the time/);
});

t.test('it looks at the clock a few times a chunk, however many items that has', async (t) => {
  const chunks = 1000;
  let looks = 0;
  const now = () => looks++;
  const stages = {
    read: Readable.from(Array.from({ length: chunks }, () => Buffer.alloc(10))),
    pass: new PassThrough(),
    write: new Writable({ write: (_chunk, _encoding, done) => done() }),
  };
  const metered = meter(stages, { now });
  await pipeline(metered.stages);
  const perStage = looks / chunks / metered.stages.length;
  t.ok(perStage <= 6, `${perStage} looks`);
});

t.test('it looks at the clock of the process', async (t) => {
  const metered = meter({ read: Readable.from(['x']), write: new PassThrough() });
  await pipeline([...metered.stages, new Writable({ write: (_c, _e, done) => done() })]);
  t.match(metered.figures(), [
    { name: 'read', itemsOut: 1 },
    { name: 'write', itemsOut: 1 },
  ]);
  t.match(metered.report(), /limited by/);
});
