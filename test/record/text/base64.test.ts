import fc from 'fast-check';
import t from 'tap';
import { base64Size, writeBase64, writeBase64View } from '../../../lib/record/text/base64.ts';

t.test('writeBase64 writes what Buffer prints', async () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400, size: 'max' }),
      fc.nat(3),
      fc.nat(5),
      (content, before, at) => {
        const bytes = Buffer.concat([Buffer.alloc(before), content, Buffer.alloc(2, 0xff)]);
        const end = before + content.length;
        const out = Buffer.alloc(at + base64Size(content.length));
        const next = writeBase64(out, at, bytes, before, end);
        return (
          next === out.length &&
          out.toString('latin1', at) === Buffer.from(content).toString('base64')
        );
      },
    ),
    { numRuns: 1000 },
  );
});

t.test('writeBase64 at the lengths around its two ways', async (t) => {
  for (const size of [0, 1, 2, 3, 20, 125, 126, 127, 128, 129, 130, 70_000]) {
    const bytes = Uint8Array.from({ length: size }, (_, index) => index * 7);
    const out = Buffer.alloc(base64Size(size));
    t.equal(writeBase64(out, 0, bytes, 0, size), out.length);
    t.equal(out.toString('latin1'), Buffer.from(bytes).toString('base64'));
  }
});

t.test('writeBase64View writes the same', async () => {
  const viewOf = (bytes: Buffer): DataView =>
    new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(3), fc.nat(5), (content, before, at) => {
      const bytes = Buffer.concat([Buffer.alloc(before), content, Buffer.alloc(2, 0xff)]);
      const out = Buffer.alloc(at + base64Size(content.length));
      const end = before + content.length;
      const next = writeBase64View(viewOf(out), at, viewOf(bytes), before, end);
      return (
        next === out.length &&
        out.toString('latin1', at) === Buffer.from(content).toString('base64')
      );
    }),
    { numRuns: 500 },
  );
});
