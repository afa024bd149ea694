import t from 'tap';
import { textFailure } from '../../lib/asb/failure.ts';
import { EdgeCheck } from '../../lib/stages/edge-check.ts';
import { framesFailure } from '../../lib/zstd/failure.ts';
import { splits, TEXT } from '../helpers/asb-text.ts';
import { frame } from '../helpers/frames.ts';

const check = (chunks: Iterable<Buffer>): void => {
  const edges = new EdgeCheck();
  for (const chunk of chunks) edges.push(chunk);
  edges.end();
};

const SMALL = TEXT.subarray(0, 100);

for (const [what, bytes, failure] of [
  ['text', SMALL, textFailure('no room')],
  ['frames', frame(SMALL), framesFailure('no room')],
] as const) {
  t.test(`${what}, however it is cut`, async (t) => {
    for (const chunks of splits(bytes)) t.doesNotThrow(() => check(chunks));
    const failed = Buffer.concat([bytes, failure]);
    for (const chunks of splits(failed)) {
      t.throws(() => check(chunks), { code: 'TRUNCATED', message: /no room/ });
    }
    for (const chunks of splits(failure)) {
      t.throws(() => check(chunks), { code: 'TRUNCATED', message: /no room/ }, 'at once');
    }
  });
}

t.test('what is no backup is refused with its first bytes', async (t) => {
  for (const text of ['{"key":1}\n', 'asb!', '\u001f\u008b\u0008\u0000']) {
    const edges = new EdgeCheck();
    t.throws(() => edges.push(Buffer.from(text, 'latin1')), { code: 'FORMAT' });
    for (const chunks of splits(Buffer.from(text))) {
      t.throws(() => check(chunks), { code: 'FORMAT' });
    }
  }
  for (const text of ['', 'V', 'Ver']) {
    t.throws(() => check([Buffer.from(text)]), { code: 'TRUNCATED' });
  }
});
