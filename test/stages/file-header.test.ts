import { zstdDecompressSync } from 'node:zlib';
import t from 'tap';
import { FramedHeader, headerOfText, nextHeader } from '../../lib/stages/file-header.ts';
import { HEADER, manyRecords, NEXT_HEADER, RECORDS, TEXT } from '../helpers/asb-text.ts';
import { frame } from '../helpers/frames.ts';
import { inChunks } from '../helpers/streams.ts';

t.test('finds the header of text, alone or with units behind it', async (t) => {
  for (const text of [HEADER, TEXT]) t.match(headerOfText(text), { bytes: HEADER });
});

for (const text of ['hello', 'Version 3.1', 'Version 3.1\n# namespace']) {
  t.test(`a chunk without a whole header is an error: ${text}`, async (t) => {
    t.throws(() => headerOfText(Buffer.from(text)), { code: 'FORMAT' });
  });
}

const LONG = frame(Buffer.concat([HEADER, ...manyRecords(20_000)]));
for (const [what, bytes] of [
  ['one frame', frame(TEXT)],
  ['a long frame', LONG],
  ['a frame of its own', Buffer.concat([frame(HEADER), frame(RECORDS[0]!)])],
  ['frames that cut it', Buffer.concat([frame(TEXT.subarray(0, 9)), frame(TEXT.subarray(9))])],
] as const) {
  t.test(`finds the header in ${what}`, async (t) => {
    for (const size of [5, bytes.length]) {
      const framed = new FramedHeader();
      for (const chunk of inChunks(bytes, size)) {
        if (framed.header === undefined) await framed.push(chunk);
      }
      t.match(framed.header, { bytes: HEADER });
      framed.close();
    }
  });
}

t.test('finds none where there is none', async (t) => {
  const framed = new FramedHeader();
  await framed.push(frame('Version'));
  t.equal(framed.header, undefined);
  framed.close();
  await t.rejects(new FramedHeader().push(frame('hello')), { code: 'FORMAT' });
});

t.test('the header of later files, as text and as a frame', async (t) => {
  const header = headerOfText(HEADER);
  t.same(await nextHeader(header, false), NEXT_HEADER);
  t.same(zstdDecompressSync(await nextHeader(header, true)), NEXT_HEADER);
});
