import t from 'tap';
import { Slots } from '../../../lib/wire/scan/slots.ts';

t.test('so many at once, and the others in their turn', async (t) => {
  const slots = new Slots(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const runs = [0, 1, 2, 3].map((index) =>
    slots.run(async () => {
      begun.push(index);
      await new Promise<void>((resolve) => {
        ends[index] = resolve;
      });
      return index;
    }),
  );
  const turn = () => new Promise(setImmediate);
  await turn();
  t.strictSame(begun, [0, 1]);
  ends[1]?.();
  t.equal(await runs[1], 1);
  await turn();
  t.strictSame(begun, [0, 1, 2]);
  ends[0]?.();
  ends[2]?.();
  await turn();
  ends[3]?.();
  t.strictSame(await Promise.all(runs), [0, 1, 2, 3]);
  t.equal(await slots.run(async () => 4), 4, 'free again');
});

t.test('what fails gives its slot back', async (t) => {
  const slots = new Slots(1);
  const failing = slots.run(() => Promise.reject(new Error('no')));
  const next = slots.run(async () => 'next');
  await t.rejects(failing, { message: 'no' });
  t.equal(await next, 'next');
});
