import t from 'tap';
import { continuationHeader, HeaderReader, MAX_HEADER_SIZE } from '../../lib/asb/header.ts';
import { HEADER, NEXT_HEADER, splits } from '../helpers/asb-text.ts';

const read = (text: string): HeaderReader => {
  const reader = new HeaderReader();
  reader.push(Buffer.from(text));
  return reader;
};

t.test('reads a header cut anywhere', async (t) => {
  const text = Buffer.concat([HEADER, Buffer.from('+')]);
  for (const chunks of splits(text)) {
    const reader = new HeaderReader();
    const taken = chunks.map((chunk) => reader.push(chunk)).reduce((sum, size) => sum + size);
    t.equal(taken, HEADER.length);
    t.match(reader, { size: HEADER.length, line: 4 });
    t.match(reader.header, { version: '3.1', escapedNamespace: 'test', firstFile: true });
    t.same(reader.header?.bytes, HEADER);
  }
});

for (const [text, header] of [
  ['Version 3.0\n', { version: '3.0', escapedNamespace: undefined, firstFile: false }],
  ['Version 3.0\n# namespace a\\\n', { version: '3.0', escapedNamespace: 'a\\' }],
  ['Version 3.3\n# namespace a\\ b\\\\\n', { version: '3.3', escapedNamespace: 'a\\ b\\\\' }],
  ['Version 3.2\n# first-file\n# namespace n\n', { escapedNamespace: 'n', firstFile: true }],
] as const) {
  t.test(JSON.stringify(text), async (t) => {
    t.match(read(text).header, header);
  });
}

t.test('has none before its version line is over, and none within a line', async (t) => {
  for (const text of ['', 'Version 3.1', 'Version 3.1\n# name']) {
    t.equal(read(text).header, undefined);
  }
});

for (const [text, facts] of [
  ['version 3.1\n', { line: 1, column: 1, offset: 0 }],
  ['Versionen', { line: 1, column: 8, offset: 7 }],
  ['Version 3.4\n', { line: 1, column: 1, offset: 0 }],
  ['Version 3.10\n', { line: 1, column: 1, offset: 0 }],
  ['Version 4.0\n', { line: 1, column: 1, offset: 0 }],
  ['Version 3.1\n# namespace a b\n', { line: 2, column: 1, offset: 12 }],
  ['Version 3.0\n# namespace a\\ b\n', { line: 2, column: 1, offset: 12 }],
  ['Version 3.1\n# namespace \n', { line: 2, column: 1, offset: 12 }],
  ['Version 3.1\n# first-file\n# last-file\n', { line: 3, column: 1, offset: 25 }],
  [`Version 3.1\n# namespace ${'n'.repeat(MAX_HEADER_SIZE)}`, { line: 2, offset: MAX_HEADER_SIZE }],
] as const) {
  t.test(`refuses ${JSON.stringify(text.slice(0, 40))}`, async (t) => {
    t.throws(() => read(text), { code: 'FORMAT', facts });
  });
}

for (const [what, bytes, hint] of [
  ['zstd', '\x28\xb5\x2f\xfd', /decompress/],
  ['NDJSON', '{"key":1}', /serialize/],
  ['what may be encrypted', '\x01', /encrypted/],
  ['what may be encrypted', '\x80', /encrypted/],
  ['any other text', 'hello', /no \.asb text; expected/],
] as const) {
  t.test(`says what to do about ${what}`, async (t) => {
    const reader = new HeaderReader();
    t.throws(() => reader.push(Buffer.from(bytes, 'latin1')), { code: 'FORMAT', message: hint });
  });
}

t.test('the header of later files says nothing of a first file', async (t) => {
  t.same(continuationHeader(read(HEADER.toString()).header!), NEXT_HEADER);
  t.same(continuationHeader(read(NEXT_HEADER.toString()).header!), NEXT_HEADER);
});
