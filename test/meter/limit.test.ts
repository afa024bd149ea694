import t from 'tap';
import type { StageFigures } from '../../lib/meter/figures.ts';
import { limitOf, limitWords, spanOf } from '../../lib/meter/limit.ts';

/** Milliseconds of a stage: busy, waiting, held; and for how long of busy it had the thread. */
type Times = readonly [name: string, busy: number, waiting: number, held: number, running?: number];

const rowOf = (times: readonly Times[]): StageFigures[] =>
  times.map(([name, busy, waiting, held, running = 0]) => ({
    name,
    itemsIn: 0,
    itemsOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    busy,
    running,
    waiting,
    held,
  }));

interface Case {
  readonly what: string;
  readonly row: readonly Times[];
  readonly thread?: number;
  readonly limit: object;
}

const CASES: readonly Case[] = [
  {
    what: 'the server, where all behind the scan waits',
    row: [
      ['scan', 0, 90, 10],
      ['serialize', 10, 90, 0],
      ['rotate', 5, 95, 0],
    ],
    limit: {
      stage: 'scan',
      by: 'source',
      share: 0.9,
      behind: { stage: 'serialize', waiting: 0.9 },
    },
  },
  {
    what: 'a stage between one that is held back and one that waits',
    row: [
      ['scan', 0, 5, 95],
      ['serialize', 17, 3, 80],
      ['compress', 97, 3, 0],
      ['rotate', 8, 92, 0],
    ],
    thread: 0.3,
    limit: {
      stage: 'compress',
      by: 'stage',
      share: 0.97,
      thread: 0.3,
      before: { stage: 'serialize', held: 0.8 },
      behind: { stage: 'rotate', waiting: 0.92 },
    },
  },
  {
    what: 'the last one, though another is nearly as busy beside it',
    row: [
      ['scan', 0, 0, 100],
      ['compress', 80, 0, 20],
      ['rotate', 100, 0, 0],
    ],
    limit: { stage: 'rotate', by: 'stage', before: { stage: 'compress', held: 0.2 } },
  },
  {
    what: 'not one that seems busy while nothing before it is held back',
    row: [
      ['scan', 0, 5, 95],
      ['serialize', 90, 5, 5],
      ['rotate', 96, 4, 0],
    ],
    limit: { stage: 'serialize', by: 'stage' },
  },
  {
    what: 'not one that is busy in the background, and takes all that comes',
    row: [
      ['scan', 1, 59, 40],
      ['serialize', 20, 68, 12],
      ['compress', 64, 33, 3],
      ['rotate', 17, 83, 0],
    ],
    thread: 0.65,
    limit: { stage: 'scan', by: 'source', share: 0.6 },
  },
  {
    what: 'one whose input had all come long since',
    row: [
      ['read', 0, 3, 0],
      ['parse', 100, 0, 0],
    ],
    limit: { stage: 'parse', by: 'stage' },
  },
  {
    what: 'the one that has the thread, where that has no time left',
    row: [
      ['scan', 0, 20, 80],
      ['toNdjson', 60, 5, 35, 60],
      ['output', 80, 20, 0, 2],
    ],
    thread: 0.97,
    limit: { stage: 'toNdjson', by: 'thread', share: 0.6, thread: 0.97 },
  },
  {
    what: 'not by the thread if most of what that does is not seen',
    row: [
      ['read', 0, 5, 95],
      ['unpack', 95, 5, 0, 10],
    ],
    thread: 0.99,
    limit: { stage: 'unpack', by: 'stage', thread: 0.99 },
  },
  {
    what: 'of rows that run at once, by all of their time',
    row: [
      ['scan', 0, 380, 20],
      ['serialize', 20, 380, 0],
    ],
    limit: { stage: 'scan', share: 0.95 },
  },
];

t.test('which stage limits', async (t) => {
  for (const { what, row, thread, limit } of CASES) {
    t.match(limitOf(rowOf(row), thread), limit, what);
  }
});

t.test('nothing limits what has not begun', async (t) => {
  t.equal(limitOf([]), undefined);
  t.equal(limitOf(rowOf([['scan', 0, 0, 0]])), undefined);
  t.equal(spanOf([]), 0);
});

t.test('in words', async (t) => {
  const words = (index: number): string => {
    const { row, thread } = CASES[index]!;
    const { what, why } = limitWords(limitOf(rowOf(row), thread)!);
    return `${what}: ${why}`;
  };
  t.equal(
    words(0),
    'limited by scan, or what it reads from: that takes 90 % of the time; serialize behind it waits 90 %',
  );
  t.equal(
    words(1),
    'limited by compress: busy 97 % of the time; serialize before it is held back 80 %, rotate behind it ' +
      'waits 92 %; the main thread is at work 30 %',
  );
  t.equal(
    words(6),
    'limited by toNdjson: it has the main thread 60 % of the time; scan before it is held back 80 %, output ' +
      'behind it waits 20 %; the main thread is at work 97 %',
  );
  const { what, why } = limitWords({ stage: 'parse', by: 'stage', share: 1 });
  t.equal(`${what}: ${why}`, 'limited by parse: busy 100 % of the time');
});
