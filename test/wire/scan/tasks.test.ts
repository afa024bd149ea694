import t from 'tap';
import { Tasks } from '../../../lib/wire/scan/tasks.ts';

/** A promise, and what settles it. */
const gate = () => Promise.withResolvers<void>();
const turn = () => new Promise(setImmediate);

t.test('done when the last has ended, also of those that others began', async (t) => {
  const tasks = new Tasks();
  const [one, two] = [gate(), gate()];
  let done = false;
  tasks.start(async () => {
    await one.promise;
    tasks.start(() => two.promise);
  });
  const all = tasks.done.then(() => {
    done = true;
  });
  one.resolve();
  await turn();
  t.notOk(done);
  two.resolve();
  await all;
});

t.test('the first failure', async (t) => {
  const tasks = new Tasks();
  tasks.start(() => Promise.reject(new Error('first')));
  tasks.start(() => Promise.reject(new Error('second')));
  tasks.start(() => new Promise(() => {}));
  await t.rejects(tasks.done, { message: 'first' });
});

t.test('who waits for the others', async (t) => {
  const tasks = new Tasks();
  const seen: string[] = [];
  const [work, late] = [gate(), gate()];
  tasks.start(() => work.promise);
  for (const name of ['one', 'two']) {
    tasks.start(async () => {
      await tasks.untilOthersEnd();
      seen.push(name);
      if (name === 'one') await late.promise;
    });
  }
  await turn();
  t.strictSame(seen, [], 'a third is busy');
  work.resolve();
  await turn();
  t.strictSame(seen, ['one', 'two'], 'those that wait do not wait for each other');
  tasks.start(async () => {
    await tasks.untilOthersEnd();
    seen.push('three');
  });
  await turn();
  t.equal(seen.length, 2);
  late.resolve();
  await tasks.done;
  t.equal(seen.length, 3);
});

t.test('who is alone does not wait', async (t) => {
  const tasks = new Tasks();
  tasks.start(() => tasks.untilOthersEnd());
  await t.resolves(tasks.done);
});
