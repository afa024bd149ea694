import t from 'tap';
import type { RecordBatch } from '../../../lib/record/batch.ts';
import { partitionOf } from '../../../lib/record/layout.ts';
import {
  type Sandbox,
  type SandboxOptions,
  type StoredRecord,
  startSandbox,
} from '../../../lib/sandbox/index.ts';
import { parseAddresses } from '../../../lib/wire/address.ts';
import { Cluster } from '../../../lib/wire/cluster.ts';
import { setIs } from '../../../lib/wire/scan/filter-expression.ts';
import { PartitionScan, type PartitionScanOptions } from '../../../lib/wire/scan/partition-scan.ts';
import { deadAddress, startFakeNode, until } from '../../helpers/fake-node.ts';
import { type Expected, Scanned, sameRecords, storedMessages } from '../../helpers/scanned.ts';

/** Small protos, so that a scan has many; no time is lost between retries. */
const SMALL = { records: 400, protoSize: 700 };
const QUICK = { namespace: 'test', sleepBetweenRetries: 1 };

const connect = (sandbox: Sandbox, infoTimeout = 10_000): Promise<Cluster> =>
  Cluster.connect({ seeds: parseAddresses(sandbox.seeds.join()), infoTimeout });

/** Runs a scan to its end. */
const runScan = async (
  sandbox: Sandbox,
  options: Partial<PartitionScanOptions> = {},
  onBatch: (scan: PartitionScan) => boolean = () => true,
  infoTimeout?: number,
) => {
  const notices: string[] = [];
  const scanned = new Scanned();
  const cluster = await connect(sandbox, infoTimeout);
  const scan: PartitionScan = new PartitionScan(
    cluster,
    { ...QUICK, onNotice: (notice) => notices.push(notice), ...options },
    (batch) => {
      scanned.take(batch);
      batch.release();
      return onBatch(scan);
    },
  );
  const error = await scan.run().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  cluster.close();
  return { scanned, info: scan.info, notices, error };
};

interface Row {
  readonly what: string;
  readonly sandbox?: SandboxOptions;
  readonly options?: Partial<PartitionScanOptions>;
  readonly expected?: Expected;
  /** Sets the faults. */
  readonly faults?: (sandbox: Sandbox) => void;
  /** Whether something had to be tried again. */
  readonly retries?: boolean;
  readonly infoTimeout?: number;
}

const first = (sandbox: Sandbox) => sandbox.nodes[0]!;
/** Calls `act` before the given proto of a node's scans. */
const atProto = (sandbox: Sandbox, proto: number, act: () => Promise<unknown>): void => {
  let protos = 0;
  first(sandbox).faults.slow(async () => {
    if (++protos === proto) await act();
  });
};

const ALL = Array.from({ length: 4096 }, (_, id) => id);

