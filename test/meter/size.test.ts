import t from 'tap';
import { bytesOf, itemsOf } from '../../lib/meter/size.ts';
import { RecordBatch } from '../../lib/record/batch.ts';

const batch = new RecordBatch(Buffer.alloc(1000), Uint32Array.of(10, 40, 50, 60, 900, 1000));

const CASES: readonly (readonly [what: string, chunk: unknown, items: number, bytes: number])[] = [
  ['bytes', Buffer.alloc(7), 1, 7],
  ['no bytes', new Uint8Array(0), 1, 0],
  ['text', 'µs', 1, 3],
  ['a batch: its records, and not the memory that they stand in', batch, 3, 140],
  ['an empty batch', batch.filter(() => false), 0, 0],
  ['what carries bytes', { bytes: Buffer.alloc(5) }, 1, 5],
  ['a UDF module', { kind: 'udf', name: 'a.lua', language: 'LUA', content: Buffer.alloc(9) }, 1, 9],
  ['an index', { kind: 'index', name: 'i' }, 1, 0],
  ['what is called as they are and is none', { offsets: [1], bytes: 'x', content: 1 }, 1, 0],
  ['a table alone', { offsets: Uint32Array.of(1, 2) }, 1, 0],
  ['a number', 7, 1, 0],
];

t.test('items and bytes of a chunk', async (t) => {
  for (const [what, chunk, items, bytes] of CASES) {
    t.equal(itemsOf(chunk), items, what);
    t.equal(bytesOf(chunk), bytes, what);
  }
});
