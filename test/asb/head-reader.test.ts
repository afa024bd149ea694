import t from 'tap';
import { textFailure } from '../../lib/asb/failure.ts';
import { type Head, HeadReader, MAX_GLOBALS_SIZE } from '../../lib/asb/head-reader.ts';
import { GLOBALS, HEADER, RECORDS, splits } from '../helpers/asb-text.ts';

/** The head, and how many bytes of the text it was found to have. */
const headOf = (chunks: Iterable<Buffer>): { head: Head; size: number } => {
  const reader = new HeadReader();
  let size = 0;
  for (const chunk of chunks) {
    const own = Buffer.from(chunk);
    const head = reader.push(own);
    own.fill(0); // its memory is used for something else
    if (head !== undefined) return { head, size: size + head.end };
    size += chunk.length;
  }
  return { head: reader.end(), size };
};

const HEAD = Buffer.concat([HEADER, ...GLOBALS]);

for (const [what, text] of [
  ['records', Buffer.concat([HEAD, RECORDS[0]!, RECORDS[1]!])],
  ['nothing', HEAD],
  ['a global behind a record', Buffer.concat([HEAD, RECORDS[0]!, GLOBALS[0]!])],
] as const) {
  t.test(`a head before ${what}, however it is cut`, async (t) => {
    for (const chunks of splits(text)) {
      const { head, size } = headOf(chunks);
      const globals = head.globals.map((global) => global.toString('latin1'));
      const wanted = GLOBALS.map((global) => global.toString('latin1'));
      if (size !== HEAD.length || globals.join('|') !== wanted.join('|')) {
        t.fail(`cut at ${chunks[0]?.length}: ${size}`);
      }
    }
    t.match(headOf([text]).head.header, { version: '3.1', firstFile: true, bytes: HEADER });
  });
}

t.test('a header alone, and one with records at once', async (t) => {
  t.match(headOf([HEADER]), { size: HEADER.length, head: { globals: [] } });
  const text = Buffer.concat([HEADER, RECORDS[0]!]);
  for (const chunks of splits(text)) {
    t.match(headOf(chunks), { size: HEADER.length, head: { globals: [] } });
  }
});

t.test('the scanner goes on with the records', async (t) => {
  const text = Buffer.concat([HEAD, ...RECORDS]);
  const reader = new HeadReader();
  const head = reader.push(text)!;
  reader.scanner.push(text.subarray(head.end));
  t.equal(reader.scanner.records, RECORDS.length);
  t.equal(reader.scanner.offset, text.length);
});

t.test('what is wrong', async (t) => {
  for (const [text, code] of [
    ['', 'TRUNCATED'],
    ['hello', 'FORMAT'],
    [HEADER.subarray(0, -1), 'TRUNCATED'],
    [HEAD.subarray(0, -1), 'TRUNCATED'],
    [`${HEADER}- I a 1\n`, 'FORMAT'],
    [textFailure('oops'), 'TRUNCATED'],
    [`${HEADER}${textFailure('oops')}`, 'TRUNCATED'],
    [`${HEADER}${textFailure('oops')}\n`, 'TRUNCATED'],
    ['Version 3.0\n* i test  a N 1 b N\n', 'FORMAT'],
  ] as const) {
    const bytes = Buffer.from(text);
    for (const chunks of splits(bytes)) t.throws(() => headOf(chunks), { code }, `${text}`);
  }
});

t.test('more globals than memory should hold', async (t) => {
  const size = MAX_GLOBALS_SIZE / 4;
  const chunks = function* () {
    yield HEADER;
    for (let index = 0; index < 4; index++) {
      yield Buffer.from(`* u L ${index}.lua ${size} `);
      yield Buffer.alloc(size);
      yield Buffer.from('\n');
    }
  };
  t.throws(() => headOf(chunks()), { code: 'LIMIT' });
});
