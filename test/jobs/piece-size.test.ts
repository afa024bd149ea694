import t from 'tap';
import { pieceSizeFor } from '../../lib/jobs/piece-size.ts';

t.test('pieces are small beside the files that they fill', async (t) => {
  const KIB = 1024;
  const rows: readonly [Parameters<typeof pieceSizeFor>[0], number][] = [
    [{}, 256 * KIB],
    [{ fileLimit: 1 }, 256 * KIB],
    [{ directory: 'out' }, 256 * KIB],
    [{ directory: 'out', fileLimit: 1024 * KIB }, 64 * KIB],
    [{ directory: 'out', fileLimit: 1 }, 1],
  ];
  for (const [options, size] of rows) t.equal(pieceSizeFor(options), size, JSON.stringify(options));
});