const rows: readonly Row[] = [
  { what: 'one node' },
  { what: 'one proto', sandbox: { records: 400 } },
  { what: 'no record', sandbox: { records: 0 } },
  { what: 'memory that is used again', options: { reuseMemory: true, parallel: 4 } },
  { what: 'a limit', options: { recordsPerSecond: 4000, reuseMemory: true, parallel: 4 } },
  ...[1, 2, 8].flatMap((parallel) => [
    { what: `${parallel} at once`, options: { parallel } },
    { what: `three nodes, ${parallel} at once`, sandbox: { nodes: 3 }, options: { parallel } },
  ]),
  { what: 'three nodes, one copy', sandbox: { nodes: 3, replicationFactor: 1 } },
  {
    what: 'one set',
    options: { sets: ['odd'] },
    expected: { keep: ({ set }) => set.toString() === 'odd' },
  },
  {
    what: 'several sets',
    options: { sets: ['odd', 'set with space', 'sät', 'none'] },
    expected: { keep: ({ set }) => ['odd', 'set with space', 'sät'].includes(set.toString()) },
  },
  { what: 'a set that is not there', options: { sets: ['none'] }, expected: { keep: () => false } },
  {
    what: 'a filter expression',
    options: { filterExpression: setIs('types') },
    expected: { keep: ({ set }) => set.toString() === 'types' },
  },
  {
    what: 'a filter expression beside sets',
    options: { sets: ['odd', 'types'], filterExpression: setIs('types') },
    expected: { keep: ({ set }) => set.toString() === 'types' },
  },
  {
    what: 'some bins',
    options: { bins: ['a', 'i_zero', 'no such bin'] },
    // The server leaves out a record that has none of them.
    expected: {
      bins: ['a', 'i_zero', 'no such bin'],
      keep: ({ bins }) => bins.some(({ name }) => ['a', 'i_zero'].includes(name.toString())),
    },
  },
  { what: 'no bins', options: { noBins: true }, expected: { noBins: true } },
  ...(['close', 'middle'] as const).flatMap((how) =>
    [0, 1, 99].map((afterRecords) => ({
      what: `cut off (${how}) after ${afterRecords} records, three times`,
      faults: (sandbox: Sandbox) => first(sandbox).faults.cutScan({ afterRecords, how }, 3),
      retries: true,
    })),
  ),
  ...(['close', 'middle'] as const).map((how) => ({
    what: `cut off (${how}) while a limit holds records back`,
    options: { recordsPerSecond: 4000 },
    faults: (sandbox: Sandbox) => first(sandbox).faults.cutScan({ afterRecords: 99, how }, 3),
    retries: true,
  })),
  ...[0, 1, 99].map((afterRecords) => ({
    what: `reset amid a message after ${afterRecords} records, three times`,
    options: { parallel: 2 },
    faults: (sandbox: Sandbox) => first(sandbox).faults.cutScan({ afterRecords, how: 'reset' }, 3),
    retries: true,
  })),
  {
    what: 'connections that are refused, after those for info',
    sandbox: { nodes: 2, replicationFactor: 1 },
    faults: (sandbox) =>
      atProto(sandbox, 1, async () => sandbox.nodes[1]!.faults.refuseConnections(3)),
    retries: true,
  },
  {
    what: 'all connections of a node reset, also the one for info',
    sandbox: { nodes: 2 },
    options: { parallel: 4 },
    faults: (sandbox) => atProto(sandbox, 5, async () => first(sandbox).resetConnections()),
    retries: true,
  },
  {
    what: 'a port that is closed while the others still count on the node',
    sandbox: { nodes: 2 },
    faults: (sandbox) => atProto(sandbox, 5, () => first(sandbox).close()),
    retries: true,
  },
  {
    what: 'partitions that move in mid-scan',
    sandbox: { nodes: 3 },
    options: { parallel: 3 },
    faults: (sandbox) =>
      atProto(sandbox, 3, async () => sandbox.migrate(ALL, [sandbox.nodes[2]!, first(sandbox)])),
    retries: true,
  },
  {
    what: 'partitions that move, and that no node serves for a while',
    sandbox: { nodes: 2, replicationFactor: 1 },
    options: { parallel: 2 },
    faults: (sandbox) =>
      atProto(sandbox, 3, async () => {
        for (const { faults } of sandbox.nodes) faults.holdPartitions(ALL, 3);
        sandbox.migrate(ALL, [sandbox.nodes[1]!]);
      }),
    retries: true,
  },
  {
    what: 'a node that leaves for good, and others have what it had',
    sandbox: { nodes: 4 },
    options: { parallel: 2 },
    faults: (sandbox) => atProto(sandbox, 2, () => sandbox.kill(first(sandbox))),
    retries: true,
  },
  {
    what: 'a node that falls silent for good, and others have what it had',
    sandbox: { nodes: 2 },
    options: { parallel: 2, socketTimeout: 5 },
    infoTimeout: 200,
    faults: (sandbox) => atProto(sandbox, 3, async () => void first(sandbox).faults.silence()),
    retries: true,
  },
  ...[9, 11, 14, 15, 18, 22].map((code) => ({
    what: `result ${code}, which passes`,
    faults: (sandbox: Sandbox) => first(sandbox).faults.answer('scan', code, 2),
    retries: true,
  })),
  {
    what: 'partitions that are unavailable for a while',
    faults: (sandbox) => first(sandbox).faults.holdPartitions([0, 1, 2, 4095], 3),
    retries: true,
  },
  {
    what: 'a node that has nothing for a while, of three',
    sandbox: { nodes: 3 },
    faults: (sandbox) => first(sandbox).faults.holdPartitions(Array(4096).keys(), 1),
    retries: true,
  },
  {
    what: 'a slow node',
    sandbox: { nodes: 2 },
    options: { parallel: 2 },
    faults: (sandbox) =>
      first(sandbox).faults.slow(() => new Promise((next) => setImmediate(next))),
  },
  {
    what: 'a node killed in mid-scan',
    sandbox: { nodes: 3 },
    options: { parallel: 3 },
    faults: (sandbox) => atProto(sandbox, 5, () => sandbox.kill(first(sandbox))),
    retries: true,
  },
  {
    what: 'the only copy of some partitions away for a while',
    sandbox: { nodes: 2, replicationFactor: 1 },
    faults: (sandbox) =>
      atProto(sandbox, 5, async () => {
        await sandbox.kill(first(sandbox));
        await sandbox.revive(first(sandbox));
      }),
    retries: true,
  },
  {
    what: 'a node added in mid-scan',
    sandbox: { nodes: 2, replicationFactor: 1 },
    options: { parallel: 2 },
    faults: (sandbox) => atProto(sandbox, 3, () => sandbox.add()),
  },
  {
    what: 'a silent node that lives',
    options: { socketTimeout: 5 },
    faults: (sandbox) =>
      atProto(sandbox, 3, () => new Promise((resolve) => setTimeout(resolve, 50))),
  },
];

