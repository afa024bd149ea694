import t from 'tap';
import { inParallel, REQUESTS_AT_ONCE } from '../../../lib/storage/s3/in-parallel.ts';

const numbers = (end: number): number[] => Array.from({ length: end }, (_, index) => index);

/** Work that waits until it is told. */
const handWork = () => {
  const waiting: { item: number; settle: PromiseWithResolvers<void> }[] = [];
  const work = (item: number): Promise<void> => {
    const settle = Promise.withResolvers<void>();
    waiting.push({ item, settle });
    return settle.promise;
  };
  return { waiting, work };
};

const turn = (): Promise<void> => new Promise(setImmediate);

t.test('every item once, no more at once than may be', async (t) => {
  for (const length of [0, 1, REQUESTS_AT_ONCE, 5 * REQUESTS_AT_ONCE + 3]) {
    const done: number[] = [];
    let atOnce = 0;
    let most = 0;
    await inParallel(numbers(length), async (item) => {
      most = Math.max(most, ++atOnce);
      await turn();
      atOnce--;
      done.push(item);
    });
    t.strictSame(
      done.toSorted((one, other) => one - other),
      numbers(length),
    );
    t.equal(most, Math.min(length, REQUESTS_AT_ONCE));
  }
});

t.test('an item is taken when it can be worked on', async (t) => {
  let taken = 0;
  const items = async function* () {
    for (; taken < 100; taken++) yield taken;
  };
  const { waiting, work } = handWork();
  const done = inParallel(items(), work);
  await turn();
  t.equal(waiting.length, REQUESTS_AT_ONCE);
  t.equal(taken, REQUESTS_AT_ONCE - 1);
  while (waiting.length > 0) {
    waiting.shift()?.settle.resolve();
    await turn();
  }
  await done;
  t.equal(taken, 100);
});

t.test('after a failure nothing begins, and what has begun is waited for', async (t) => {
  const { waiting, work } = handWork();
  let settled = false;
  const done = inParallel(numbers(100), work).finally(() => {
    settled = true;
  });
  done.catch(() => {});
  await turn();
  waiting[3]?.settle.reject(new Error('first'));
  waiting[0]?.settle.resolve();
  await turn();
  const begun = waiting.length;
  t.ok(begun <= REQUESTS_AT_ONCE + 1);
  t.equal(settled, false);
  for (const { settle } of waiting) settle.resolve();
  await t.rejects(done, { message: 'first' });
  t.equal(waiting.length, begun);
});

t.test('a failure of the items', async (t) => {
  const items = async function* () {
    yield 1;
    throw new Error('no more');
  };
  const done: number[] = [];
  const work = async (item: number): Promise<void> => {
    done.push(item);
  };
  await t.rejects(inParallel(items(), work), { message: 'no more' });
  t.strictSame(done, [1]);
});
