import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { HEADER, splits, TEXT, UNIT_ENDS, UNITS } from '../helpers/asb-text.ts';
import { parse } from '../helpers/parsed.ts';

/** What each unit but the header is. */
const ITEMS = UNITS.slice(1).flatMap((unit) => parse([HEADER, unit]).items);
const HEADER_LINE_ENDS = [HEADER.indexOf('\n') + 1, HEADER.indexOf('\n# f') + 1];

t.test('a cut at any byte is an error, or leaves exactly the items before it', async (t) => {
  t.equal(ITEMS.length, UNITS.length - 1);
  for (let at = 0; at <= TEXT.length; at++) {
    const whole = UNIT_ENDS.filter((end) => end <= at).length;
    const chunks = [TEXT.subarray(0, at)];
    const { items, error, info } = parse(chunks, { file: 'cut.asb' });
    if (UNIT_ENDS.includes(at) || HEADER_LINE_ENDS.includes(at)) t.equal(error, undefined);
    else t.match(error, { code: 'TRUNCATED', facts: { file: 'cut.asb', offset: at } });
    t.strictSame(items, ITEMS.slice(0, Math.max(0, whole - 1)), `cut at ${at}`);
    t.equal(info.records + info.indexes + info.udfs, items.length);
  }
});

t.test('every split gives the same items', async (t) => {
  for (const chunks of splits(TEXT)) {
    const { items, error, info } = parse(chunks);
    t.equal(error, undefined);
    if (!isDeepStrictEqual(items, ITEMS)) t.strictSame(items, ITEMS);
    t.equal(info.bytes, TEXT.length);
  }
});
