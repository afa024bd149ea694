import t from 'tap';
import { textFailure } from '../../lib/asb/failure.ts';
import { contentOf } from '../../lib/stages/content.ts';
import { framesFailure } from '../../lib/zstd/failure.ts';
import { TEXT } from '../helpers/asb-text.ts';
import { frame, skippable } from '../helpers/frames.ts';

t.test('the first bytes tell', async (t) => {
  for (const [head, content] of [
    [TEXT, 'text'],
    [Buffer.from('V'), 'text'],
    [textFailure('oops'), 'text'],
    [frame(TEXT), 'frames'],
    [frame(TEXT).subarray(0, 1), 'frames'],
    [frame(TEXT).subarray(0, 3), 'frames'],
    [skippable('x'), 'frames'],
    [skippable('x', 0x184d2a5f), 'frames'],
    [framesFailure('oops'), 'frames'],
    [Buffer.from('{'), 'ndjson'],
    [Buffer.from('{"key":1}\n'), 'ndjson'],
    [Buffer.alloc(0), 'unknown'],
    [Buffer.from('X'), 'unknown'],
    [Buffer.from('Vers'.toLowerCase()), 'unknown'],
    [Buffer.of(0x60, 0x2a, 0x4d, 0x18), 'unknown'],
  ] as const) {
    t.equal(contentOf(head), content, head.toString('latin1', 0, 8));
  }
});
