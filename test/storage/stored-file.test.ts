import { Readable } from 'node:stream';
import t from 'tap';
import { streamedFile } from '../../lib/storage/stored-file.ts';

t.test('a stream is a file whose size nobody knows', async (t) => {
  const input = Readable.from([Buffer.from('x')]);
  t.match(streamedFile(input), { name: '-', location: '-', size: undefined });
  t.equal(streamedFile(input, 'standard input').location, 'standard input');
  t.equal(streamedFile(input).open(), input);
});
