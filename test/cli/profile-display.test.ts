import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { ProfileDisplay } from '../../lib/cli/profile-display.ts';
import { WIPE } from '../../lib/cli/words.ts';
import { Meter } from '../../lib/meter/meter.ts';
import { Recorder } from '../../lib/meter/pipeline-profile.ts';

const displayOf = (columns: number | undefined, interval?: number) => {
  let time = 0;
  const now = () => time;
  const meter = new Meter({ now });
  const recorder = new Recorder({ meter, title: 'asb scan', now, utilization: () => 0 });
  const drawn: string[] = [];
  const shell = { columns, draw: (text: string) => void drawn.push(text) };
  const display = new ProfileDisplay({
    shell,
    recorder,
    ...(interval === undefined ? {} : { interval }),
  });
  const pass = (ms: number) => {
    time += ms;
  };
  return { drawn, meter, recorder, display, pass };
};

t.test('a table in place, below what the command draws', async (t) => {
  const { drawn, meter, display, pass } = displayOf(30);
  display.sample();
  t.strictSame(drawn, [], 'nothing has begun');
  display.draw('\rbar\x1b[K');
  const stage = new PassThrough();
  meter.watch({ scan: stage });
  pass(250);
  display.sample();
  display.draw('\rlonger bar\x1b[K');
  display.draw(WIPE);
  display.sample();
  display.close();
  const [first, second, third, fourth, fifth, ...more] = drawn.map((text) => text.split('\n'));
  t.strictSame(first, ['\rbar\x1b[K']);
  t.strictSame(second, [
    '\rbar\x1b[K',
    '\rstage  items  MiB in  MiB out\x1b[K',
    '\rscan       0                 \x1b[K',
    '\rlimited by scan, or what it r\x1b[K',
  ]);
  t.match(third, ['\rlonger bar\x1b[K', /^\rstage/]);
  t.strictSame(fourth, [WIPE]);
  t.match(fifth, [/^\rstage/, /^\rscan/]);
  t.strictSame(more, [[WIPE]]);
  stage.destroy();
});

t.test('what is hidden draws nothing, and takes samples', async (t) => {
  const { drawn, meter, recorder, display, pass } = displayOf(30);
  const stage = new PassThrough();
  meter.watch({ scan: stage });
  display.sample();
  display.hide();
  display.hide();
  pass(250);
  display.sample();
  display.draw('\rbar');
  display.close();
  t.equal(drawn.length, 2);
  t.equal(drawn[1], WIPE);
  t.strictSame(recorder.profile().samples.time, [0, 0, 250, 250]);
  stage.destroy();
});

t.test('elsewhere samples are taken, and nothing is drawn', async (t) => {
  const { drawn, meter, recorder, display, pass } = displayOf(undefined);
  const stage = new PassThrough();
  meter.watch({ scan: stage });
  pass(250);
  display.sample();
  display.close();
  t.strictSame(drawn, []);
  t.strictSame(recorder.profile().samples.time, [0, 250, 250]);
  stage.destroy();
});

t.test('it samples by itself, again and again', async (t) => {
  const { meter, display, drawn } = displayOf(80, 1);
  const stage = new PassThrough();
  meter.watch({ scan: stage });
  const keepAlive = setInterval(() => {
    if (drawn.length > 2) stage.destroy();
  }, 1);
  await once(stage, 'close');
  clearInterval(keepAlive);
  display.close();
  t.equal(drawn.at(-1), WIPE);
});
