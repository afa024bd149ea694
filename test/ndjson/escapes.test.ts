import t from 'tap';
import {
  BACKSLASH,
  ESCAPE_LETTERS,
  HIGH,
  LONG_ESCAPE,
  NEEDS,
  PLAIN,
  SHORT_ESCAPE,
} from '../../lib/ndjson/escapes.ts';

t.test('the tables say what JSON.stringify does', async (t) => {
  for (let byte = 0; byte < 0x80; byte++) {
    const written = Buffer.from(JSON.stringify(String.fromCharCode(byte))).subarray(1, -1);
    const need = { 1: PLAIN, 2: SHORT_ESCAPE, 6: LONG_ESCAPE }[written.length];
    t.equal(NEEDS[byte], need, `byte ${byte}`);
    if (need !== SHORT_ESCAPE) continue;
    t.equal(written[0], BACKSLASH);
    t.equal(written[1], ESCAPE_LETTERS[byte]);
  }
  for (let byte = 0x80; byte < 0x100; byte++) t.equal(NEEDS[byte], HIGH);
});