for (const { what, sandbox: settings, options, expected, faults, retries, infoTimeout } of rows) {
  t.test(what, async (t) => {
    const sandbox = await startSandbox({ ...SMALL, ...settings });
    faults?.(sandbox);
    const all = () => true;
    const { scanned, info, notices, error } = await runScan(sandbox, options, all, infoTimeout);
    t.equal(error, undefined);
    const stored = storedMessages(sandbox, expected);
    sameRecords(t, scanned, stored);
    t.equal(info.records, stored.size);
    t.equal(info.bytes >= [...stored.values()].join('').length / 2, true);
    t.strictSame([info.partitionsDone, info.partitionsSeen], [4096, 4096]);
    t.equal(info.retries, notices.length, 'each retry is told of');
    if (retries !== undefined) t.equal(info.retries > 0, retries);
    await until(() => sandbox.nodes.every(({ connections }) => connections === 0));
    await sandbox.close();
  });
}

t.test('the most records that are wanted, and not one more', async (t) => {
  const sandbox = await startSandbox({ ...SMALL, nodes: 2 });
  const stored = storedMessages(sandbox);
  for (const maxRecords of [1, 7, 399, 400, 401]) {
    for (const parallel of [1, 2, 8]) {
      first(sandbox).faults.cutScan({ afterRecords: 3, how: 'close' });
      const { scanned, error } = await runScan(sandbox, { maxRecords, parallel });
      first(sandbox).faults.clear();
      t.equal(error, undefined);
      t.equal(scanned.messages.size, Math.min(maxRecords, 400), `${maxRecords} of ${parallel}`);
      t.strictSame(scanned.twice, []);
      t.ok([...scanned.messages].every(([digest, bytes]) => stored.get(digest) === bytes));
    }
  }
  await sandbox.close();
});

