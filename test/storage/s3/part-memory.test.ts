import t from 'tap';
import { PartMemory } from '../../../lib/storage/s3/part-memory.ts';

t.test('a part is a copy, and what it was made of is freed with the next', (t) => {
  const memory = new PartMemory({ partSize: 4, uploads: 2 });
  const bodies = ['abcd', 'efgh', 'ij'].map((text) => Uint8Array.from(Buffer.from(text)));
  const parts = bodies.map((body, index) => memory.keep(index + 1, body));
  t.strictSame(
    parts.map(({ bytes }) => bytes.toString()),
    ['abcd', 'efgh', 'ij'],
  );
  t.strictSame(
    bodies.map(({ length }) => length),
    [0, 0, 2],
  );
  t.end();
});

t.test('its memory is used again when it is released', (t) => {
  const memory = new PartMemory({ partSize: 4, uploads: 1 });
  const first = memory.keep(1, Buffer.from('abcd'));
  first.release();
  t.equal(memory.keep(2, Buffer.from('efgh')).bytes.buffer, first.bytes.buffer);
  t.end();
});

t.test('parts of the same memory, and such as are skipped, are left alone', (t) => {
  const memory = new PartMemory({ partSize: 2, uploads: 4 });
  const both = Uint8Array.from(Buffer.from('abcd'));
  memory.keep(1, both.subarray(0, 2));
  t.equal(memory.keep(2, both.subarray(2)).bytes.toString(), 'cd');
  t.equal(both.length, 4);
  memory.keep(4, Uint8Array.of(1, 2));
  t.equal(both.length, 4, 'the third may still be made of it');
  const shared = new Uint8Array(new SharedArrayBuffer(2));
  memory.keep(5, shared);
  memory.keep(6, Uint8Array.of(1, 2));
  t.equal(shared.length, 2, 'such cannot be freed');
  t.end();
});
