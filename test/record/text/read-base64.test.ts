import t from 'tap';
import { readBase64 } from '../../../lib/record/text/read-base64.ts';

const out = Buffer.alloc(2000);
const viewOf = (bytes: Buffer): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** Reads `text` as it stands between other bytes. */
const read = (text: string): number =>
  readBase64(viewOf(Buffer.from(`ab${text}cd`)), 2, 2 + text.length, viewOf(out), 5);

const bytesOf = (size: number): Buffer =>
  Buffer.from(Array.from({ length: size }, (_, index) => (index * 37 + size) & 255));

t.test('reads bytes of every length, short and long', async (t) => {
  const wrong = Array.from({ length: 700 }, (_, size) => size).filter((size) => {
    const bytes = bytesOf(size);
    const end = read(bytes.toString('base64'));
    return end !== 5 + size || !out.subarray(5, end).equals(bytes);
  });
  t.strictSame(wrong, []);
});

t.test('a wrong character anywhere is found', async (t) => {
  for (const size of [6, 7, 8, 300]) {
    const right = bytesOf(size).toString('base64');
    for (let at = 0; at < right.length; at++) {
      for (const character of ['-', '_', ' ', '\n', '*', '\0']) {
        const end = read(right.slice(0, at) + character + right.slice(at + 1));
        // With a wrong last one, the padding before it is what stands wrong.
        const wrongAt = right[at - 1] === '=' ? at - 1 : at;
        if (~end !== 2 + wrongAt)
          t.fail(`${JSON.stringify(character)} at ${at} of ${size}: ${~end}`);
      }
    }
  }
});

for (const [text, wrongAt] of [
  ['AA=A', 2],
  ['A===', 1],
  ['====', 0],
  ['AB==', 1],
  ['AAB=', 2],
  ['AA==AAAA', 2],
  [`${'A'.repeat(398)}==${'A'.repeat(4)}`, 398],
  [`${'A'.repeat(400)}AB==`, 401],
] as const) {
  t.test(`refuses …${text.slice(-8)}`, async (t) => t.equal(read(text), ~(2 + wrongAt)));
}
