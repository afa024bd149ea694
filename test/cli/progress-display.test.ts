import t from 'tap';
import { ProgressDisplay } from '../../lib/cli/progress-display.ts';

const fake = (columns: number | undefined) => {
  const said: string[] = [];
  const shell = {
    columns,
    say: (line: string) => void said.push(line),
    draw: (bytes: string) => void said.push(bytes),
  };
  return { said, shell };
};
const counts = (records: number) => ({ records, bytes: 0, share: 0, whole: 'the partitions' });

t.test('a line each time elsewhere, with the rate of the last seconds', (t) => {
  const { said, shell } = fake(undefined);
  let now = 1000;
  let records = 0;
  const display = new ProgressDisplay({ shell, counts: () => counts(records), now: () => now });
  display.show();
  for (const [time, count] of [
    [2000, 100],
    [8000, 700],
    [13_000, 5700],
    [14_000, 5700],
  ] as const) {
    now = time;
    records = count;
    display.show();
  }
  display.close();
  t.same(
    said.map((line) => line.split(', ')[1]),
    ['0/s', '100/s', '100/s', '1,000/s', '830/s'],
  );
  t.end();
});

t.test('rate and time left stay for a second, and go by what comes', (t) => {
  const { said, shell } = fake(200);
  let now = 0;
  let share = 0;
  const display = new ProgressDisplay({
    shell,
    counts: () => ({ ...counts(0), records: now, share }),
    now: () => now,
  });
  const shown: [number, number, RegExp][] = [
    [900, 0.05, / 0\/s .* 5 % of the partitions(?! ·)/],
    [1000, 0.06, / 1,000\/s .* 6 % of the partitions(?! ·)/],
    [2400, 0.1, / 1,000\/s .* · about 20 s left/],
    [3000, 0.2, / 1,000\/s .* 20 % .* · about 20 s left/],
    [3400, 0.2, / · about 10 s left/],
  ];
  for (const [time, done, expected] of shown) {
    [now, share] = [time, done];
    display.show();
    t.match(said.at(-1), expected, `${time}`);
  }
  display.close();
  t.end();
});

t.test('a bar in place on a terminal, wiped at the end', (t) => {
  const { said, shell } = fake(40);
  const display = new ProgressDisplay({ shell, counts: () => counts(1), now: () => 0 });
  display.show();
  display.close();
  t.same(said, ['\r1 record · 0/s · 0 bytes · 0 % of the p\x1b[K', '\r\x1b[K']);
  t.end();
});

t.test('it shows by itself, again and again', async (t) => {
  const { shell } = fake(undefined);
  const keepAlive = setInterval(() => {}, 1000);
  await new Promise<void>((resolve) => {
    let calls = 0;
    const display: ProgressDisplay = new ProgressDisplay({
      shell,
      interval: 1,
      counts: () => {
        calls++;
        if (calls === 3) {
          display.close();
          resolve();
        }
        return counts(calls);
      },
    });
  });
  clearInterval(keepAlive);
  t.pass();
});
