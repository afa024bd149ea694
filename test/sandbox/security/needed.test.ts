import t from 'tap';
import { Info1, Info2 } from '../../../lib/record/layout.ts';
import { neededFor } from '../../../lib/sandbox/security/needed.ts';

t.test('what a request needs', async (t) => {
  const rows: readonly (readonly [number, number, readonly string[]])[] = [
    [0, 0, []],
    [Info1.READ | Info1.GET_ALL, 0, ['read']],
    [0, Info2.WRITE, ['write']],
    [0, Info2.DELETE, ['write']],
    [0, Info2.WRITE | Info2.DELETE, ['write']],
    [Info1.READ, Info2.WRITE, ['read', 'write']],
  ];
  for (const [info1, info2, needed] of rows) t.strictSame(neededFor({ info1, info2 }), needed);
});
