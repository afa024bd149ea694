import t from 'tap';
import { parseExpiry } from '../../../lib/cli/options/expiry.ts';

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
    ['2026-02-28T12:30:15.5Z', '2026-02-28T12:30:15.500Z'],
  ];
  for (const [text, expected] of cases) {
    t.same(parseExpiry(text, NOW), new Date(expected), text);
  }
});

t.test('no moments', async (t) => {
  for (const text of ['', 'tomorrow', '30d', '+30y', '+1000000d', '2026-02-30']) {
    t.throws(() => parseExpiry(text, NOW), { code: 'USAGE' }, text);
  }
});
