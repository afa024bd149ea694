import t from 'tap';
import { LEFT_AFTER, LEFT_WINDOW, Pace, type PaceCounts, RATE_WINDOW } from '../../lib/cli/pace.ts';

const counts = (records: number, more: Partial<PaceCounts> = {}): PaceCounts => ({
  records,
  share: undefined,
  ...more,
});

t.test('the rate is that of the last seconds', (t) => {
  const pace = new Pace(1000, counts(0));
  const cases: [number, number, number][] = [
    [1000, 0, 0],
    [2000, 100, 100],
    [8000, 700, 100],
    [13_000, 5700, 1000],
    [14_000, 5700, 833],
    [14_001, 5700, 833],
    [19_000, 5700, 0],
  ];
  for (const [time, records, expected] of cases) {
    t.equal(Math.round(pace.at(time, counts(records)).rate), expected, `${time}`);
  }
  t.end();
});

t.test('the time left goes by the records, else by the share', (t) => {
  const cases: [PaceCounts, PaceCounts, number | undefined][] = [
    [counts(0, { estimatedRecords: 1000 }), counts(100, { estimatedRecords: 1000 }), 90_000],
    [counts(500, { share: 0.5 }), counts(500, { share: 0.6 }), 40_000],
    [
      counts(0, { share: 0, estimatedRecords: 50 }),
      counts(60, { share: 0.5, estimatedRecords: 50 }),
      10_000,
    ],
    [counts(0, { estimatedRecords: 50 }), counts(0, { estimatedRecords: 50 }), undefined],
    [counts(0, { share: 0.5 }), counts(5, { share: 0.5 }), undefined],
    [counts(0), counts(500), undefined],
    [counts(0, { share: 0 }), counts(5, { share: 1 }), 0],
  ];
  for (const [before, after, expected] of cases) {
    const pace = new Pace(0, before);
    t.equal(pace.at(LEFT_AFTER - 1, after).left, undefined, 'too early to tell');
    const left = new Pace(0, before).at(10_000, after).left;
    t.equal(left === undefined ? undefined : Math.round(left), expected);
  }
  t.end();
});

t.test('a phase that counts anew has a pace of its own', (t) => {
  const pace = new Pace(0, counts(0, { share: 0 }));
  const { rate } = pace.at(10_000, counts(5000, { share: 1 }));
  t.equal(rate, 500);
  t.strictSame(pace.at(11_000, counts(100, { share: 0.1 })), { rate: 0 });
  t.strictSame(pace.at(13_000, counts(300, { share: 0.3 })), { rate: 100, left: 7000 });
  t.end();
});

t.test('what was long ago does not count, and is not kept', (t) => {
  const all = { estimatedRecords: 1_000_000 };
  const pace = new Pace(0, counts(0, all));
  let records = 0;
  const run = (from: number, to: number, perStep: number) => {
    for (let time = from; time < to; time += 100) {
      records += perStep;
      pace.at(time, counts(records, all));
    }
  };
  run(0, 4 * LEFT_WINDOW, 100);
  run(4 * LEFT_WINDOW, 6 * LEFT_WINDOW, 10);
  const { rate, left = 0 } = pace.at(6 * LEFT_WINDOW, counts(records, all));
  t.ok(Math.abs(rate - 100) < 5, `${rate} in ${RATE_WINDOW} ms`);
  t.ok(Math.abs(left - (1_000_000 - records) * 10) < left / 20, `${left}`);
  t.end();
});
