import { spawnSync } from 'node:child_process';
import t from 'tap';
import {
  FAILURE_MAGIC,
  FAILURE_PREFIX,
  FAILURE_TAIL_SIZE,
  failureAtEnd,
  failureText,
  framesFailure,
  MAX_FAILURE_MESSAGE,
} from '../../lib/zstd/failure.ts';
import { FrameWalker } from '../../lib/zstd/frame-walker.ts';
import { splits } from '../helpers/asb-text.ts';
import { frame, installed, skippable, walkAll } from '../helpers/frames.ts';

t.test('the message is one line, and bounded', async (t) => {
  t.equal(failureText('a\n b').toString(), `${FAILURE_PREFIX}a b`);
  const longest = FAILURE_PREFIX.length + MAX_FAILURE_MESSAGE;
  t.equal(failureText('x'.repeat(MAX_FAILURE_MESSAGE + 1)).length, longest);
});

t.test('is recognised at every split, with its message', async (t) => {
  const bytes = Buffer.concat([frame('text'), framesFailure('no space left')]);
  for (const chunks of splits(bytes)) {
    const walk = () => walkAll(new FrameWalker(), chunks);
    t.throws(walk, { code: 'TRUNCATED', message: /no space left/ });
  }
});

t.test('looks cut off to a reader that passes over skippable frames', async (t) => {
  const behind = framesFailure('x').subarray(8 + failureText('x').length);
  t.throws(() => walkAll(new FrameWalker(), [behind]), { code: 'TRUNCATED' });
});

t.test('a skippable frame of somebody else is none', async (t) => {
  for (const content of ['', 'x', `${FAILURE_PREFIX}${'x'.repeat(MAX_FAILURE_MESSAGE + 1)}`]) {
    t.equal(walkAll(new FrameWalker(), [skippable(content, FAILURE_MAGIC)]), 1);
  }
});

for (const command of installed('zstd', 'pzstd')) {
  t.test(`${command} refuses it`, async (t) => {
    const input = Buffer.concat([frame('text'), framesFailure('x')]);
    t.not(spawnSync(command, ['-d', '-c'], { input }).status, 0);
  });
}

t.test('is found in the last bytes of what was not read', async (t) => {
  const text = 'Version 3.1\n! asb: no end\n';
  const messages = [
    'no space',
    'twice ! asb: said',
    'ü'.repeat(MAX_FAILURE_MESSAGE),
    'x'.repeat(80),
  ];
  for (const message of messages) {
    const said = failureText(message).toString().slice(FAILURE_PREFIX.length);
    const ends = [
      ['text', text, failureText(message)],
      ['frames', frame(text), framesFailure(message)],
    ] as const;
    for (const [form, before, failure] of ends) {
      const bytes = Buffer.concat([Buffer.from(before), failure]);
      t.equal(failureAtEnd(bytes.subarray(-FAILURE_TAIL_SIZE), form), said, `${form} ${message}`);
      t.equal(failureAtEnd(Buffer.concat([bytes, Buffer.from('\n')]), form), undefined);
    }
  }
  t.equal(failureAtEnd(Buffer.from(text), 'text'), undefined);
  t.equal(failureAtEnd(skippable('! asb: x', FAILURE_MAGIC), 'frames'), undefined);
  const longest = framesFailure('x'.repeat(MAX_FAILURE_MESSAGE));
  t.equal(longest.length, FAILURE_TAIL_SIZE);
});
