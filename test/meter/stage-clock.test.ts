import t from 'tap';
import { StageClock } from '../../lib/meter/stage-clock.ts';
import { ThreadTime } from '../../lib/meter/thread-time.ts';

const clockOf = ({ isSource = false, isFull = false } = {}) => {
  let time = 100;
  const thread = new ThreadTime();
  const now = () => time;
  const clock = new StageClock({ now, thread, isSource, isFull });
  const other = new StageClock({ now, thread, isSource: false, isFull: false });
  return {
    clock,
    other,
    pass: (ms: number) => {
      time += ms;
    },
    times: () => {
      clock.settle();
      const { busy, running, waiting, held } = clock.counters;
      return { busy, running, waiting, held };
    },
  };
};

t.test('a stage waits until something comes, and is busy until that is done', async (t) => {
  const { clock, pass, times } = clockOf();
  pass(3);
  clock.begin();
  clock.run(() => pass(5));
  pass(7);
  clock.done();
  pass(11);
  t.strictSame(times(), { busy: 12, running: 5, waiting: 14, held: 0 });
});

t.test('it is held within a push, and from one that says full until it is asked', async (t) => {
  const { clock, pass, times } = clockOf();
  const pushing = (hasRoom: boolean) =>
    clock.push(() => {
      pass(2);
      return hasRoom;
    });
  clock.begin();
  clock.run(() => {
    t.equal(pushing(true), true);
    pass(3);
    t.equal(pushing(false), false);
    pass(5); // its own code goes on
  });
  pass(7);
  clock.asked();
  clock.asked();
  pass(11);
  clock.done();
  t.strictSame(times(), { busy: 19, running: 8, waiting: 0, held: 11 });
});

t.test('what throws has had its time, too', async (t) => {
  const { clock, pass, times } = clockOf();
  const broken = (): never => {
    pass(2);
    throw new Error('broken');
  };
  t.throws(() => clock.run(broken), { message: 'broken' });
  t.throws(() => clock.push(broken), { message: 'broken' });
  pass(1);
  t.strictSame(times(), { busy: 2, running: 2, waiting: 3, held: 0 });
});

t.test('work in the background is work', async (t) => {
  const { clock, pass, times } = clockOf();
  clock.background(2);
  pass(3);
  clock.background(1);
  pass(3);
  clock.background(0);
  pass(5);
  t.strictSame(times(), { busy: 6, running: 0, waiting: 5, held: 0 });
});

t.test('a source whose thread is at work for others is held back by them', async (t) => {
  const { clock, other, pass, times } = clockOf({ isSource: true });
  pass(3);
  other.run(() => pass(5));
  pass(7);
  t.strictSame(times(), { busy: 0, running: 0, waiting: 10, held: 5 });
  clock.run(() => pass(1));
  t.strictSame(times(), { busy: 1, running: 1, waiting: 10, held: 5 });
});

t.test('another stage waits for its input meanwhile', async (t) => {
  const { other, pass, times } = clockOf();
  other.run(() => pass(5));
  t.match(times(), { waiting: 5, held: 0 });
});

t.test('what waits for its reader at the begin is held back', async (t) => {
  const { clock, pass, times } = clockOf({ isFull: true });
  pass(3);
  clock.asked();
  pass(4);
  t.match(times(), { held: 3, waiting: 4 });
});

t.test('behind its end no time counts', async (t) => {
  const { clock, pass, times } = clockOf();
  pass(3);
  clock.end();
  pass(100);
  clock.end();
  t.match(times(), { waiting: 3, held: 0 });
});
