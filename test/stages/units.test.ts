import fc from 'fast-check';
import t from 'tap';
import { textFailure } from '../../lib/asb/failure.ts';
import { MAX_PAYLOAD_SIZE } from '../../lib/asb/grammar.ts';
import { units } from '../../lib/stages/units.ts';
import { GLOBALS, HEADER, manyRecords, RECORDS, TEXT, UNIT_ENDS } from '../helpers/asb-text.ts';
import { inChunks, through } from '../helpers/streams.ts';

t.test('gives chunks of whole units, for chunks cut anywhere', async (t) => {
  const ends = new Set(UNIT_ENDS);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: TEXT.length }), async (size) => {
      const stage = units();
      const out = await through(inChunks(TEXT, size), stage);
      let at = 0;
      for (const chunk of out) if (!ends.has((at += chunk.length))) return false;
      t.match(stage.info, { records: RECORDS.length, globals: GLOBALS.length });
      t.equal(stage.info.header?.version, '3.1');
      return Buffer.concat(out).equals(TEXT);
    }),
  );
});

t.test('large chunks come out in pieces, which are whole units too', async (t) => {
  const records = manyRecords(5000);
  const text = Buffer.concat([HEADER, ...records]);
  const out = await through([text], units());
  t.ok(Buffer.concat(out).equals(text));
  t.ok(out.length > 1 && out.every((piece) => piece.length <= 128 * 1024));
  t.ok(out.every((piece) => piece.at(-1) === 0x0a));
});

t.test('a header alone is a text', async (t) => {
  t.same(await through(inChunks(HEADER, 1), units()), [HEADER]);
});

for (const [what, text, code] of [
  ['no input', '', 'TRUNCATED'],
  ['a cut-off record', TEXT.subarray(0, -1), 'TRUNCATED'],
  ['what is no .asb', 'hello', 'FORMAT'],
  ['a failure of an earlier stage', Buffer.concat([TEXT, textFailure('oops')]), 'TRUNCATED'],
] as const) {
  t.test(`refuses ${what}`, async (t) => {
    const bytes = Buffer.from(text);
    await t.rejects(through(bytes.length > 0 ? [bytes] : [], units()), { code });
  });
}

t.test('a unit of more than the limit is refused', async (t) => {
  // Two values together are too large; the same chunk many times keeps the test small.
  const value = Buffer.alloc(1024 * 1024, 'x');
  const chunks = function* () {
    yield HEADER;
    yield Buffer.from(`${RECORDS[0]}`.replace('+ b 0\n', '+ b 2\n'));
    for (let bin = 0; bin < 2; bin++) {
      yield Buffer.from(`- S b ${MAX_PAYLOAD_SIZE} `);
      for (let size = 0; size < MAX_PAYLOAD_SIZE; size += value.length) yield value;
      yield Buffer.from('\n');
    }
  };
  await t.rejects(through(chunks(), units()), { code: 'LIMIT', facts: { offset: 0 } });
});
