import fc from 'fast-check';
import t from 'tap';
import { EPOCH_SECONDS } from '../../../lib/record/layout.ts';
import { ServerClock } from '../../../lib/wire/write/server-clock.ts';

/** Local ms since 1970; a second begins. */
const T = (EPOCH_SECONDS + 500_000_000) * 1000;
const SECOND = 500_000_000;

t.test('clocks that agree are taken to be the same', async (t) => {
  const clock = new ServerClock();
  clock.observe(SECOND, T + 300, T + 302);
  t.equal(clock.second(T + 310), SECOND);
  t.equal(clock.wait(T + 310), 0);
  t.equal(clock.second(T + 1010), SECOND + 1);
});

t.test('near the end of a second, a write waits until it is over', async (t) => {
  const clock = new ServerClock();
  clock.observe(SECOND, T + 300, T + 302);
  t.equal(clock.wait(T + 895), 0, 'before any has come back, it may take 100 ms');
  t.ok(clock.wait(T + 900) > 0);
  clock.took(1);
  t.equal(clock.wait(T + 992), 0, 'a write is on its way for 5 ms');
  const wait = clock.wait(T + 994);
  t.ok(wait > 0 && wait < 12, `${wait}`);
  t.equal(clock.wait(T + 994 + wait), 0);
  t.equal(clock.second(T + 994 + wait), SECOND + 1);
});

t.test('the longer writes take, the earlier it waits', async (t) => {
  const clock = new ServerClock();
  clock.observe(SECOND, T + 300, T + 302);
  clock.took(100);
  t.equal(clock.wait(T + 840), 0);
  t.ok(clock.wait(T + 850) > 0, 'half as long again as the longest');
  t.ok(clock.wait(T + 700, 2) > 0, 'and twice that for two');
  for (let times = 0; times < 200; times++) clock.took(1);
  t.equal(clock.wait(T + 900), 0, 'forgotten in time');
  clock.took(60_000);
  t.equal(clock.wait(T + 250), 0, 'a write that takes minutes is waited for no longer');
});

t.test('a clock that is ahead or behind is found out by its seconds', async (t) => {
  for (const ahead of [-90_000, -1500, -400, 3, 400, 2_000_000]) {
    const clock = new ServerClock();
    clock.took(1);
    const second = (at: number) => Math.floor((at + ahead) / 1000) - EPOCH_SECONDS;
    for (let at = T; at < T + 2500; at += 7) clock.observe(second(at), at - 2, at + 2);
    let waits = 0;
    for (let at = T + 2500; at < T + 4500; at++) {
      if (clock.wait(at) > 0) waits++;
      else if (clock.second(at) !== second(at)) t.fail(`ahead ${ahead}: at ${at - T}`);
    }
    t.ok(waits > 0 && waits < 100, `${ahead}: ${waits} of 2000 ms`);
  }
});

t.test('a clock that is set is followed', async (t) => {
  for (const jump of [-3600, -1, 1, 3600]) {
    const clock = new ServerClock();
    const feed = (from: number, ahead: number) => {
      for (let at = from; at < from + 2000; at += 10) {
        clock.observe(Math.floor(at / 1000) - EPOCH_SECONDS + ahead, at - 1, at + 1);
      }
    };
    feed(T, 0);
    feed(T + 2000, jump);
    t.equal(clock.second(T + 4500), SECOND + 4 + jump);
  }
});

t.test('whatever it was told, waiting ends', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.nat(5000), fc.nat(3000)), {
        maxLength: 20,
      }),
      fc.nat(100_000),
      (seen, flight) => {
        const clock = new ServerClock();
        for (const [off, at, took] of seen) clock.observe(SECOND + off, T + at, T + at + took);
        clock.took(flight);
        let at = T;
        for (let waits = 0; clock.wait(at) > 0; waits++) {
          if (waits > 2) throw new Error('still waiting');
          at += clock.wait(at);
        }
      },
    ),
  );
  t.pass();
});
