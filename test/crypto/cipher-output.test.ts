import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { CipherOutput, SLICE_SIZE } from '../../lib/crypto/cipher-output.ts';
import { giveBack } from '../../lib/memory/buffer-pool.ts';

const KEY = randomBytes(16);
const COUNTER = randomBytes(16);
const MIB = 1024 * 1024;

const cipher = () => createCipheriv('aes-128-ctr', KEY, COUNTER);

t.test('what the cipher makes, in whatever pieces its input comes', (t) => {
  const edges = [0, 1, SLICE_SIZE, SLICE_SIZE + 1, MIB, MIB + 1];
  const size = fc.oneof(fc.constantFrom(...edges), fc.integer({ min: 0, max: 2 * MIB }));
  const sizes = fc.array(size, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(sizes, fc.boolean(), (lengths, givesBack) => {
      const output = new CipherOutput(cipher());
      const pieces = lengths.map((length) => randomBytes(length));
      const made = pieces.map((piece) => {
        const bytes = output.of(piece);
        const copy = Buffer.from(bytes);
        if (givesBack) giveBack(bytes);
        return copy;
      });
      return Buffer.concat(made).equals(cipher().update(Buffer.concat(pieces)));
    }),
    { numRuns: 30 },
  );
  t.end();
});

t.test('what is not given back stays as it is', (t) => {
  const output = new CipherOutput(cipher());
  const first = output.of(randomBytes(MIB));
  const copy = Buffer.from(first);
  const second = output.of(randomBytes(MIB));
  t.not(second.buffer, first.buffer);
  t.ok(first.equals(copy));
  giveBack(first);
  t.equal(output.of(randomBytes(MIB)).buffer, first.buffer, 'and then its memory is used again');
  t.end();
});
