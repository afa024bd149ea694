import t from 'tap';
import {
  bereft,
  count,
  missing,
  nobodyHolds,
  refusedBy,
  unavailableAt,
} from '../../../lib/wire/scan/scan-failure.ts';

t.test('a number of partitions', async (t) => {
  t.strictSame([[], [5], [5, 6]].map(count), ['0 partitions', '1 partition', '2 partitions']);
});

t.test('what failures say', async (t) => {
  const why = refusedBy('a:1', 'test', 18);
  t.match(why, { code: 'SERVER', facts: { node: 'a:1', namespace: 'test', resultCode: 18 } });
  t.match(unavailableAt('a:1', [3]), {
    code: 'SERVER',
    facts: { node: 'a:1', partitions: [3], resultCode: 11 },
  });
  const gone = bereft([7, 9], 'test', ['A1', 'A2']);
  t.match(gone, { code: 'PARTITIONS', facts: { namespace: 'test', partitions: [7, 9] } });
  t.ok(gone.message.includes('A1, A2'));
  const unheld = { code: 'PARTITIONS', facts: { namespace: 'test', partitions: [7] } };
  t.match(nobodyHolds([7], 'test', { known: true, racks: [] }), unheld);
  const far = nobodyHolds([7], 'test', { known: true, racks: [4, 9] });
  t.match(far, unheld);
  t.ok(far.message.includes('rack 4, 9'));
  t.match(nobodyHolds([7], 'test', { known: false, racks: [] }), {
    code: 'NO_NAMESPACE',
    facts: { namespace: 'test' },
  });
  t.match(missing([1, 2], 'test', 'why', why), {
    code: 'PARTITIONS',
    facts: { namespace: 'test', partitions: [1, 2], cause: why },
    cause: why,
  });
  t.notOk('cause' in missing([1], 'test', 'why', undefined));
});
