import fc from 'fast-check';
import t from 'tap';
import { encodeParticle } from '../../lib/record/builder.ts';
import type { Value } from '../../lib/record/values.ts';
import { parseDigest, parseKey } from '../../lib/select/record-names.ts';

t.test('user keys, by their types', async (t) => {
  const cases: readonly (readonly [string, ...Value[]])[] = [
    ['ada', 'ada'],
    ['5', '5', 5],
    ['-0', '-0'],
    ['007', '007'],
    ['9223372036854775807', '9223372036854775807', 2n ** 63n - 1n],
    ['9223372036854775808', '9223372036854775808'],
    ['-9223372036854775808', '-9223372036854775808', -(2n ** 63n)],
    ['12345678901234567890', '12345678901234567890'],
    ['int:-7', -7],
    ['string:5', '5'],
    ['string:', ''],
    ['string:a\nb:c', 'a\nb:c'],
    ['blob:AQI=', Buffer.of(1, 2)],
    ['blob:', Buffer.alloc(0)],
    ['other:5', 'other:5'],
  ];
  for (const [text, ...values] of cases) {
    t.same(parseKey(text), values.map(encodeParticle), text);
  }
});

t.test('what is no user key', async (t) => {
  for (const text of ['', 'int:', 'int:x', 'int:9223372036854775808', 'blob:AQI', 'blob:?']) {
    t.throws(() => parseKey(text), { code: 'USAGE' }, text);
  }
});

t.test('digests in hex and in base64', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
      const digest = Buffer.from(bytes);
      const hex = digest.toString('hex');
      return [hex, hex.toUpperCase(), digest.toString('base64')].every((text) =>
        parseDigest(text).equals(digest),
      );
    }),
  );
  const digest = Buffer.alloc(20, 7);
  const wrong = [
    '',
    digest.toString('hex').slice(1),
    digest.toString('base64').slice(0, -1),
    Buffer.alloc(21).toString('base64'),
    `${digest.toString('hex')}00`,
  ];
  for (const text of wrong) t.throws(() => parseDigest(text), { code: 'USAGE' }, text);
});
