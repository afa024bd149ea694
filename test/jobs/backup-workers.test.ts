/** Threads of a backup that say, ask and die as they please; real ones are in backup-team.test.ts. */
import { once } from 'node:events';
import t from 'tap';
import { BackupWorkers, type BackupWorkersOptions } from '../../lib/jobs/backup-workers.ts';
import { PieceSource } from '../../lib/jobs/piece-source.ts';
import { Meter } from '../../lib/meter/meter.ts';
import { moduleBeside } from '../../lib/threads/thread.ts';

const module = moduleBeside('./backup-workers-fixture', import.meta.url);

/** A logger that has not all levels. */
const SILENT = { debug: () => {}, warn: () => {}, error: () => {} };

/** Starts a thread for each of these; see the fixture. */
const start = (names: readonly string[], more: Partial<BackupWorkersOptions> = {}) => {
  const workers = new BackupWorkers({
    orders: names.map((namespace) => ({
      scan: { namespace },
      text: { namespace },
      files: undefined,
      keeps: true,
      metered: false,
    })),
    globals: undefined,
    addFile: async () => {},
    holders: new Map([['B2', Buffer.alloc(512, 2)]]),
    module,
    ...more,
  });
  return workers;
};

t.test('the first that asks writes the first file, and all are told what they ask', async (t) => {
  let begun = 0;
  let adding = 0;
  const added: string[] = [];
  const notices: string[] = [];
  const logged: unknown[] = [];
  const workers = start(['ask', 'ask', 'none'], {
    globals: [],
    begin: async () => {
      begun++;
    },
    addFile: async ({ name }, { records }) => {
      t.equal(++adding, 1, 'one after the other');
      await new Promise(setImmediate);
      adding--;
      added.push(`${name} ${records}`);
    },
    pieces: new PieceSource(undefined, () => {}),
    onNotice: (notice) => notices.push(notice),
    s3Logger: { ...SILENT, info: (entry) => logged.push(entry) },
    meter: new Meter(),
  });
  const results = await workers.done;
  t.strictSame(results.map((result) => result?.version).sort(), ['3.1', '3.3', undefined]);
  t.equal(begun, 2);
  t.strictSame(added, ['a.asb 1', 'a.asb 1']);
  t.strictSame(notices.sort(), ['worker 1: hello', 'worker 2: hello']);
  t.strictSame(logged, ['info', 'info']);
  t.strictSame([...workers.holders.keys()].sort(), ['A1', 'B2']);
  t.strictSame(workers.scanned, { records: 0, partitionsSeen: 0, retries: 0 });
  t.strictSame(workers.written, { bytes: 0, files: 0 });
});

t.test('where there is nothing to make ready, and nobody who wants to know', async (t) => {
  const results = await start(['ask']).done;
  t.equal(results[0]?.version, '3.1', 'the first file is there');
});

t.test('what fails here is told to who asked', async (t) => {
  const addFile = () => Promise.reject(new Error('full'));
  await t.rejects(start(['ask', 'wait'], { addFile }).done, { message: 'refused: full' });
});

t.test('one that dies ends all, and is what they fail with', async (t) => {
  await t.rejects(start(['wait', 'crash', 'wait']).done, { message: 'crashed' });
  await t.rejects(start(['wait', 'exit']).done, { code: 'ABORTED', message: /backup worker 2/ });
  const told = await start(['exit', 'ask']).done.catch((error: unknown) => error);
  t.match(told, { message: /backup worker 1/ });
});

t.test('what was asked for is done to its end, though who asked is gone', async (t) => {
  const order: string[] = [];
  const begin = Promise.withResolvers<void>();
  const started = once(process, 'worker');
  const workers = start(['place'], {
    async begin() {
      const [thread] = await started;
      const exited = once(thread, 'exit');
      workers.cut(new Error('at once'));
      await exited;
      await new Promise(setImmediate);
      order.push('begun');
      begin.resolve();
    },
  });
  await t.rejects(
    workers.done.finally(() => order.push('done')),
    { message: 'at once' },
  );
  await begin.promise;
  t.strictSame(order, ['begun', 'done']);
});

t.test('ended in order, and at once', async (t) => {
  const ending = start(['wait', 'wait']);
  ending.abort(new Error('enough'));
  await t.rejects(ending.done, { message: 'enough' });
  const cut = start(['wait', 'wait']);
  cut.cut(new Error('at once'));
  await t.rejects(cut.done, { message: 'at once' });
});
