import fc from 'fast-check';
import t from 'tap';
import { viewOf } from '../../../lib/record/layout.ts';
import {
  base64Size,
  NATIVE_FROM,
  writeBase64,
  writeDigest,
  writeLongBase64,
} from '../../../lib/record/text/base64.ts';

/** Whether both ways write what Buffer prints, of bytes amid others, to the end of the buffer. */
const same = (content: Uint8Array, before: number, behind: number, at: number): boolean => {
  const bytes = Buffer.concat([Buffer.alloc(before), content, Buffer.alloc(behind, 0xff)]);
  const end = before + content.length;
  const out = Buffer.alloc(at + base64Size(content.length));
  const expected = Buffer.from(content).toString('base64');
  const next = writeBase64(viewOf(out), at, viewOf(bytes), before, end);
  const text = out.toString('latin1', at);
  out.fill(0);
  const nextOfLong = writeLongBase64(out, at, bytes, before, end);
  const long = out.toString('latin1', at);
  return next === out.length && nextOfLong === next && text === expected && long === expected;
};

t.test('writeBase64 and writeLongBase64 write what Buffer prints', async () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400, size: 'max' }),
      fc.nat(3),
      fc.nat(2),
      fc.nat(5),
      same,
    ),
    { numRuns: 1000 },
  );
});

t.test('every length, with nothing behind', async (t) => {
  for (const size of [...Array(NATIVE_FROM + 3).keys(), 70_000]) {
    t.ok(
      same(
        Uint8Array.from({ length: size }, (_, index) => index * 7),
        0,
        0,
        0,
      ),
      String(size),
    );
  }
});

t.test('writeDigest writes what Buffer prints, and a line feed', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), fc.nat(3), (digest, before) => {
      const bytes = Buffer.concat([Buffer.alloc(before), digest]);
      const out = Buffer.alloc(34);
      const next = writeDigest(viewOf(out), 5, viewOf(bytes), before);
      const text = out.toString('latin1', 5, next);
      return text === `${Buffer.from(digest).toString('base64')}\n`;
    }),
  );
});
