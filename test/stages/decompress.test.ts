import { spawnSync } from 'node:child_process';
import t from 'tap';
import { decompress } from '../../lib/stages/decompress.ts';
import { framesFailure } from '../../lib/zstd/failure.ts';
import { manyRecords, TEXT } from '../helpers/asb-text.ts';
import { checkedFrame, frame, installed, skippable } from '../helpers/frames.ts';
import { inChunks, through } from '../helpers/streams.ts';

t.test('gives what is in the frames, of any size and cut anywhere', async (t) => {
  const long = Buffer.concat(manyRecords(20_000));
  const frames = [frame(TEXT), skippable('x'), checkedFrame(long), frame(''), frame('end')];
  const bytes = Buffer.concat(frames);
  for (const size of [1000, 65_536, bytes.length]) {
    const stage = decompress();
    const content = Buffer.concat(await through(inChunks(bytes, size), stage));
    t.ok(content.equals(Buffer.concat([TEXT, long, Buffer.from('end')])));
    t.same(stage.info, { frames: 5, bytesIn: bytes.length, bytesOut: content.length });
  }
});

for (const [what, bytes, code] of [
  ['no input', Buffer.alloc(0), 'TRUNCATED'],
  ['plain text', TEXT, 'FORMAT'],
  ['a tail', Buffer.concat([frame('x'), Buffer.from('tail')]), 'FORMAT'],
  ['a cut-off frame', frame(TEXT).subarray(0, -1), 'TRUNCATED'],
  [
    'a failure of an earlier stage',
    Buffer.concat([frame('x'), framesFailure('oops')]),
    'TRUNCATED',
  ],
] as const) {
  t.test(`refuses ${what}`, async (t) => {
    await t.rejects(through(bytes.length > 0 ? [bytes] : [], decompress()), { code });
  });
}

t.test('takes a large window when told to', async (t) => {
  const bytes = frame('x');
  t.equal(Buffer.concat(await through([bytes], decompress({ windowLog: 31 }))).toString(), 'x');
});

for (const command of installed('zstd', 'pzstd')) {
  t.test(`reads what ${command} writes`, async (t) => {
    const input = Buffer.concat(manyRecords(20_000));
    for (const options of [['-1'], ['-15'], ['--no-check']]) {
      const { stdout } = spawnSync(command, ['-c', ...options], { input, maxBuffer: 1e9 });
      const content = await through(inChunks(stdout, 65_536), decompress());
      t.ok(Buffer.concat(content).equals(input), options.join(' '));
    }
  });
}
