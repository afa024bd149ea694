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

t.test('refusals count down', async (t) => {
  const faults = new Faults();
  t.equal(faults.takeRefusal(), false);
  faults.refuseConnections();
  faults.refuseConnections(1);
  t.strictSame(
    [1, 2, 3].map(() => faults.takeRefusal()),
    [true, true, false],
  );
});

t.test('values of info count down, by command', async (t) => {
  const faults = new Faults();
  const reply = 'node\tA1\nreplicas\ttest:1\nreplicas-all\tx\n';
  t.equal(faults.garble(reply), reply);
  faults.garbleInfo('replicas', 'nonsense', 2);
  faults.garbleInfo('node', '');
  t.strictSame(
    [1, 2, 3].map(() => faults.garble(reply)),
    [
      'node\t\nreplicas\tnonsense\nreplicas-all\tx\n',
      'node\tA1\nreplicas\tnonsense\nreplicas-all\tx\n',
      reply,
    ],
  );
});

t.test('silence holds up all that is to be sent, until it ends', async (t) => {
  const faults = new Faults();
  const end = faults.silence();
  faults.silence();
  const seen: string[] = [];
  const all = Promise.all([
    faults.beforeRequest().then(() => seen.push('request')),
    faults.beforeProto().then(() => seen.push('proto')),
    faults.beforeWriteAnswer().then(() => seen.push('answer')),
  ]);
  await new Promise(setImmediate);
  t.strictSame(seen, []);
  end();
  await all;
  end();
  await faults.beforeRequest();
  t.equal(seen.length, 3);
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
  faults.refuseConnections(9);
  faults.garbleInfo('node', 'x');
  faults.silence();
  faults.clear();
  await faults.beforeRequest();
  t.strictSame([faults.takeRefusal(), faults.garble('node\tA1\n')], [false, 'node\tA1\n']);
  await faults.beforeProto();
  await faults.beforeWriteAnswer();
  t.strictSame([faults.takeRowFault(), faults.takeWriteCut()], [undefined, undefined]);
  t.strictSame(
    [faults.takeAnswer('batch'), faults.takeCut(), faults.takeHolds().size],
    [0, undefined, 0],
  );
});