t.test('a limit holds for all scans together, and what waits for it is not done', async (t) => {
  let slept = 0;
  const clock = {
    now: () => Date.now(),
    sleep: async (ms: number) => {
      slept += ms;
    },
  };
  const sandbox = await startSandbox({ ...SMALL, clock });
  t.teardown(() => sandbox.close());
  const bytes = [...storedMessages(sandbox).values()].join('').length / 2;
  // Each lets all pass in 0.3 s, of which the first 0.1 s may go at once.
  const limits: readonly Partial<PartitionScanOptions>[] = [
    { recordsPerSecond: 400 / 0.3 },
    { recordsPerSecond: 400 / 0.3, parallel: 4 },
    { bytesPerSecond: bytes / 0.3, parallel: 2, reuseMemory: true },
  ];
  for (const limit of limits) {
    const begin = performance.now();
    const { scanned } = await runScan(sandbox, limit, (scan) => {
      setImmediate(() => scan.resume());
      return false;
    });
    t.equal(scanned.messages.size, 400);
    const elapsed = performance.now() - begin;
    t.ok(elapsed >= 195, `no sooner than the rate and 100 ms allow: ${elapsed} ms`);
  }
  t.equal(slept, 0, 'the server is told no rate');

  const { scanned, info, error } = await runScan(sandbox, {
    recordsPerSecond: 10,
    totalTimeout: 150,
  });
  t.match(error, { code: 'PARTITIONS', facts: { partitions: { length: 4096 } } });
  t.match(info, { partitionsDone: 0, records: scanned.messages.size });
});

interface Failing extends Row {
  readonly code: string;
  readonly facts?: object;
}

