import fc from 'fast-check';
import t from 'tap';
import { AT_DIGEST, ENTRY_HEADER_SIZE } from '../../lib/sort/entry.ts';
import { Order } from '../../lib/sort/order.ts';

/** Digests that often begin the same way, or are the same. */
const digest = fc
  .tuple(fc.nat(1), fc.nat(3), fc.uint8Array({ minLength: 1, maxLength: 1 }), fc.nat(1))
  .map(([first, fourth, [fifth = 0], last]) => {
    const bytes = Buffer.alloc(20, 9);
    bytes[0] = first * 255;
    bytes[3] = fourth;
    bytes[5] = fifth & 1;
    bytes[19] = last;
    return bytes;
  });

t.test(
  'entries are in the order of their digests, and of those in that of their places',
  async () => {
    const order = new Order();
    fc.assert(
      fc.property(fc.array(digest, { maxLength: 60 }), (digests) => {
        const bytes = Buffer.alloc(digests.length * ENTRY_HEADER_SIZE);
        const offsets = digests.map((each, index) => {
          bytes.set(each, index * ENTRY_HEADER_SIZE + AT_DIGEST);
          return index * ENTRY_HEADER_SIZE;
        });
        const wanted = digests
          .map((each, index) => ({ each, offset: index * ENTRY_HEADER_SIZE }))
          .sort((a, b) => Buffer.compare(a.each, b.each) || a.offset - b.offset)
          .map(({ offset }) => offset);
        const sorted = order.sort(bytes, Uint32Array.from(offsets));
        return sorted.length === wanted.length && wanted.every((at, index) => sorted[index] === at);
      }),
    );
  },
);
