import t from 'tap';
import { RecordBatch } from '../../../lib/record/batch.ts';
import { BatchBuilder, type PlainRecord } from '../../../lib/record/builder.ts';
import { EPOCH_SECONDS, Field } from '../../../lib/record/layout.ts';
import { MessageWriter } from '../../../lib/record/message-writer.ts';
import {
  type Faults,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from '../../../lib/sandbox/index.ts';
import { parseAddresses } from '../../../lib/wire/address.ts';
import { Cluster } from '../../../lib/wire/cluster.ts';
import {
  RecordWriter,
  type RecordWriterOptions,
  type WriteInfo,
} from '../../../lib/wire/write/record-writer.ts';
import { MAX_BATCH_SIZE } from '../../../lib/wire/write/write-request.ts';
import { MAX_ASYNC_BATCHES } from '../../../lib/wire/write/writer-options.ts';
import { type FakeNodeOptions, startFakeNode, until } from '../../helpers/fake-node.ts';
import { answerProto } from '../../helpers/write-reply.ts';

const COUNT = 300;
/** Many small requests; no time is lost between retries. */
const QUICK = { namespace: 'copy', batchSize: 7, maxAsyncBatches: 4, retryScale: 1 };

const recordsOf = (count: number, record: Partial<PlainRecord> = {}): PlainRecord[] =>
  Array.from({ length: count }, (_, key) => ({ set: 's', key, bins: { n: key }, ...record }));

const batchOf = (records: readonly PlainRecord[]): RecordBatch => {
  const builder = new BatchBuilder('test');
  for (const record of records) builder.add(record);
  return builder.build();
};

/** The same records as several batches. */
const pieces = (records: readonly PlainRecord[], size = 100): RecordBatch[] => {
  const batches: RecordBatch[] = [];
  for (let at = 0; at < records.length; at += size)
    batches.push(batchOf(records.slice(at, at + size)));
  return batches;
};

const connect = (sandbox: Sandbox): Promise<Cluster> =>
  Cluster.connect({ seeds: parseAddresses(sandbox.seeds.join()), connectTimeout: 2000 });

interface Written {
  readonly sandbox: Sandbox;
  readonly info: WriteInfo;
  readonly notices: readonly string[];
  readonly error: unknown;
  /** Records in the namespace. */
  readonly stored: number;
}

interface Row {
  readonly what: string;
  readonly sandbox?: SandboxOptions;
  readonly options?: Partial<RecordWriterOptions>;
  readonly records?: readonly PlainRecord[];
  /** Called before writing. */
  readonly prepare?: (sandbox: Sandbox) => void | Promise<void>;
  /** Called with each batch. */
  readonly onBatch?: (sandbox: Sandbox, index: number) => void | Promise<void>;
  /** Counts other than 0, but for `retried` and `bytes`. */
  readonly counts?: Partial<WriteInfo>;
  readonly retries?: boolean;
  /** Requests may be lost at any time: how many records are in doubt is not known before. */
  readonly doubts?: boolean;
  readonly error?: Record<string, unknown>;
  readonly notices?: number;
}

/** Writes records, and says what became of it. */
const write = async (row: Row): Promise<Written> => {
  const sandbox = await startSandbox(row.sandbox);
  const notices: string[] = [];
  await row.prepare?.(sandbox);
  const cluster = await connect(sandbox);
  const writer = new RecordWriter(cluster, {
    ...QUICK,
    onNotice: (notice) => notices.push(notice),
    ...row.options,
  });
  let error: unknown;
  try {
    for (const [index, batch] of pieces(row.records ?? recordsOf(COUNT)).entries()) {
      await row.onBatch?.(sandbox, index);
      await writer.write(batch);
      batch.bytes.fill(0xff); // it is not needed any more
    }
    await writer.flush();
  } catch (thrown) {
    error = thrown;
  }
  writer.close();
  cluster.close();
  const stored = sandbox.cluster.namespaces.get('copy')?.count() ?? 0;
  return { sandbox, info: writer.info, notices, error, stored };
};

const faults = (sandbox: Sandbox, node = 0) => sandbox.nodes[node]!.faults;
const YEARS_11 = 11 * 365 * 24 * 3600;
const now = () => Math.floor(Date.now() / 1000) - EPOCH_SECONDS;

const rows: readonly Row[] = [
  { what: 'batches' },
  { what: 'no records', records: [], counts: {} },
  { what: 'one request for all', options: { batchSize: 1000, maxAsyncBatches: 1 } },
  { what: 'the defaults', options: { batchSize: 512, maxAsyncBatches: 16, maxRetries: 5 } },
  { what: 'puts', options: { batchWrites: false } },
  { what: 'three nodes', sandbox: { nodes: 3 } },
  { what: 'three nodes, puts', sandbox: { nodes: 3 }, options: { batchWrites: false } },
  {
    what: 'no bins',
    records: recordsOf(COUNT, { bins: {} }),
    counts: { skipped: COUNT },
  },
  {
    what: 'only bins that are not there',
    options: { bins: ['other'] },
    counts: { skipped: COUNT },
  },
  {
    what: 'expired',
    records: recordsOf(COUNT, { voidTime: 1000 }),
    counts: { expired: COUNT },
  },
  {
    what: 'expired, but for what is added',
    records: recordsOf(COUNT, { voidTime: now() - 100 }),
    options: { extraTtl: 1000 },
  },
  {
    what: 'a void time that no server takes',
    records: recordsOf(COUNT, { voidTime: now() + YEARS_11 }),
    error: { code: 'RANGE' },
  },
  {
    what: 'a void time that no server takes, ignored',
    records: recordsOf(COUNT, { voidTime: now() + YEARS_11 }),
    options: { ignoreRecordErrors: true },
    counts: { ignored: COUNT },
  },
  {
    what: 'batches are off',
    prepare: (sandbox) => faults(sandbox).answer('batch', 150, Number.POSITIVE_INFINITY),
    retries: true,
    notices: 1,
  },
  {
    what: 'batches are off on one of three nodes',
    sandbox: { nodes: 3 },
    prepare: (sandbox) => faults(sandbox, 1).answer('batch', 150, Number.POSITIVE_INFINITY),
    retries: true,
    notices: 1,
  },
  {
    what: 'rows that are busy for a time',
    prepare: (sandbox) => faults(sandbox).answerRows({ resultCode: 14 }, 9),
    retries: true,
  },
  {
    what: 'puts that are busy for a time',
    options: { batchWrites: false },
    prepare: (sandbox) => faults(sandbox).answerRows({ resultCode: 14 }, 9),
    retries: true,
  },
  {
    what: 'rows that are busy for good',
    prepare: (sandbox) => faults(sandbox).answerRows({ resultCode: 14 }, Number.POSITIVE_INFINITY),
    options: { maxRetries: 3 },
    retries: true,
    error: { code: 'SERVER', facts: { resultCode: 14 } },
  },
  {
    what: 'no retries',
    prepare: (sandbox) => faults(sandbox).answerRows({ resultCode: 14 }),
    options: { maxRetries: 0 },
    error: { code: 'SERVER', facts: { resultCode: 14 } },
  },
  {
    what: 'a batch that is refused for a time',
    prepare: (sandbox) => faults(sandbox).answer('batch', 152, 5),
    retries: true,
  },
  {
    what: 'a record error',
    prepare: (sandbox) => faults(sandbox).answerRows({ resultCode: 13 }),
    error: { code: 'SERVER', facts: { resultCode: 13, namespace: 'copy' } },
  },
  {
    what: 'a record error, ignored',
    prepare: (sandbox) => faults(sandbox).answerRows({ resultCode: 13 }, 5),
    options: { ignoreRecordErrors: true },
    counts: { inserted: COUNT - 5, ignored: 5 },
  },
  {
    what: 'a permanent error, which is never ignored',
    prepare: (sandbox) => faults(sandbox).answerRows({ resultCode: 8 }),
    options: { ignoreRecordErrors: true },
    error: { code: 'SERVER', facts: { resultCode: 8 } },
  },
  {
    what: 'a connection that closes before anything is done',
    prepare: (sandbox) => faults(sandbox).cutWrite({ afterRows: 0 }, 3),
    retries: true,
  },
  {
    what: 'a put whose connection closes',
    options: { batchWrites: false },
    prepare: (sandbox) => faults(sandbox).cutWrite({ afterRows: 0 }, 3),
    retries: true,
  },
  {
    what: 'connections that always close',
    prepare: (sandbox) => faults(sandbox).cutWrite({ afterRows: 0 }, Number.POSITIVE_INFINITY),
    options: { maxRetries: 2 },
    retries: true,
    error: { code: 'NETWORK' },
  },
  {
    what: 'a connection that closes in the middle, with what was done answered',
    prepare: (sandbox) => faults(sandbox).cutWrite({ afterRows: 3, answered: true }, 3),
    retries: true,
  },
  {
    what: 'a batch that is done, but not answered',
    // Stored with generation 1, as the backup's is: found there by the second try.
    prepare: (sandbox) => faults(sandbox).cutWrite({ afterRows: 7 }),
    retries: true,
    counts: { inserted: COUNT - 7, inDoubt: 7 },
  },
  {
    what: 'a batch that is half done, but not answered',
    prepare: (sandbox) => faults(sandbox).cutWrite({ afterRows: 3 }),
    retries: true,
    counts: { inserted: COUNT - 3, inDoubt: 3 },
  },
  {
    what: 'done, not answered, and done again',
    prepare: (sandbox) => faults(sandbox).cutWrite({ afterRows: 7 }),
    options: { checkGeneration: false },
    retries: true,
  },
  {
    what: 'a put that is done, but not answered',
    options: { batchWrites: false, exists: 'create' },
    prepare: (sandbox) => faults(sandbox).cutWrite({ afterRows: 1 }),
    retries: true,
    counts: { inserted: COUNT - 1, inDoubt: 1 },
  },
  {
    what: 'a row that times out on the server, but is done',
    prepare: (sandbox) => faults(sandbox).answerRows({ resultCode: 9, applied: true }, 2),
    retries: true,
    counts: { inserted: COUNT - 2, inDoubt: 2 },
  },
  ...[true, false].flatMap((batchWrites) => [
    {
      what: `connections reset before anything is done, batches: ${batchWrites}`,
      options: { batchWrites },
      prepare: (sandbox: Sandbox) => faults(sandbox).cutWrite({ afterRows: 0, how: 'reset' }, 3),
      retries: true,
    },
    {
      what: `connections reset after the answers, which may be lost, batches: ${batchWrites}`,
      options: { batchWrites },
      prepare: (sandbox: Sandbox) =>
        faults(sandbox).cutWrite({ afterRows: 1, answered: true, how: 'reset' }, 3),
      doubts: true,
      retries: true,
    },
  ]),
  {
    what: 'all connections of a node reset',
    sandbox: { nodes: 2 },
    onBatch: (sandbox) => sandbox.nodes[1]!.resetConnections(),
    prepare: (sandbox) => faults(sandbox).answer('batch', 152, 2),
    doubts: true,
    retries: true,
  },
  {
    what: 'connections that are refused',
    onBatch: (sandbox, index) => {
      if (index === 0) faults(sandbox).refuseConnections(3);
    },
    retries: true,
  },
  {
    what: 'partitions that move',
    sandbox: { nodes: 3 },
    onBatch: (sandbox, index) => sandbox.migrate(Array(4096).keys(), [sandbox.nodes[index % 3]!]),
    prepare: (sandbox) => faults(sandbox).answer('batch', 11, 2),
    retries: true,
  },
  {
    what: 'info that is nonsense, when it is asked again',
    onBatch: (sandbox, index) => {
      if (index > 0) return;
      faults(sandbox).garbleInfo('replicas', 'copy:x');
      faults(sandbox).answer('batch', 18);
    },
    error: { code: 'PROTOCOL', facts: { node: /:/ } },
  },
  {
    what: 'no answer in time',
    options: { timeout: 50 },
    doubts: true,
    prepare: (sandbox) => {
      let slow = 3;
      faults(sandbox).slowWrites(async () => {
        if (slow-- > 0) await new Promise(() => {});
      });
    },
    retries: true,
  },
  {
    what: 'a node that goes',
    sandbox: { nodes: 3 },
    doubts: true,
    onBatch: async (sandbox, index) => {
      if (index === 1) await sandbox.kill(sandbox.nodes[1]!);
    },
    retries: true,
  },
  {
    what: 'a node that goes and comes back',
    sandbox: { nodes: 3 },
    options: { retryScale: 20 },
    doubts: true,
    onBatch: async (sandbox, index) => {
      if (index === 1) await sandbox.kill(sandbox.nodes[1]!);
      if (index === 2) await sandbox.revive(sandbox.nodes[1]!);
    },
    retries: true,
  },
  {
    what: 'the only node goes',
    onBatch: async (sandbox, index) => {
      if (index === 1) await sandbox.kill(sandbox.nodes[0]!);
    },
    options: { maxRetries: 2 },
    retries: true,
    error: { code: 'NETWORK' },
  },
];

const settled = ({ inserted, existed, fresher, expired, skipped, ignored, inDoubt }: WriteInfo) =>
  inserted + existed + fresher + expired + skipped + ignored + inDoubt;

for (const row of rows) {
  t.test(row.what, async (t) => {
    const { sandbox, info, notices, error, stored } = await write(row);
    await sandbox.close();
    t.equal(info.retried > 0, row.retries === true, `${info.retried} retried`);
    if (row.error !== undefined) {
      t.match(error, row.error);
      return;
    }
    t.equal(error, undefined);
    t.equal(settled(info), info.total);
    t.equal(stored, info.inserted + info.inDoubt);
    if (row.doubts !== true) {
      const { retried: _retried, bytes: _bytes, ...counts } = info;
      const found = Object.entries(counts).filter(([, count]) => count !== 0);
      const wanted = row.counts ?? { inserted: COUNT };
      const total = row.records?.length ?? COUNT;
      t.strictSame(Object.fromEntries(found), total === 0 ? {} : { total, ...wanted });
    }
    if (row.notices !== undefined) t.equal(notices.length, row.notices, notices.join('; '));
  });
}

t.test('never more requests in flight than there may be', async (t) => {
  const sandbox = await startSandbox({ nodes: 2 });
  const cluster = await connect(sandbox);
  const writer = new RecordWriter(cluster, { ...QUICK, maxAsyncBatches: 3 });
  let inFlight = 0;
  let most = 0;
  let release: (() => void)[] = [];
  for (const node of sandbox.nodes) {
    node.faults.slowWrites(async () => {
      most = Math.max(most, ++inFlight);
      await new Promise<void>((resolve) => release.push(resolve));
      inFlight--;
    });
  }
  let done = false;
  const writing = writer.write(batchOf(recordsOf(COUNT))).then(() => {
    done = true;
  });
  await until(() => inFlight === 3);
  t.notOk(done, 'it is held back');
  t.ok(writer.info.total < COUNT);
  t.equal(writer.info.inserted, 0);
  const flushed = writing.then(() => writer.flush());
  for (let over = false; !over; ) {
    const released = release;
    release = [];
    for (const resolve of released) resolve();
    over = await Promise.race([
      flushed.then(() => true),
      new Promise<false>((r) => setImmediate(r, false)),
    ]);
  }
  t.equal(writer.info.inserted, COUNT);
  t.equal(most, 3);
  const connections = sandbox.nodes.reduce((sum, node) => sum + node.connections, 0);
  t.ok(connections <= 3 * 2 + 2, 'at most three to each node, and one for info');
  writer.close();
  await until(() => sandbox.nodes.every((node) => node.connections <= 1));
  cluster.close();
  await sandbox.close();
});

t.test('a limit holds for all requests together', async (t) => {
  const records = recordsOf(COUNT);
  const bytes = batchOf(records).offsets.at(-1)!;
  const rows: readonly [string, Partial<RecordWriterOptions>, atLeast: number][] = [
    // 0.3 s, of which the first 0.1 s may go at once
    ['records', { recordsPerSecond: COUNT / 0.3 }, 195],
    ['bytes', { bytesPerSecond: bytes / 0.3 }, 195],
    ['what is sent again counts', { recordsPerSecond: COUNT / 0.3 }, 290],
  ];
  for (const [what, limit, atLeast] of rows) {
    const sandbox = await startSandbox();
    const cluster = await connect(sandbox);
    let requests = 0;
    faults(sandbox).slowWrites(async () => void requests++);
    if (atLeast > 200) faults(sandbox).answer('batch', 18);
    const writer = new RecordWriter(cluster, { ...QUICK, batchSize: 1000, ...limit });
    const begin = performance.now();
    await writer.write(batchOf(records));
    const elapsed = performance.now() - begin;
    await writer.flush();
    t.ok(elapsed >= atLeast, `${what}: ${elapsed} ms`);
    t.ok(requests >= 3, `what passes goes out at once: ${requests} requests`);
    t.match(writer.info, { inserted: COUNT, retried: atLeast > 200 ? 100 : 0 }, what);
    writer.close();
    cluster.close();
    await sandbox.close();
  }
});

t.test('closing ends a wait for a limit', async (t) => {
  const sandbox = await startSandbox();
  const cluster = await connect(sandbox);
  const writer = new RecordWriter(cluster, { ...QUICK, recordsPerSecond: 0.01 });
  const writing = writer.write(batchOf(recordsOf(2)));
  await until(() => writer.info.inserted === 1);
  writer.close();
  await t.rejects(writing, { code: 'ABORTED' });
  cluster.close();
  await sandbox.close();
});

t.test('closing ends what is under way', async (t) => {
  for (const [what, prepare] of [
    ['answers that do not come', (node: Faults) => node.slowWrites(() => new Promise(() => {}))],
    ['a wait before a retry', (node: Faults) => node.answer('batch', 152, 1e9)],
  ] as const) {
    const sandbox = await startSandbox();
    const cluster = await connect(sandbox);
    let notices = 0;
    const options = { ...QUICK, maxAsyncBatches: 1, retryScale: 1e8, onNotice: () => notices++ };
    const writer = new RecordWriter(cluster, options);
    prepare(faults(sandbox));
    const writing = writer.write(batchOf(recordsOf(COUNT)));
    if (what === 'a wait before a retry') await until(() => notices === 2);
    else await until(() => sandbox.nodes[0]!.connections === 2);
    writer.close();
    await t.rejects(writing, { code: 'ABORTED' }, what);
    await t.rejects(writer.write(batchOf(recordsOf(1))), { code: 'ABORTED' });
    await t.rejects(writer.flush(), { code: 'ABORTED' });
    cluster.close();
    await sandbox.close();
  }
});

t.test('a record that can’t be ends all', async (t) => {
  const sandbox = await startSandbox();
  const cluster = await connect(sandbox);
  const other = new RecordWriter(cluster, { ...QUICK, source: 'other' });
  await t.rejects(other.write(batchOf(recordsOf(1))), { code: 'FORMAT' });
  await t.rejects(other.flush(), { code: 'FORMAT' });
  const writer = new RecordWriter(cluster, QUICK);
  const message = new MessageWriter();
  const start = message.begin();
  message.field(Field.NAMESPACE, Buffer.from('test'));
  const offsets = Uint32Array.of(start, message.end());
  await t.rejects(writer.write(new RecordBatch(message.take(), offsets)), { code: 'FORMAT' });
  cluster.close();
  await sandbox.close();
});

t.test('options that are none', async (t) => {
  const sandbox = await startSandbox();
  const cluster = await connect(sandbox);
  for (const [options, code] of [
    [{ namespace: 'none' }, 'NO_NAMESPACE'],
    [{ batchSize: 0 }, 'USAGE'],
    [{ batchSize: 1.5 }, 'USAGE'],
    [{ batchSize: MAX_BATCH_SIZE + 1 }, 'USAGE'],
    [{ maxAsyncBatches: MAX_ASYNC_BATCHES + 1 }, 'USAGE'],
  ] as const) {
    t.throws(() => new RecordWriter(cluster, { ...QUICK, ...options }), { code });
  }
  cluster.close();
  await sandbox.close();
});

/** A time that goes on only while somebody sleeps; it begins well within a second. */
const time = {
  at: Math.floor(Date.now() / 1000) * 1000 + 300,
  now: () => time.at,
  sleep: async (ms: number) => {
    time.at += ms;
  },
};

/** A sandbox whose clock goes on by a second between the question for it and the first write. */
const leaping = async (): Promise<Sandbox> => {
  let questions = 0;
  // A namespace's statistics read the clock; so do writes, after.
  const leapt = () => time.at + (questions++ > 0 ? 1000 : 0);
  return startSandbox({ namespaces: ['copy'], clock: { now: leapt, sleep: time.sleep } });
};

for (const [generation, stored, off] of [
  [5, 2, 0],
  [1, 1, 20],
] as const) {
  t.test(`a write that meets the next second, of generation ${generation}`, async (t) => {
    const sandbox = await leaping();
    const cluster = await connect(sandbox);
    const notices: string[] = [];
    const onNotice = (notice: string) => notices.push(notice);
    const writer = new RecordWriter(cluster, {
      ...QUICK,
      maxAsyncBatches: 1,
      batchSize: 20,
      onNotice,
      time,
    });
    const voidTime = now() + 1000;
    await writer.write(batchOf(recordsOf(100, { voidTime, generation })));
    await writer.flush();
    const records = [...(sandbox.cluster.namespaces.get('copy') ?? [])];
    t.equal(records.length, 100);
    t.equal(records.filter((record) => record.voidTime !== voidTime).length, off);
    t.equal(records.filter((record) => record.generation === 2).length, off === 0 ? 20 : 0);
    t.ok(records.every((record) => record.generation === 1 || record.generation === stored));
    t.equal(writer.info.inserted, 100);
    t.equal(notices.length, off === 0 ? 0 : 1);
    await writer.flush();
    t.equal(notices.length, off === 0 ? 0 : 1, 'told once');
    writer.close();
    cluster.close();
    await sandbox.close();
  });
}

/** A node that has part of the partitions only, and puts what it is sent nowhere. */
const fakeCluster = async (options: FakeNodeOptions = {}) => {
  const fake = await startFakeNode({
    message: (_body, socket) => socket.write(answerProto({})),
    ...options,
  });
  const cluster = await Cluster.connect({ seeds: [fake] });
  const close = async () => {
    cluster.close();
    await fake.close();
  };
  return { fake, cluster, close };
};

t.test('partitions that no node holds', async (t) => {
  const half = Buffer.alloc(512, 0xf0).toString('base64');
  const { cluster, close } = await fakeCluster({
    info: (command) => (command === 'replicas' ? `test:1,1,${half}` : undefined),
  });
  const writer = new RecordWriter(cluster, { ...QUICK, namespace: 'test', maxRetries: 1 });
  await writer.write(batchOf(recordsOf(10)));
  await t.rejects(writer.flush(), { code: 'PARTITIONS' });
  await close();
});

t.test('a server before 6.0 has no batch writes', async (t) => {
  const { cluster, close } = await fakeCluster();
  const notices: string[] = [];
  const onNotice = (notice: string) => notices.push(notice);
  const writer = new RecordWriter(cluster, { ...QUICK, namespace: 'test', onNotice });
  await writer.write(batchOf(recordsOf(10)));
  await writer.flush();
  t.equal(writer.info.inserted, 10);
  t.equal(notices.length, 1);
  writer.close();
  await close();
});

t.test('a node that can’t be asked at first what it can do', async (t) => {
  for (const [times, maxRetries] of [
    [2, 2],
    [2, 1],
  ] as const) {
    let left: number = times;
    const { cluster, close } = await fakeCluster({
      answers: (commands) => (commands.includes('features') && left-- > 0 ? 'close' : true),
    });
    const notices: string[] = [];
    const onNotice = (notice: string) => notices.push(notice);
    const options = { ...QUICK, namespace: 'test', maxRetries, onNotice };
    const writer = new RecordWriter(cluster, options);
    const writing = writer.write(batchOf(recordsOf(10))).then(() => writer.flush());
    if (times > maxRetries) await t.rejects(writing, { code: 'NETWORK' });
    else await writing;
    t.equal(writer.info.inserted, times > maxRetries ? 0 : 10);
    t.ok(notices.length >= maxRetries);
    writer.close();
    await close();
  }
});

t.test('closed while it asks again what a node can do', async (t) => {
  const { cluster, close } = await fakeCluster({
    answers: (commands) => (commands.includes('features') ? 'close' : true),
  });
  const options = { ...QUICK, namespace: 'test', retryScale: 60_000 };
  const writer: RecordWriter = new RecordWriter(cluster, {
    ...options,
    onNotice: () => setImmediate(() => writer.close()),
  });
  await t.rejects(writer.write(batchOf(recordsOf(1))), { code: 'ABORTED' });
  await close();
});

t.test('nonsense in the place of an answer names its node', async (t) => {
  const { fake, cluster, close } = await fakeCluster({
    message: (_body, socket) => socket.write(Buffer.alloc(64, 0xff)),
  });
  const writer = new RecordWriter(cluster, { ...QUICK, namespace: 'test' });
  await writer.write(batchOf(recordsOf(5)));
  const facts = { node: `127.0.0.1:${fake.port}` };
  await t.rejects(writer.flush(), { code: 'PROTOCOL', facts });
  await close();
});

t.test('a node that can’t be asked for its time', async (t) => {
  const { cluster, close } = await fakeCluster({
    answers: (commands) => (commands.includes('namespace/test') ? 'close' : true),
  });
  const options = { ...QUICK, namespace: 'test', maxRetries: 1, batchSize: 10 };
  const writer = new RecordWriter(cluster, options);
  await writer.write(batchOf(recordsOf(10, { voidTime: now() + 1000 })));
  await t.rejects(writer.flush(), { code: 'NETWORK' });
  t.equal(writer.info.retried, 10);
  await close();
});

t.test('a node that speaks nonsense in the end', async (t) => {
  let asked = 0;
  const { cluster, close } = await fakeCluster({
    info: (command) => (command === 'replicas' && asked++ > 0 ? 'nonsense' : undefined),
    message: (_body, socket) => socket.destroy(),
  });
  const writer = new RecordWriter(cluster, { ...QUICK, namespace: 'test' });
  await writer.write(batchOf(recordsOf(10)));
  await t.rejects(writer.flush(), { code: 'PROTOCOL' });
  await close();
});