const failing: readonly Failing[] = [
  ...[4, 16, 20, 81].map((resultCode) => ({
    what: `result ${resultCode}, which does not pass`,
    faults: (sandbox: Sandbox) => first(sandbox).faults.answer('scan', resultCode),
    options: { parallel: 4 },
    code: 'SERVER',
    facts: { resultCode, namespace: 'test' },
  })),
  {
    what: 'a filter that the server does not know',
    options: { filterExpression: Buffer.from('91ccff', 'hex') },
    code: 'SERVER',
    facts: { resultCode: 4 },
  },
  {
    what: 'nonsense',
    faults: (sandbox) => first(sandbox).faults.cutScan({ afterRecords: 9, how: 'nonsense' }),
    code: 'PROTOCOL',
    facts: { node: /127\.0\.0\.1:\d+/ },
  },
  ...[
    ['replicas', 'test:1,1,AAAA'],
    ['replicas', '; ;'],
    ['peers-clear-std', '1,3000,[[A2,,[127.0.0.1:99999999]]]'],
    ['peers-clear-std', 'x'],
  ].map(([command = '', value = '']) => ({
    what: `info that is nonsense between two tries: ${command} ${value}`,
    sandbox: { nodes: 2 },
    faults: (sandbox: Sandbox) => {
      const { faults } = first(sandbox);
      faults.answer('scan', 22);
      faults.slow(async () => faults.garbleInfo(command, value));
      sandbox.nodes[1]!.faults.slow(async () => faults.garbleInfo(command, value));
    },
    options: { parallel: 2 },
    code: 'PROTOCOL',
    facts: { node: /127\.0\.0\.1:\d+/ },
  })),
  {
    what: 'a namespace that vanishes',
    sandbox: { nodes: 2 },
    options: { maxRetries: 2, parallel: 2 },
    faults: (sandbox) =>
      atProto(sandbox, 3, async () => {
        for (const { faults } of sandbox.nodes) faults.garbleInfo('replicas', 'copy:1,0', 9);
        first(sandbox).resetConnections();
      }),
    code: 'PARTITIONS',
    facts: { cause: { code: 'NO_NAMESPACE' } },
  },
  {
    what: 'a total timeout, while a scan is silent and its node lives',
    options: { totalTimeout: 40, socketTimeout: 5, parallel: 2 },
    faults: (sandbox) => first(sandbox).faults.cutScan({ afterRecords: 9, how: 'silence' }),
    code: 'PARTITIONS',
  },
  {
    what: 'a total timeout, while a node does not answer info',
    options: { totalTimeout: 40, parallel: 2 },
    infoTimeout: 200,
    faults: (sandbox) =>
      atProto(sandbox, 2, async () => {
        first(sandbox).faults.silence();
        first(sandbox).resetConnections();
      }),
    code: 'PARTITIONS',
  },
  {
    what: 'a total timeout, amid a wait',
    options: { totalTimeout: 1000, sleepBetweenRetries: 60_000 },
    faults: (sandbox) => first(sandbox).faults.answer('scan', 18),
    code: 'PARTITIONS',
    facts: { partitions: ALL, cause: { facts: { resultCode: 18 } } },
  },
  { what: 'a namespace that is not there', options: { namespace: 'none' }, code: 'NO_NAMESPACE' },
  {
    what: 'partitions that stay unavailable',
    options: { maxRetries: 2 },
    faults: (sandbox) => first(sandbox).faults.holdPartitions([3, 4, 5, 9]),
    code: 'PARTITIONS',
    facts: { partitions: [3, 4, 5, 9], namespace: 'test', cause: { facts: { resultCode: 11 } } },
  },
  {
    what: 'more partitions than a message has room for',
    options: { maxRetries: 0 },
    faults: (sandbox) =>
      first(sandbox).faults.holdPartitions(Array.from({ length: 50 }, (_, index) => index * 2)),
    code: 'PARTITIONS',
  },
  {
    what: 'the only copy of some partitions gone',
    sandbox: { nodes: 2, replicationFactor: 1 },
    options: { maxRetries: 2 },
    faults: (sandbox) => atProto(sandbox, 5, () => first(sandbox).close()),
    code: 'PARTITIONS',
  },
  {
    what: 'the only copy of some partitions gone, and others that answer for them',
    sandbox: { nodes: 2, replicationFactor: 1 },
    options: { maxRetries: 2, parallel: 2 },
    faults: (sandbox) => atProto(sandbox, 5, () => sandbox.kill(first(sandbox))),
    code: 'PARTITIONS',
    facts: { cause: { code: 'PARTITIONS' } },
  },
  {
    what: 'all nodes gone',
    options: { maxRetries: 1 },
    faults: (sandbox) => atProto(sandbox, 5, () => sandbox.kill(first(sandbox))),
    code: 'PARTITIONS',
  },
];

for (const { what, sandbox: settings, options, faults, code, facts, infoTimeout } of failing) {
  t.test(what, async (t) => {
    const sandbox = await startSandbox({ ...SMALL, ...settings });
    faults?.(sandbox);
    const all = () => true;
    const { scanned, error } = await runScan(sandbox, options, all, infoTimeout);
    t.match(error, { code, ...(facts === undefined ? {} : { facts }) });
    t.strictSame(scanned.twice, []);
    await until(() => sandbox.nodes.every(({ connections }) => connections === 0));
    await sandbox.close();
  });
}

t.test('no retries are none, whatever came before', async (t) => {
  const sandbox = await startSandbox(SMALL);
  first(sandbox).faults.cutScan({ afterRecords: 99, how: 'close' });
  const { info, error } = await runScan(sandbox, { maxRetries: 0 });
  t.match(error, { code: 'PARTITIONS' });
  t.strictSame([info.records, info.retries], [99, 0]);
  await sandbox.close();
});

