import t from 'tap';
import { limitOf } from '../../lib/meter/limit.ts';
import { limitLine, tableOf, throughputOf } from '../../lib/meter/table.ts';

const MIB = 1024 * 1024;

const ROW = [
  {
    name: 'scan',
    itemsIn: 0,
    itemsOut: 1_234_567,
    bytesIn: 0,
    bytesOut: 3000 * MIB,
    busy: 0,
    running: 0,
    waiting: 100,
    held: 900,
  },
  {
    name: 'serialize',
    itemsIn: 1_234_567,
    itemsOut: 20,
    bytesIn: 3000 * MIB,
    bytesOut: 1.5 * MIB,
    busy: 750,
    running: 750,
    waiting: 250,
    held: 0,
  },
  {
    name: 'rotate',
    itemsIn: 20,
    itemsOut: 0,
    bytesIn: 1.5 * MIB,
    bytesOut: 0,
    busy: 250,
    running: 1,
    waiting: 750,
    held: 0,
  },
];

t.test('a line for each stage, and what limits', async (t) => {
  const limit = limitOf(ROW);
  t.strictSame(tableOf(ROW, 2000, limit), [
    'stage          items  MiB in  MiB out  MiB/s  busy  waiting  held  share',
    'scan       1,234,567            3,000  1,500    0%      10%   90%     0%',
    'serialize  1,234,567   3,000      1.5  1,500   75%      25%    0%    75%',
    'rotate            20     1.5             0.8   25%      75%    0%    25%',
    limit === undefined ? '' : limitLine(limit),
  ]);
  t.match(limitLine(limit!), /^limited by serialize: busy 75 %/);
});

t.test('of what has not begun there are only names', async (t) => {
  const [first] = ROW;
  const nothing = { ...first!, itemsOut: 0, bytesOut: 0, waiting: 0, held: 0 };
  t.strictSame(tableOf([nothing], 0, undefined), [
    'stage  items  MiB in  MiB out  MiB/s  busy  waiting  held  share',
    'scan       0                                                    ',
  ]);
});

t.test('throughput is what is taken, or given by who takes nothing', async (t) => {
  t.strictSame(ROW.map(throughputOf), [3000 * MIB, 3000 * MIB, 1.5 * MIB]);
});
