import t from 'tap';
import { IS_BASE64, IS_FLOAT } from '../../lib/asb/characters.ts';

const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));

for (const [name, table, pattern] of [
  ['base64', IS_BASE64, /^[0-9A-Za-z+/=]$/],
  ['the text of a double', IS_FLOAT, /^[0-9A-Za-z+.-]$/],
] as const) {
  t.test(`the bytes of ${name}`, async (t) => {
    t.same(
      Array.from(table),
      all.map((character) => Number(pattern.test(character))),
    );
  });
}
