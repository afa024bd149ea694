import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import t from 'tap';
import { isUtf8Part, Utf8Check } from '../../lib/ndjson/utf8.ts';

const TEXT = Buffer.from('aé€😀\n\u{10ffff}z');

t.test('right at every split, a byte at a time, and whole', async (t) => {
  for (let first = 0; first <= TEXT.length; first++) {
    for (let second = first; second <= TEXT.length; second++) {
      const check = new Utf8Check();
      const parts = [TEXT.subarray(0, first), TEXT.subarray(first, second), TEXT.subarray(second)];
      const right = parts.every((part) => check.push(part) === -1) && check.end();
      if (!right) t.fail(`split at ${first} and ${second}`);
    }
  }
  const check = new Utf8Check();
  for (const byte of TEXT) t.equal(check.push(Uint8Array.of(byte)), -1);
  t.ok(check.end());
});

t.test('says in which line of the chunk it is wrong', async (t) => {
  const rows: readonly (readonly [string, number])[] = [
    ['ff61', 0],
    ['610a61ff0a', 1],
    ['0a0a61c3', -1],
    ['0a0a61c30a', 2],
    ['8080808080', 0],
    ['f09f', -1],
    ['0af09f9861', 1],
  ];
  for (const [hex, line] of rows) {
    t.equal(new Utf8Check().push(Buffer.from(hex, 'hex')), line, hex);
  }
});

t.test('an end within a character is none', async (t) => {
  const check = new Utf8Check();
  t.equal(check.push(TEXT.subarray(0, 2)), -1);
  t.notOk(check.end());
});

t.test('cut anywhere, random bytes are right if they are so in one piece', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
    fc.constantFrom('e28080', 'f09f98', 'f8808080', 'c3').map((hex) => Buffer.from(hex, 'hex')),
  );
  fc.assert(
    fc.property(fc.array(bytes), (chunks) => {
      const check = new Utf8Check();
      const right = chunks.every((chunk) => check.push(chunk) === -1) && check.end();
      return right === isUtf8(Buffer.concat(chunks));
    }),
    { numRuns: 1000 },
  );
});

t.test('a part is looked at, and not what stands around it', async (t) => {
  const bytes = Buffer.concat([Buffer.from([0xff]), Buffer.from('aé'), Buffer.from([0xc3])]);
  t.equal(isUtf8Part(bytes, 1, 2), true);
  t.equal(isUtf8Part(bytes, 1, 4), true);
  t.equal(isUtf8Part(bytes, 1, 5), false);
  t.equal(isUtf8Part(bytes, 0, 2), false);
});
