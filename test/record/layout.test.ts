import t from 'tap';
import {
  bufferOf,
  isNameAt,
  PARTITION_COUNT,
  partitionOf,
  readU16,
  readU32,
} from '../../lib/record/layout.ts';

t.test('readU16 and readU32 read big endian, unsigned', async (t) => {
  const bytes = Uint8Array.of(0, 0xff, 0xfe, 0xfd, 0xfc, 1);
  t.equal(readU16(bytes, 1), 0xfffe);
  t.equal(readU32(bytes, 1), 0xfffefdfc);
  t.equal(readU32(bytes, 0), 0x00fffefd);
});

t.test('partitionOf takes 12 bits of the first two bytes, little endian', async (t) => {
  t.equal(partitionOf(Uint8Array.of(0x34, 0xf2)), 0x234);
  t.equal(partitionOf(Uint8Array.of(9, 0xff, 0xff), 1), PARTITION_COUNT - 1);
});

t.test('a name is at a place if it is all that stands there', async (t) => {
  const bytes = Buffer.from('xtestx');
  t.ok(isNameAt(Buffer.from('test'), bytes, 1, 5));
  t.ok(isNameAt(Buffer.alloc(0), bytes, 3, 3));
  t.notOk(isNameAt(Buffer.from('test'), bytes, 1, 6));
  t.notOk(isNameAt(Buffer.from('text'), bytes, 1, 5));
});

t.test('a Buffer of the same memory', async (t) => {
  const memory = Uint8Array.of(0, 1, 2, 3);
  const buffer = bufferOf(memory.subarray(1, 3));
  memory[1] = 9;
  t.same(buffer, Buffer.of(9, 2));
});