t.test('nobody waits for a node that fails; its last try waits for all others', async (t) => {
  const sandbox = await startSandbox({ ...SMALL, nodes: 2, replicationFactor: 1 });
  const [busy, other] = sandbox.nodes;
  if (busy === undefined || other === undefined) throw t.fail('two nodes');
  const cluster = await connect(sandbox);
  const notices: string[] = [];
  const untilBusyFails = Promise.withResolvers<void>();
  let done = false;
  busy.faults.answer('scan', 22, 3);
  other.faults.slow(async () => {
    await untilBusyFails.promise;
    done ||= notices.length > 3;
  });
  let records = 0;
  let recordsBefore = 0;
  const take = (batch: RecordBatch): boolean => {
    records += batch.length;
    return true;
  };
  const scan = new PartitionScan(
    cluster,
    {
      ...QUICK,
      parallel: 2,
      maxRetries: 3,
      onNotice: (notice) => {
        notices.push(notice);
        if (notices.length < 3) return;
        // The third is the last: many turns later, it has not begun.
        setTimeout(() => {
          recordsBefore = records;
          untilBusyFails.resolve();
        }, 20);
      },
    },
    take,
  );
  await scan.run();
  t.strictSame([records, notices.length], [400, 3]);
  t.equal(recordsBefore, 0, 'the last try did not come before');
  t.ok(notices.every((notice) => notice.includes(busy.address)));
  t.notOk(done);
  cluster.close();
  await sandbox.close();
});

t.test('what is given up does not end the others', async (t) => {
  const sandbox = await startSandbox({ ...SMALL, nodes: 2, replicationFactor: 1 });
  const [lost, other] = sandbox.nodes;
  if (lost === undefined || other === undefined) throw t.fail('two nodes');
  lost.faults.answer('scan', 18, 100);
  const given = Promise.withResolvers<void>();
  other.faults.slow(() => given.promise);
  const { error, scanned, info } = await runScan(sandbox, {
    parallel: 2,
    maxRetries: 1,
    onNotice: () => setImmediate(given.resolve),
  });
  const partitions = ALL.filter((id) => sandbox.cluster.partitions.owners(id)[0] === lost.name);
  t.match(error, {
    code: 'PARTITIONS',
    facts: { partitions, cause: { facts: { node: lost.address } } },
  });
  t.equal(info.retries, 1);
  t.equal(info.partitionsDone, 4096 - partitions.length);
  const theirs = new Set(partitions);
  const keep = ({ digest }: StoredRecord) => !theirs.has(partitionOf(digest));
  sameRecords(t, scanned, storedMessages(sandbox, { keep }));
  await sandbox.close();
});

t.test('records of a node that comes back are not given up for others that go on', async (t) => {
  const sandbox = await startSandbox({ ...SMALL, nodes: 2, replicationFactor: 1 });
  const [away, other] = sandbox.nodes;
  if (away === undefined || other === undefined) throw t.fail('two nodes');
  let retries = 0;
  const gone = Promise.withResolvers<void>();
  other.faults.slow(async () => {
    await gone.promise;
    if (!away.running) await away.listen();
  });
  away.faults.slow(() => away.close());
  const { error, scanned } = await runScan(sandbox, {
    parallel: 2,
    maxRetries: 3,
    onNotice: () => {
      // The last is told of, and waits.
      if (++retries === 3)
        setTimeout(() => {
          away.faults.clear();
          gone.resolve();
        }, 10);
    },
  });
  t.equal(error, undefined);
  sameRecords(t, scanned, storedMessages(sandbox));
  await sandbox.close();
});

t.test('a node that starts is waited for, before others are believed', async (t) => {
  const sandbox = await startSandbox({ ...SMALL, nodes: 2, replicationFactor: 1 });
  const node = first(sandbox);
  await node.close();
  let notices = 0;
  const late = await runScan(sandbox, {
    maxRetries: 3,
    sleepBetweenRetries: 20,
    onNotice: () => {
      if (++notices === 2) void node.listen();
    },
  });
  t.equal(late.error, undefined);
  sameRecords(t, late.scanned, storedMessages(sandbox));
  t.ok(notices >= 2);
  t.equal(late.info.retries, notices);

  await node.close();
  const never = await runScan(sandbox, { maxRetries: 1 });
  t.match(never.error, { code: 'PARTITIONS' });
  t.ok(never.info.records > 0, 'what others hold is read');

  const cluster = await connect(sandbox);
  const stopped: PartitionScan = new PartitionScan(
    cluster,
    { ...QUICK, sleepBetweenRetries: 60_000, onNotice: () => setImmediate(() => stopped.stop()) },
    () => true,
  );
  await stopped.run();
  t.strictSame([stopped.info.records, stopped.info.retries], [0, 1]);
  cluster.close();
  await sandbox.close();
});

