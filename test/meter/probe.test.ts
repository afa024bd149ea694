import { once } from 'node:events';
import { Duplex, Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { BACKGROUND, Probe, type Stage } from '../../lib/meter/probe.ts';
import { ThreadTime } from '../../lib/meter/thread-time.ts';

/** Probes of stages, by a clock that only the test moves. */
const probing = () => {
  let time = 0;
  let over = 0;
  const thread = new ThreadTime();
  return {
    watch: (stage: Stage) =>
      new Probe(stage, { now: () => time, thread, onOver: () => over++ }).clock,
    pass: (ms: number) => {
      time += ms;
    },
    get over() {
      return over;
    },
  };
};

const KIB = Buffer.alloc(1024);

t.test('a sink is busy until its callback, and till its end is done', async (t) => {
  const { watch, pass } = probing();
  const dones: (() => void)[] = [];
  const sink = new Writable({
    write(_chunk, _encoding, done) {
      pass(1);
      dones.push(done);
    },
    final(done) {
      pass(10);
      dones.push(done);
    },
  });
  const clock = watch(sink);
  pass(5);
  sink.write(KIB);
  pass(100);
  dones.shift()?.();
  await turn();
  pass(1000);
  sink.end();
  await turn();
  pass(10_000);
  dones.shift()?.();
  await once(sink, 'close');
  pass(7);
  clock.settle();
  t.match(clock.counters, { itemsIn: 1, bytesIn: 1024, itemsOut: 0, bytesOut: 0 });
  t.match(clock.counters, { busy: 10_111, running: 11, waiting: 1005, held: 0 });
});

t.test('chunks that come together are one write, and all of them count', async (t) => {
  const { watch, pass } = probing();
  const sizes: number[] = [];
  const sink = new Writable({
    writev(chunks, done) {
      pass(1);
      sizes.push(chunks.length);
      setImmediate(done);
    },
  });
  const clock = watch(sink);
  for (let index = 0; index < 3; index++) sink.write(KIB);
  sink.end();
  await once(sink, 'close');
  t.strictSame(sizes, [1, 2]);
  t.match(clock.counters, { itemsIn: 3, bytesIn: 3072, running: 2 });
});

t.test('a source waits between being asked and giving; what nobody takes is held', async (t) => {
  const { watch, pass } = probing();
  let asked = 0;
  const source = new Readable({
    highWaterMark: 2048,
    read() {
      pass(1);
      asked++;
    },
  });
  const clock = watch(source);
  source.read(0);
  pass(10);
  source.push(KIB);
  await turn(); // it is asked for one more
  pass(100);
  source.push(KIB);
  pass(1000);
  source.read();
  pass(10_000);
  source.push(null);
  pass(5);
  source.resume();
  await once(source, 'close');
  clock.settle();
  t.match(clock.counters, { itemsOut: 2, bytesOut: 2048, itemsIn: 0, busy: asked });
  t.match(clock.counters, { waiting: 10_110, held: 1005 });
});

t.test('a transform that runs within the push of its source is not the work of that', async (t) => {
  const probes = probing();
  const { pass } = probes;
  const source = new Readable({
    objectMode: true,
    read() {
      pass(1);
      this.push(left-- > 0 ? KIB : null);
    },
  });
  let left = 4;
  const work = new Transform({
    transform(chunk, _encoding, done) {
      pass(10);
      done(null, chunk);
    },
    flush(done) {
      pass(100);
      done();
    },
  });
  const sink = new Writable({
    write(_chunk, _encoding, done) {
      pass(1000);
      done();
    },
  });
  const [first, second, third] = [source, work, sink].map((stage) => probes.watch(stage));
  await pipeline(source, work, sink);
  t.match(first?.counters, { busy: 5, waiting: 0 });
  t.match(second?.counters, { busy: 140, itemsIn: 4, itemsOut: 4 });
  t.match(third?.counters, { busy: 4000, held: 0, itemsIn: 4 });
  await turn();
  t.equal(probes.over, 3);
});

t.test('stages of every kind end once, and tell errors of their end', async (t) => {
  const { watch } = probing();
  const broken = () => new Error('broken');
  type Done = (error: Error) => void;
  type Kind = readonly [what: string, make: (end: (done: Done) => void) => Writable];
  const kinds: readonly Kind[] = [
    ['transform', (flush) => new Transform({ flush })],
    ['duplex', (final) => new Duplex({ final })],
    ['sink', (final) => new Writable({ final })],
  ];
  for (const [what, make] of kinds) {
    let ends = 0;
    const stage = make((done) => {
      ends++;
      done(broken());
    });
    const clock = watch(stage);
    stage.end();
    await t.rejects(once(stage, 'close'), { message: 'broken' }, what);
    t.equal(ends, 1, what);
    t.equal(clock.counters.itemsIn, 0);
  }
  const bare = new Writable({ write: (_chunk, _encoding, done) => done() });
  watch(bare);
  bare.end(KIB);
  await once(bare, 'close');
  const last = new Transform({ flush: (done) => done(null, KIB) });
  const clock = watch(last);
  last.end();
  t.equal((await last.toArray()).length, 1);
  t.match(clock.counters, { itemsOut: 1 });
});

t.test('a duplex tells of work in the background', async (t) => {
  const { watch, pass } = probing();
  const stage = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      done();
    },
  });
  const clock = watch(stage);
  stage.emit(BACKGROUND, 1);
  pass(3);
  stage.emit(BACKGROUND, 0);
  pass(4);
  clock.settle();
  t.match(clock.counters, { busy: 3, waiting: 4 });
  stage.push(undefined);
  t.equal(clock.counters.itemsOut, 0);
  stage.destroy();
});

t.test('what is destroyed is over', async (t) => {
  const probes = probing();
  const sink = new Writable({ write() {} });
  const clock = probes.watch(sink);
  sink.write(KIB);
  probes.pass(3);
  const closed = new Promise((resolve) => sink.once('close', resolve));
  sink.on('error', () => {});
  sink.destroy(new Error('broken'));
  await closed;
  probes.pass(100);
  clock.settle();
  t.equal(clock.counters.busy, 3);
  t.equal(probes.over, 1);
});

t.test('what a reader has not taken when it is watched is held back', async (t) => {
  const { watch, pass } = probing();
  const source = new Readable({ highWaterMark: 10, read() {} });
  source.push(KIB);
  const clock = watch(source);
  pass(3);
  clock.settle();
  t.match(clock.counters, { held: 3, waiting: 0 });
  source.destroy();
});
