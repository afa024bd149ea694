import t from 'tap';
import { SLACK } from '../../lib/asb/record-parser.ts';
import { PIECE_SIZE, TextWindow, WINDOW_SIZE } from '../../lib/asb/text-window.ts';

t.test('takes text on, and forgets what was read', async (t) => {
  const window = new TextWindow();
  t.equal(window.fill(Buffer.from('abcdef'), 2), 4);
  window.keepFrom(1, 1);
  t.match(window, { base: 1, filled: 3 });
  window.fill(Buffer.from('gh'), 0);
  window.seal();
  t.strictSame(
    window.bytes.subarray(0, 5 + SLACK),
    Buffer.concat([Buffer.from('defgh'), Buffer.alloc(SLACK)]),
  );
});

t.test('grows for a large unit, and only for that', async (t) => {
  const window = new TextWindow();
  const chunk = Buffer.alloc(WINDOW_SIZE + 10, 'x');
  t.equal(window.fill(chunk, 0), PIECE_SIZE);
  t.equal(window.fill(chunk, PIECE_SIZE), WINDOW_SIZE - PIECE_SIZE);
  t.equal(window.fill(chunk, WINDOW_SIZE), 10);
  t.equal(window.filled, chunk.length);
  const large = window.bytes.length;
  window.keepFrom(chunk.length - 3, WINDOW_SIZE + 1);
  t.equal(window.bytes.length, large, 'as much is wanted yet');
  window.keepFrom(1, 1);
  t.equal(window.bytes.length, WINDOW_SIZE + SLACK);
  t.equal(window.bytes.toString('latin1', 0, window.filled), 'xx');
  t.equal(window.base, chunk.length - 2);
});