t.test('holders that have left, and come back for a later scan', async (t) => {
  const sandbox = await startSandbox({ ...SMALL, nodes: 2, replicationFactor: 1 });
  const cluster = await connect(sandbox);
  const node = first(sandbox);
  const theirs = ALL.filter((id) => sandbox.cluster.partitions.owners(id)[0] === node.name);
  const scanned = new Scanned();
  const positions = new Map<number, Buffer>();
  const take = (batch: RecordBatch): boolean => {
    scanned.take(batch);
    for (const { digest } of batch) positions.set(partitionOf(digest), Buffer.from(digest));
    return true;
  };
  const options = { ...QUICK, maxRetries: 1 };
  atProto(sandbox, 3, () => sandbox.kill(node));
  const one = new PartitionScan(cluster, options, take);
  await t.rejects(one.run(), { code: 'PARTITIONS', facts: { partitions: theirs } });
  node.faults.clear();
  // The other node has them all, and none of their records: as far as a server goes.
  const goesOn = { ...options, partitions: theirs, positions, holders: one.holders };
  const two = new PartitionScan(cluster, goesOn, take);
  await t.rejects(two.run(), { code: 'PARTITIONS', facts: { partitions: theirs } });
  t.equal(two.info.records, 0);
  await sandbox.revive(node);
  await new PartitionScan(cluster, goesOn, take).run();
  sameRecords(t, scanned, storedMessages(sandbox));
  cluster.close();
  await sandbox.close();
});

t.test('a consumer that stalls holds every scan', async (t) => {
  const sandbox = await startSandbox({ ...SMALL, nodes: 2 });
  let stalls = 0;
  const { scanned, error } = await runScan(sandbox, { parallel: 4 }, (scan) => {
    stalls++;
    // Twice: going on with what is not held does no harm.
    setImmediate(() => {
      scan.resume();
      scan.resume();
    });
    return false;
  });
  t.equal(error, undefined);
  t.ok(stalls > 0);
  sameRecords(t, scanned, storedMessages(sandbox));
  await sandbox.close();
});

t.test('a held scan is not asked whether its node lives', async (t) => {
  const sandbox = await startSandbox({ ...SMALL });
  const cluster = await connect(sandbox);
  let batches = 0;
  const scan = new PartitionScan(cluster, { ...QUICK, socketTimeout: 2 }, () => ++batches > 1);
  const running = scan.run();
  await until(() => batches === 1);
  // It is idle by now, many times over.
  await new Promise((resolve) => setTimeout(resolve, 30));
  t.strictSame([batches, scan.info.retries], [1, 0]);
  scan.resume();
  await running;
  t.equal(scan.info.records, 400);
  cluster.close();
  await sandbox.close();
});

t.test('stopped', async (t) => {
  const sandbox = await startSandbox({ ...SMALL, nodes: 2 });
  const early = await runScan(sandbox, { parallel: 2 }, (scan) => {
    scan.stop();
    return true;
  });
  t.equal(early.error, undefined);
  t.ok(early.scanned.messages.size < 400);

  first(sandbox).faults.answer('scan', 18);
  const cluster = await connect(sandbox);
  const asleep: PartitionScan = new PartitionScan(
    cluster,
    {
      namespace: 'test',
      sleepBetweenRetries: 60_000,
      onNotice: () => setImmediate(() => asleep.stop()),
    },
    () => true,
  );
  await asleep.run();
  t.equal(asleep.info.retries, 1, 'it does not sleep on');

  const unborn = new PartitionScan(cluster, { ...QUICK, parallel: 2 }, () => true);
  const running = unborn.run();
  unborn.stop();
  await running;
  t.equal(unborn.info.records, 0);

  first(sandbox).faults.answer('scan', 18);
  const late: PartitionScan = new PartitionScan(cluster, QUICK, () => true);
  first(sandbox).faults.slow();
  const ending = late.run();
  await until(() => sandbox.nodes.some(({ connections }) => connections > 1));
  late.stop();
  await ending;
  cluster.close();
  await until(() => sandbox.nodes.every(({ connections }) => connections === 0));
  await sandbox.close();
});

