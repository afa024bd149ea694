import { Readable } from 'node:stream';
import t from 'tap';
import { streamedFile, totalSize } from '../../lib/storage/stored-file.ts';

t.test('a stream is a file whose size nobody knows', async (t) => {
  const input = Readable.from([Buffer.from('x')]);
  t.match(streamedFile(input), { name: '-', location: '-', size: undefined });
  t.equal(streamedFile(input, 'standard input').location, 'standard input');
  t.equal(streamedFile(input).open(), input);
});

t.test('bytes of all files', async (t) => {
  const rows = [
    [[], 0],
    [[{ size: 2 }, { size: 0 }, { size: 3 }], 5],
    [[{ size: 2 }, { size: undefined }, { size: 3 }], undefined],
  ] as const;
  for (const [files, total] of rows) t.equal(totalSize(files), total);
});
