import { once } from 'node:events';
import t from 'tap';
import { asyncTransform } from '../../lib/stages/async-transform.ts';
import { through } from '../helpers/streams.ts';

const flush = async () => {};

t.test('pushes what it likes, and more at the end', async (t) => {
  const stage = asyncTransform({
    async transform(chunk, push) {
      for (const byte of chunk) await push(Buffer.of(byte));
    },
    async flush(push) {
      await push(Buffer.from('!'));
    },
  });
  const out = await through([Buffer.from('ab'), Buffer.from('c')], stage);
  t.equal(out.join('|'), 'a|b|c|!');
});

t.test('a push waits until somebody reads', async (t) => {
  let pushed = 0;
  const stage = asyncTransform({
    async transform(_chunk, push) {
      for (; pushed < 10; pushed++) await push(Buffer.alloc(64 * 1024));
    },
    flush,
  });
  stage.write('x');
  await once(stage, 'readable');
  t.equal(pushed, 0, 'the first chunk fills what may wait');
  stage.read();
  await once(stage, 'readable');
  t.equal(pushed, 1);
  stage.destroy();
  await once(stage, 'close');
  t.equal(pushed, 1);
});

t.test('objects wait one at a time', async (t) => {
  const stage = asyncTransform<Buffer>({
    readableObjectMode: true,
    writableHighWaterMark: 1,
    transform: (chunk, push) => push({ text: chunk.toString() }),
    flush,
  });
  t.equal(stage.readableHighWaterMark, 1);
  t.equal(stage.writableHighWaterMark, 1);
  t.same(
    await through(
      ['a', 'b'].map((text) => Buffer.from(text)),
      stage,
    ),
    [{ text: 'a' }, { text: 'b' }],
  );
});

for (const [where, options] of [
  ['transform', { transform: () => Promise.reject(new Error('oops')), flush }],
  ['flush', { transform: flush, flush: () => Promise.reject(new Error('oops')) }],
] as const) {
  t.test(`a failure in ${where} is the stream's, and closes`, async (t) => {
    let closed = 0;
    const stage = asyncTransform({ ...options, close: () => closed++ });
    await t.rejects(through([Buffer.from('x')], stage), { message: 'oops' });
    t.equal(closed, 1);
  });
}

t.test('a push to a destroyed stream ends what pushes', async (t) => {
  let ended: unknown;
  const done = new Promise<void>((resolve) => {
    const stage = asyncTransform({
      async transform(chunk, push) {
        stage.destroy();
        await push(chunk).catch((error: unknown) => (ended = error));
        resolve();
      },
      flush,
    });
    stage.write('x');
  });
  await done;
  t.match(ended, { code: 'ABORTED' });
});
