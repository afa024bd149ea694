import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import t from 'tap';
import { AsbError } from '../../lib/errors.ts';
import { peek } from '../../lib/stages/peek.ts';

const { signal } = new AbortController();

t.test('the head, and all of the stream', async (t) => {
  const cases: [string[], string][] = [
    [[], ''],
    [['ab'], 'ab'],
    [['abcd'], 'abcd'],
    [['abcdef', 'gh'], 'abcdef'],
    [['a', 'b', 'cde', 'f'], 'abcde'],
  ];
  for (const [chunks, expected] of cases) {
    const source = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
    const { head, stream } = await peek(source, 4, signal);
    t.equal(head.toString(), expected);
    t.equal((await buffer(stream)).toString(), chunks.join(''), chunks.join('|'));
  }
});

t.test('what the stream fails with', async (t) => {
  const source = new Readable({ read: () => source.destroy(new AsbError('STORAGE', 'gone')) });
  await t.rejects(peek(source, 4, signal), { code: 'STORAGE' });
  const late = new PassThrough();
  late.write('abcd');
  const { stream } = await peek(late, 4, signal);
  late.destroy(new AsbError('STORAGE', 'gone'));
  await t.rejects(buffer(stream), { code: 'STORAGE' });
});

t.test('a signal', async (t) => {
  const controller = new AbortController();
  const source = new PassThrough();
  const peeking = peek(source, 4, controller.signal);
  controller.abort(new AsbError('ABORTED', 'stopped by SIGTERM'));
  await t.rejects(peeking, { code: 'ABORTED' });
});

t.test('who lets go of the stream lets go of the source', async (t) => {
  const source = new PassThrough();
  source.write('abcd');
  const { stream } = await peek(source, 4, signal);
  stream.destroy();
  if (!source.closed) await once(source, 'close');
  t.equal(source.destroyed, true);
});
