import t from 'tap';
import { textFailure } from '../../lib/asb/failure.ts';
import { failureLine } from '../../lib/ndjson/failure.ts';
import { EndCheck } from '../../lib/stages/end-check.ts';
import { framesFailure } from '../../lib/zstd/failure.ts';
import { splits, TEXT } from '../helpers/asb-text.ts';
import { frame } from '../helpers/frames.ts';

const check = (chunks: Iterable<Buffer>): EndCheck => {
  const ends = new EndCheck();
  for (const chunk of chunks) ends.push(chunk);
  ends.end();
  return ends;
};

const SMALL = TEXT.subarray(0, 100);
const LONG = 'é"\\\u0001'.repeat(1000);

for (const [content, bytes, failure] of [
  ['text', SMALL, textFailure],
  ['frames', frame(SMALL), framesFailure],
  ['ndjson', Buffer.from('{"key":1}\n'), failureLine],
] as const) {
  t.test(`${content}, however it is cut`, async (t) => {
    for (const chunks of splits(bytes)) t.equal(check(chunks).content, content);
    const last = Buffer.from(failure('no room'));
    for (const chunks of splits(Buffer.concat([bytes, last]))) {
      t.throws(() => check(chunks), { code: 'TRUNCATED', message: /no room/ });
    }
    for (const chunks of splits(last)) {
      t.throws(() => check(chunks), { code: 'TRUNCATED', message: /no room/ }, 'at once');
    }
    for (const at of [1, 5, bytes.length - 2]) {
      const cut = Buffer.concat([bytes.subarray(0, at), last]);
      if (at >= 4) t.throws(() => check([cut]), { code: 'TRUNCATED' }, 'behind half a unit');
    }
    const much = [Buffer.alloc(20_000, bytes), Buffer.from(failure(LONG))];
    t.throws(() => check(much), { code: 'TRUNCATED' }, 'however long the message');
  });
}

t.test('of other bytes nobody can know', async (t) => {
  for (const bytes of [
    Buffer.of(0, 1, 2, 3, 4),
    Buffer.from('\u001f\u008b\u0008\u0000', 'latin1'),
  ]) {
    for (const chunks of splits(bytes)) t.equal(check(chunks).content, 'unknown');
    t.doesNotThrow(() => check([bytes, textFailure('no room')]));
  }
  t.equal(check([Buffer.from('Ver')]).content, undefined);
});

t.test('no input is a failure', async (t) => {
  t.throws(() => check([]), { code: 'TRUNCATED' });
  t.throws(() => check([Buffer.alloc(0)]), { code: 'TRUNCATED' });
});
