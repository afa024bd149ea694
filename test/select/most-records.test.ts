import t from 'tap';
import { encodeParticle } from '../../lib/record/builder.ts';
import { mostRecords } from '../../lib/select/most-records.ts';
import type { SelectionOptions } from '../../lib/select/selector.ts';

t.test('as many as are named', async (t) => {
  const [one, two] = [Buffer.alloc(20, 1), Buffer.alloc(20, 2)];
  const keys = [5, '5', 5].map(encodeParticle);
  const cases: readonly (readonly [SelectionOptions, number])[] = [
    [{}, Number.POSITIVE_INFINITY],
    [{ digests: [one, two, one] }, 2],
    [{ digests: [one], invert: true }, Number.POSITIVE_INFINITY],
    [{ digests: [], neverExpires: true }, 0],
    [{ keys }, Number.POSITIVE_INFINITY],
    [{ sets: ['users'] }, Number.POSITIVE_INFINITY],
    [{ keys, sets: ['users', 'games'] }, Number.POSITIVE_INFINITY],
    [{ keys, sets: ['users'] }, 2],
    [{ keys, sets: [''], digests: [one] }, 1],
  ];
  for (const [options, most] of cases) t.equal(mostRecords(options), most);
});
