import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { outputSizeOf } from '../../lib/cli/output-size.ts';

t.test('what a file has that is appended to', async (t) => {
  const path = join(t.testdir(), 'out');
  writeFileSync(path, 'abc');
  for (const [name, size] of [
    [path, 3],
    ['/dev/null', undefined],
  ] as const) {
    const fd = openSync(name, 'a');
    t.equal(outputSizeOf(fd), size);
    closeSync(fd);
  }
});
