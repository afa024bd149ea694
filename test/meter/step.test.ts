import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { Step } from '../../lib/meter/step.ts';
import { ThreadTime } from '../../lib/meter/thread-time.ts';

const stepOf = () => {
  let time = 0;
  let over = 0;
  const step = new Step({ now: () => time, thread: new ThreadTime(), onOver: () => over++ });
  return {
    step,
    pass: (ms: number) => {
      time += ms;
    },
    get over() {
      return over;
    },
  };
};

const KIB = Buffer.alloc(1024);

t.test('it is busy until its work settles, and held while it hands on', async (t) => {
  const made = stepOf();
  const { step, pass } = made;
  pass(1);
  await step.take(KIB, async () => {
    pass(10);
    await turn();
    pass(100);
    await step.handOn(KIB, async () => {
      pass(1000);
      await turn();
      pass(10_000);
    });
    await step.handOn(KIB, () => pass(5));
  });
  await step.run(() => pass(3));
  pass(2);
  step.end();
  pass(77);
  const { counters } = step.clock;
  step.clock.settle();
  t.match(counters, { itemsIn: 1, bytesIn: 1024, itemsOut: 2, bytesOut: 2048 });
  t.match(counters, { busy: 113, running: 13, waiting: 3, held: 11_005 });
  t.equal(made.over, 1);
});

t.test('what fails has had its time', async (t) => {
  const { step, pass } = stepOf();
  const broken = (): never => {
    pass(1);
    throw new Error('broken');
  };
  const failing = async () => {
    pass(10);
    await turn();
    throw new Error('broken');
  };
  await t.rejects(step.take(KIB, broken), { message: 'broken' });
  await t.rejects(step.take(KIB, failing), { message: 'broken' });
  await t.rejects(step.handOn(KIB, broken), { message: 'broken' });
  pass(100);
  step.clock.settle();
  t.match(step.clock.counters, { busy: 11, held: 1, waiting: 100 });
});
