import t from 'tap';
import { Given } from '../../../lib/cli/given.ts';
import {
  loadLimits,
  loadLimitsOf,
  scanLimits,
  scanLimitsOf,
} from '../../../lib/cli/options/limits.ts';

type Values = Readonly<Record<string, string>>;

const givenOf = (values: Values): Given => new Given(new Map(Object.entries(values)));

t.test('limits of a scan', async (t) => {
  const rows: readonly [Values, number, number][] = [
    [{}, 0, 0],
    [{ 'records-per-second': '500' }, 500, 0],
    [{ nice: '2' }, 0, 2 * 1024 * 1024],
    [{ 'records-per-second': '1', nice: '1000000' }, 1, 1e6 * 1024 * 1024],
  ];
  for (const [values, recordsPerSecond, bytesPerSecond] of rows) {
    t.strictSame(scanLimitsOf(givenOf(values)), { recordsPerSecond, bytesPerSecond });
  }
  for (const values of [{ nice: '1000001' }, { nice: '1,5' }, { 'records-per-second': '-1' }]) {
    t.throws(() => scanLimitsOf(givenOf(values)), { code: 'USAGE' }, JSON.stringify(values));
  }
  t.strictSame(
    scanLimits.flatMap(({ name, alias }) => [name, ...alias]),
    ['records-per-second', 'L', 'nice', 'N', 'bandwidth'],
  );
});

t.test('limits of a load', async (t) => {
  const rows: readonly [Values, number, number][] = [
    [{}, 0, 0],
    [{ 'records-per-second': '500' }, 500, 0],
    [{ nice: '2' }, 0, 2 * 1024 * 1024],
    [{ nice: '2,700' }, 700, 2 * 1024 * 1024],
    [{ nice: '0,700' }, 700, 0],
    [{ nice: '1000000', 'records-per-second': '7' }, 7, 1e6 * 1024 * 1024],
  ];
  for (const [values, recordsPerSecond, bytesPerSecond] of rows) {
    t.strictSame(loadLimitsOf(givenOf(values)), { recordsPerSecond, bytesPerSecond });
  }
  for (const nice of ['', '1000001', '1,', ',5', '1,2,3', '1.5', '-1', '1,-5', '1,9999999999']) {
    t.throws(() => loadLimitsOf(givenOf({ nice })), { code: 'USAGE' }, nice);
  }
  const twice = givenOf({ nice: '2,700', 'records-per-second': '700' });
  t.throws(() => loadLimitsOf(twice), { code: 'USAGE' }, 'said twice');
  t.strictSame(
    loadLimits.flatMap(({ name, alias }) => [name, ...alias]),
    ['records-per-second', 'nice', 'N', 'bandwidth'],
    'L is of indexes',
  );
});
