import t from 'tap';
import { ParticleText } from '../../lib/ndjson/particle-text.ts';
import { encodeParticle } from '../../lib/record/builder.ts';
import { Double, type Value } from '../../lib/record/values.ts';

t.test('each value as NDJSON has it', async (t) => {
  const texts = new ParticleText();
  const rows: readonly (readonly [Value, string])[] = [
    [5, '5'],
    [new Double(5), '{"$double":"5"}'],
    ['a\n', '"a\\n"'],
    [Buffer.of(1), '{"$blob":"AQ=="}'],
    [[1, 'b'], '[1,"b"]'],
    [null, 'null'],
    ['x'.repeat(1_000_000), `"${'x'.repeat(1_000_000)}"`],
    [true, 'true'],
  ];
  for (const [value, text] of rows) t.equal(texts.of(encodeParticle(value)), text);
  t.equal(texts.of({ type: 99, bytes: Buffer.of(1) }), '{"$particle":{"type":99,"base64":"AQ=="}}');
});
