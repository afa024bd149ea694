import t from 'tap';
import { MAX_SAMPLES, Samples } from '../../lib/meter/samples.ts';

const figures = (name: string, value: number) => ({
  name,
  itemsIn: value,
  itemsOut: value,
  bytesIn: value,
  bytesOut: value,
  busy: value,
  running: value,
  waiting: value,
  held: value,
});

t.test('figures over time, by stage; one that comes later had done nothing', async (t) => {
  const samples = new Samples();
  samples.add(0, [figures('read', 0)]);
  samples.add(250.123, [figures('read', 1.26), figures('write', 2)]);
  const last = { time: 500, stages: [figures('read', 3), figures('write', 4)] };
  const of = (name: string, values: readonly number[]) => ({
    name,
    itemsIn: values,
    itemsOut: values,
    bytesIn: values,
    bytesOut: values,
    busy: values,
    waiting: values,
    held: values,
  });
  t.strictSame(samples.series(last), {
    time: [0, 250.1, 500],
    stages: [of('read', [0, 1.3, 3]), of('write', [0, 2, 4])],
  });
});

t.test('however long it takes, there are never more than the most', async (t) => {
  const samples = new Samples();
  for (let time = 0; time < 10 * MAX_SAMPLES; time++) {
    samples.add(time, [figures('read', time)]);
    if (time % 100 !== 0) continue;
    const series = samples.series({ time: time + 0.5, stages: [figures('read', time)] });
    t.ok(series.time.length <= MAX_SAMPLES + 1);
    t.equal(series.time[0], 0);
    t.equal(series.time.at(-1), time + 0.5);
  }
  const { time } = samples.series({ time: 1e6, stages: [] });
  const steps = new Set(time.slice(1, -1).map((each, index) => each - time[index]!));
  t.strictSame([...steps], [16], 'evenly');
  t.ok(time.length > MAX_SAMPLES / 2);
});
