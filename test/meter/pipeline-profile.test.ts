import { PassThrough } from 'node:stream';
import t from 'tap';
import { AsbError } from '../../lib/errors.ts';
import { Meter } from '../../lib/meter/meter.ts';
import { Recorder } from '../../lib/meter/pipeline-profile.ts';

t.test('a profile has the figures, over time, and what limits', async (t) => {
  let time = 1000;
  const now = () => time;
  const meter = new Meter({ now });
  const recorder = new Recorder({
    meter,
    title: 'asb backup',
    now,
    date: () => new Date(0),
    utilization: () => 0.25,
  });
  t.equal(recorder.limit, undefined);
  const stage = new PassThrough();
  meter.watch({ scan: stage });
  time += 250;
  recorder.sample();
  time += 50;
  t.equal(recorder.elapsed, 300);
  t.match(recorder.limit, { stage: 'scan', thread: 0.25 });
  const profile = recorder.profile();
  t.match(profile, {
    format: 'asb-profile',
    version: 1,
    title: 'asb backup',
    begun: '1970-01-01T00:00:00.000Z',
    elapsed: 300,
    thread: 0.25,
    failure: null,
    stages: [{ name: 'scan', waiting: 300 }],
    limit: { stage: 'scan', by: 'source', share: 1 },
    samples: { time: [0, 250, 300], stages: [{ name: 'scan', waiting: [0, 250, 300] }] },
  });
  t.strictSame(JSON.parse(JSON.stringify(profile)), profile, 'it is JSON as it is');
  stage.destroy();
});

t.test('of what failed it says why', async (t) => {
  const recorder = new Recorder({ meter: new Meter(), title: 'asb scan' });
  t.match(recorder.profile(new AsbError('NETWORK', 'gone')), {
    failure: { code: 'NETWORK', message: 'gone' },
    limit: null,
    stages: [],
  });
  t.match(recorder.profile('words'), { failure: { code: null, message: 'words' } });
  const { thread } = recorder.profile();
  t.ok(thread >= 0 && thread <= 1);
});