t.test('a node that dies in silence', async (t) => {
  let scans = 0;
  const node = await startFakeNode({
    message: () => scans++,
    answers: (commands) => scans === 0 || commands[0] !== 'status' || node.asked.length < 8,
  });
  const cluster = await Cluster.connect({ seeds: [node], infoTimeout: 20 });
  const scan = new PartitionScan(
    cluster,
    { ...QUICK, socketTimeout: 2, maxRetries: 0 },
    () => true,
  );
  await t.rejects(scan.run(), { code: 'PARTITIONS', facts: { cause: { code: 'NETWORK' } } });
  t.ok(node.asked.filter((command) => command === 'status').length > 1, 'asked more than once');
  cluster.close();
  await node.close();
});

t.test('the cluster answers nonsense between two rounds', async (t) => {
  let sane = true;
  const node = await startFakeNode({
    message: (_, socket) => {
      sane = false;
      socket.destroy();
    },
    info: (command) => (command === 'replicas' && !sane ? 'x' : undefined),
  });
  const cluster = await Cluster.connect({ seeds: [node, await deadAddress()] });
  await t.rejects(new PartitionScan(cluster, QUICK, () => true).run(), { code: 'PROTOCOL' });
  cluster.close();
  await node.close();
});

t.test('stopped while it looks at the cluster', async (t) => {
  let scans = 0;
  let stop = () => {};
  const node = await startFakeNode({
    message: (_, socket) => {
      scans++;
      socket.destroy();
    },
    info: (command) => {
      if (command === 'replicas' && scans > 0) stop();
      return undefined;
    },
  });
  const cluster = await Cluster.connect({ seeds: [node] });
  const scan = new PartitionScan(cluster, QUICK, () => true);
  stop = () => scan.stop();
  await scan.run();
  await cluster.refresh();
  t.equal(scans, 1, 'it is over');
  cluster.close();
  await node.close();
});

t.test('many faults at random', async (t) => {
  const seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31));
  t.comment(`FAULT_SEED=${seed}`);
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  for (let round = 0; round < 8; round++) {
    const sandbox = await startSandbox({ ...SMALL, nodes: 3, replicationFactor: 1 + random(2) });
    for (const { faults } of sandbox.nodes) {
      for (let count = random(4); count > 0; count--) {
        faults.cutScan({ afterRecords: random(100), how: random(2) === 0 ? 'close' : 'middle' });
      }
      if (random(2) === 0) faults.answer('scan', [9, 11, 15, 18, 22][random(5)]!, 1 + random(2));
      if (random(2) === 0) faults.holdPartitions([random(4096), random(4096)], 1 + random(3));
    }
    if (random(2) === 0) atProto(sandbox, 1 + random(20), () => sandbox.add());
    const hasCopies = sandbox.cluster.partitions.replicas > 1;
    if (hasCopies && random(2) === 0) {
      atProto(sandbox, 1 + random(20), () => sandbox.kill(first(sandbox)));
    }
    const { scanned, error } = await runScan(sandbox, {
      parallel: 1 + random(8),
      maxRetries: 20,
      reuseMemory: true,
    });
    t.equal(error, undefined);
    sameRecords(t, scanned, storedMessages(sandbox));
    await sandbox.close();
  }
});
