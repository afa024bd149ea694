import fc from 'fast-check';
import t from 'tap';
import { Extent, extentOf, noteExtent } from '../../lib/record/extent.ts';
import { partitionOf } from '../../lib/record/layout.ts';

const digest = fc.uint8Array({ minLength: 20, maxLength: 20 });
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The last digest of each run of one partition. */
const lastOfRuns = (digests: readonly Uint8Array[]): string[] =>
  digests
    .filter((one, index) => {
      const next = digests[index + 1];
      return next === undefined || partitionOf(next, 0) !== partitionOf(one, 0);
    })
    .map(hex);

t.test('counts records, and keeps the last digest of each run', async (t) => {
  // Few partitions, so that runs are long and come again.
  const few = digest.map((bytes) =>
    Uint8Array.from(bytes, (byte, at) => (at < 2 ? byte & 1 : byte)),
  );
  fc.assert(
    fc.property(fc.array(few, { maxLength: 50 }), (digests) => {
      const extent = new Extent();
      for (const one of digests) {
        const message = Buffer.concat([Buffer.from('xx'), one]);
        extent.record(message, 2);
      }
      extent.settle();
      extent.settle();
      t.equal(extent.records, digests.length);
      t.strictSame(Array.from(extent.digests(), hex), lastOfRuns(digests));
    }),
  );
});

t.test('a digest is copied when it is settled, and not before', async (t) => {
  const extent = new Extent();
  const message = Buffer.alloc(20, 1);
  extent.record(message, 0);
  extent.settle();
  message.fill(2);
  t.strictSame(Array.from(extent.digests(), hex), ['01'.repeat(20)]);
});

t.test('appended to another', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.array(digest, { maxLength: 30 }), { maxLength: 5 }), (parts) => {
      const whole = new Extent();
      for (const digests of parts) {
        const part = new Extent();
        part.indexes = 1;
        part.udfs = 2;
        for (const one of digests) part.record(one, 0);
        part.settle();
        whole.append(part);
      }
      t.match(whole, {
        records: parts.flat().length,
        indexes: parts.length,
        udfs: 2 * parts.length,
      });
      t.strictSame(Array.from(whole.digests(), hex), parts.flatMap(lastOfRuns));
    }),
  );
});

t.test('to another thread, where more may be appended', async (t) => {
  fc.assert(
    fc.property(fc.array(digest, { maxLength: 30 }), (digests) => {
      const extent = new Extent();
      extent.indexes = 1;
      extent.udfs = 2;
      for (const one of digests) extent.record(one, 0);
      extent.settle();
      const packed = extent.packed();
      t.equal(packed.digests.buffer.byteLength, packed.digests.length, 'no more is copied');
      const there = Extent.unpack(structuredClone(packed));
      t.strictSame(there.packed(), packed);
      there.append(extent);
      t.match(there, { records: 2 * digests.length, indexes: 2, udfs: 4 });
      const last = lastOfRuns(digests);
      t.strictSame(Array.from(there.digests(), hex), [...last, ...last]);
    }),
  );
});

t.test('a note is of a very chunk', async (t) => {
  const chunk = Buffer.from('chunk');
  const extent = new Extent();
  noteExtent(chunk, extent);
  t.equal(extentOf(chunk), extent);
  t.equal(extentOf(chunk.subarray(0)), undefined);
});
