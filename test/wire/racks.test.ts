import t from 'tap';
import { checkRacks, MAX_RACK_ID, parseRackIds } from '../../lib/wire/racks.ts';

t.test('racks by namespace', async (t) => {
  const rows: readonly [string, readonly (readonly [string, number])[]][] = [
    ['', []],
    ['test:0', [['test', 0]]],
    [
      'test:1;a:b:1000000;',
      [
        ['test', 1],
        ['a:b', 1_000_000],
      ],
    ],
  ];
  for (const [text, racks] of rows) t.strictSame(parseRackIds(text), new Map(racks), text);
  for (const text of ['test', ':1', 'test:', 'test:x', 'test:12345678']) {
    t.throws(() => parseRackIds(text), { code: 'PROTOCOL' }, text);
  }
});

t.test('numbers of racks', async (t) => {
  checkRacks([]);
  checkRacks([0, 7, MAX_RACK_ID]);
  for (const rack of [-1, 0.5, Number.NaN, MAX_RACK_ID + 1]) {
    t.throws(() => checkRacks([1, rack]), { code: 'USAGE' }, String(rack));
  }
});
