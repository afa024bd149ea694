import { Readable } from 'node:stream';
import t from 'tap';
import { endingEarly } from '../../lib/stages/ending-early.ts';

const failure = new Error('lost');
const failing = (chunks: number): Readable =>
  Readable.from(
    (async function* () {
      for (let index = 0; index < chunks; index++) yield { index };
      throw failure;
    })(),
  );
const gathered = async (source: Readable): Promise<unknown[]> => {
  const chunks: unknown[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return chunks;
};

t.test('a source that does not fail', async (t) => {
  const early = endingEarly(Readable.from([1, 2, 3]), () => true);
  t.strictSame(await gathered(early.source), [1, 2, 3]);
  t.equal(early.failure, undefined);
});

t.test('one that fails ends in order', async (t) => {
  const early = endingEarly(failing(2), (error) => error === failure);
  t.equal((await gathered(early.source)).length, 2);
  t.equal(early.failure, failure);
});

t.test('what is not worth it fails', async (t) => {
  for (const [chunks, worth] of [
    [0, true],
    [2, false],
  ] as const) {
    const early = endingEarly(failing(chunks), () => worth);
    await t.rejects(gathered(early.source), failure);
    t.equal(early.failure, undefined);
  }
});

t.test('whoever leaves it leaves the source', async (t) => {
  const inner = Readable.from([1, 2, 3]);
  const early = endingEarly(inner, () => true);
  for await (const _ of early.source) break;
  t.ok(inner.destroyed);
});

t.test('it does not wait for a source that is silent', async (t) => {
  for (const ends of [false, true]) {
    const inner = new Readable({ objectMode: true, read: () => {} });
    const early = endingEarly(inner, () => true);
    const first = gathered(early.source);
    await new Promise(setImmediate);
    early.source.destroy(failure);
    await t.rejects(first, failure);
    t.ok(inner.destroyed);
    // What still comes of it finds nobody.
    inner.destroy(ends ? undefined : new Error('later'));
    await new Promise(setImmediate);
    t.equal(early.failure, undefined);
  }
});

t.test('one that has failed before anybody reads', async (t) => {
  const inner = new Readable({ objectMode: true, read: () => {} });
  const early = endingEarly(inner, () => true);
  inner.destroy(failure);
  await new Promise(setImmediate);
  await t.rejects(gathered(early.source), failure);
});
