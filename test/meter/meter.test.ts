import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { Meter, type StageFigures } from '../../lib/meter/meter.ts';

const source = (chunks: number) =>
  Readable.from(Array.from({ length: chunks }, () => Buffer.alloc(10)));
const sink = () => new Writable({ write: (_chunk, _encoding, done) => done() });

const NOTHING = {
  itemsIn: 0,
  itemsOut: 0,
  bytesIn: 0,
  bytesOut: 0,
  busy: 0,
  running: 0,
  waiting: 0,
  held: 0,
};
const elsewhere = (name: string, more: Partial<StageFigures>): StageFigures => ({
  name,
  ...NOTHING,
  ...more,
});

t.test('rows of the same names add up, while they run and when they are gone', async (t) => {
  const meter = new Meter({ now: () => 0 });
  for (const chunks of [2, 3]) {
    const stages = { read: source(chunks), write: sink() };
    meter.watch(stages);
    await pipeline(stages.read, stages.write);
    if (!stages.write.closed) await once(stages.write, 'close');
  }
  const last = { read: source(4), write: sink() };
  meter.watch(last);
  const going = pipeline(last.read, last.write);
  await going;
  t.strictSame(meter.figures(), [
    elsewhere('read', { itemsOut: 9, bytesOut: 90 }),
    elsewhere('write', { itemsIn: 9, bytesIn: 90 }),
  ]);
});

t.test('time goes on until now', async (t) => {
  let time = 5;
  const meter = new Meter({ now: () => time });
  meter.watch({ write: sink() });
  time += 7;
  t.match(meter.figures(), [{ name: 'write', waiting: 7 }]);
  time += 1;
  t.match(meter.figures(), [{ name: 'write', waiting: 8 }]);
});

t.test('of each thread the latest figures count, with all others', async (t) => {
  const meter = new Meter();
  t.strictSame(meter.figures(), []);
  meter.take('1', [elsewhere('scan', { itemsOut: 1, busy: 2 })]);
  meter.take('1', [
    elsewhere('scan', { itemsOut: 3, busy: 4 }),
    elsewhere('rotate', { itemsIn: 5, running: 1, held: 6 }),
  ]);
  meter.take('2', [elsewhere('scan', { itemsOut: 10, waiting: 7 })]);
  t.strictSame(meter.figures(), [
    elsewhere('scan', { itemsOut: 13, busy: 4, waiting: 7 }),
    elsewhere('rotate', { itemsIn: 5, running: 1, held: 6 }),
  ]);
});

t.test('what functions do with chunks is a stage, too', async (t) => {
  let time = 0;
  const meter = new Meter({ now: () => time });
  for (const items of [1, 2]) {
    const step = meter.step('load');
    for (let index = 0; index < items; index++) {
      await step.take('x', () => {
        time += 5;
      });
    }
    t.match(meter.figures(), [{ name: 'load', itemsIn: items === 1 ? 1 : 3 }]);
    step.end();
    step.end();
  }
  t.match(meter.figures(), [{ itemsIn: 3, busy: 15, running: 15, waiting: 0 }]);
});

t.test('names that are expected stand where they belong, once they come', async (t) => {
  const meter = new Meter();
  const names = () => meter.figures().map(({ name }) => name);
  meter.expect('read', 'unpack', 'parse');
  meter.watch({ write: sink() });
  t.strictSame(names(), ['write']);
  meter.watch({ read: source(0), parse: sink() });
  t.strictSame(names(), ['read', 'parse', 'write']);
  meter.take('1', [elsewhere('unpack', {})]);
  t.strictSame(names(), ['read', 'unpack', 'parse', 'write']);
});
