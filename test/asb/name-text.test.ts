import fc from 'fast-check';
import t from 'tap';
import { escapeName } from '../../lib/asb/escape.ts';
import { writeName } from '../../lib/asb/name-text.ts';
import { viewOf } from '../../lib/record/layout.ts';

const LF = 0x0a;

/** What is written of a name that stands between other bytes. */
const written = (name: Uint8Array, before: Uint8Array, behind: Uint8Array): string => {
  const bytes = Buffer.concat([before, name, behind]);
  const out = Buffer.alloc(3 + 2 * name.length + 4);
  const end = before.length + name.length;
  const next = writeName(viewOf(out), 3, viewOf(bytes), before.length, end, LF);
  return out.toString('latin1', 3, next);
};

const expected = (name: Uint8Array): string =>
  `${Buffer.from(name)
    .toString('latin1')
    .replaceAll(/[ \n\\]/g, '\\$&')}\n`;

t.test('one by one', async (t) => {
  const rows: readonly (readonly [string, string])[] = [
    ['a', 'a\n'],
    ['a b', 'a\\ b\n'],
    ['abc\\', 'abc\\\\\n'],
    ['abcdef', 'abcdef\n'],
    ['abcdef\n', 'abcdef\\\n\n'],
  ];
  for (const [name, text] of rows) {
    t.equal(written(Buffer.from(name), Buffer.of(), Buffer.from('behind')), text);
  }
});

t.test('a name of any bytes, amid any, is what the simple way makes of it', async () => {
  const odd = fc.constantFrom(0, 0x0a, 0x1f, 0x20, 0x21, 0x41, 0x5b, 0x5c, 0x5d, 0x7f, 0x80, 0xff);
  const byte = fc.oneof(odd, fc.integer({ min: 0x61, max: 0x7a }));
  const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> =>
    fc.array(byte, { maxLength }).map((all) => Uint8Array.from(all));
  fc.assert(
    fc.property(
      bytes(20),
      bytes(5),
      bytes(5),
      (name, before, behind) => written(name, before, behind) === expected(name),
    ),
    { numRuns: 5000 },
  );
});

t.test('every byte at every place, with and without something behind', async (t) => {
  for (let value = 0; value < 256; value++) {
    for (let size = 1; size <= 9; size++) {
      for (let place = 0; place < size; place++) {
        const name = Buffer.alloc(size, 'x');
        name[place] = value;
        for (const behind of [Buffer.alloc(0), Buffer.from('\n\n\n\n')]) {
          if (written(name, Buffer.of(), behind) !== expected(name)) {
            t.fail(`byte ${value} at ${place} of ${size}`);
          }
        }
      }
    }
  }
  t.equal(written(Buffer.of(), Buffer.of(), Buffer.of()), '\n');
});

t.test('it is what escapeName gives', async (t) => {
  const name = 'a b\\c\nü';
  t.equal(written(Buffer.from(name), Buffer.of(), Buffer.of()), `${escapeName(name)}\n`);
});
