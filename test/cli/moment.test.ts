import t from 'tap';
import { parseMoment } from '../../lib/cli/moment.ts';

const NOW = new Date('2026-01-31T10:00:00Z');

t.test('moments', async (t) => {
  const cases: readonly (readonly [string, Date | string])[] = [
    ['now', NOW],
    ['+30d', '2026-03-02T10:00:00.000Z'],
    ['-90s', '2026-01-31T09:58:30.000Z'],
    ['+1m', '2026-01-31T10:01:00.000Z'],
    ['+2h', '2026-01-31T12:00:00.000Z'],
    ['-1w', '2026-01-24T10:00:00.000Z'],
    ['2026-02-28', new Date(2026, 1, 28)],
    ['2026-02-28T12:30', new Date(2026, 1, 28, 12, 30)],
    ['2026-02-28_12:30:15', new Date(2026, 1, 28, 12, 30, 15)],
    ['2026-02-28 12:30:15', new Date(2026, 1, 28, 12, 30, 15)],
    ['2026-02-28T12:30:15Z', '2026-02-28T12:30:15.000Z'],
    ['2026-02-28T12:30:15+02:00', '2026-02-28T10:30:15.000Z'],
    ['2024-02-29T00:00Z', '2024-02-29T00:00:00.000Z'],
  ];
  for (const [text, expected] of cases) {
    t.same(parseMoment(text, NOW), new Date(expected), text);
  }
});

t.test('no moments', async (t) => {
  const wrong = [
    '',
    'tomorrow',
    '30d',
    '+30y',
    '2026',
    '2026-02-30',
    '2026-13-01',
    '2026-02-28T25:00',
    '2026-02-28T12:30:15+99:00',
    '2026-02-28T12:30:15 Z',
    '2026-02-28X',
    '+99999999999d',
    '+9999999999w',
  ];
  for (const text of wrong) t.throws(() => parseMoment(text, NOW), { code: 'USAGE' }, text);
});
