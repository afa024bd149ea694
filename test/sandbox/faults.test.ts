import t from 'tap';
import { Faults } from '../../lib/sandbox/faults.ts';

t.test('answers count down, by kind of request, in the order in which they were set', async (t) => {
  const faults = new Faults();
  faults.answer('scan', 22, 2);
  faults.answer('scan', 9);
  faults.answer('write', 8);
  t.strictSame(
    (['scan', 'read', 'scan', 'scan', 'scan', 'write', 'write'] as const).map((kind) =>
      faults.takeAnswer(kind),
    ),
    [22, 0, 22, 9, 0, 8, 0],
  );
});

t.test('cuts count down', async (t) => {
  const faults = new Faults();
  faults.cutScan({ afterRecords: 3, how: 'close' }, 2);
  faults.cutScan({ afterRecords: 0, how: 'nonsense' });
  const taken = [1, 2, 3, 4].map(() => faults.takeCut()?.afterRecords);
  t.strictSame(taken, [3, 3, 0, undefined]);
});

t.test('holds last for a number of scans, or until they are released', async (t) => {
  const faults = new Faults();
  faults.holdPartitions([1, 2], 1);
  const release = faults.holdPartitions([2, 3]);
  t.strictSame([...faults.takeHolds()].sort(), [1, 2, 3]);
  t.strictSame([...faults.takeHolds()], [2, 3]);
  release();
  t.equal(faults.takeHolds().size, 0);
});

t.test('a slow node waits for what it is given', async (t) => {
  const faults = new Faults();
  await faults.beforeProto();
  let waited = 0;
  faults.slow(async () => {
    waited++;
  });
  await faults.beforeProto();
  faults.slow();
  await faults.beforeProto();
  t.equal(waited, 1);
});

t.test('faults of rows and cuts of writes count down', async (t) => {
  const faults = new Faults();
  faults.answerRows({ resultCode: 14 }, 2);
  faults.answerRows({ resultCode: 9, applied: true });
  faults.cutWrite({ afterRows: 3 });
  faults.cutWrite({ afterRows: 0, answered: true });
  t.strictSame(
    [1, 2, 3, 4].map(() => faults.takeRowFault()?.resultCode),
    [14, 14, 9, undefined],
  );
  t.strictSame(
    [1, 2, 3].map(() => faults.takeWriteCut()?.afterRows),
    [3, 0, undefined],
  );
});

t.test('slow writes wait for what they are given', async (t) => {
  const faults = new Faults();
  await faults.beforeWriteAnswer();
  let waited = 0;
  faults.slowWrites(async () => {
    waited++;
  });
  await faults.beforeWriteAnswer();
  faults.slowWrites();
  await faults.beforeWriteAnswer();
  t.equal(waited, 1);
});

t.test('all faults can be ended at once', async (t) => {
  const faults = new Faults();
  faults.answer('batch', 4);
  faults.cutScan({ afterRecords: 1, how: 'middle' });
  faults.holdPartitions([1]);
  faults.slow(() => Promise.reject(new Error('must not be called')));
  faults.answerRows({ resultCode: 9 });
  faults.cutWrite({ afterRows: 1 });
  faults.slowWrites(() => Promise.reject(new Error('must not be called')));
  faults.clear();
  await faults.beforeProto();
  await faults.beforeWriteAnswer();
  t.strictSame([faults.takeRowFault(), faults.takeWriteCut()], [undefined, undefined]);
  t.strictSame(
    [faults.takeAnswer('batch'), faults.takeCut(), faults.takeHolds().size],
    [0, undefined, 0],
  );
});
