import t from 'tap';
import { DIGEST_SIZE, Field, Info1, Info2, partitionOf } from '../../lib/record/layout.ts';
import { encodeMsgpack } from '../../lib/record/msgpack-writer.ts';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { type Message, type ScanOptions, WireClient, writeScan } from '../helpers/wire.ts';

const RECORDS = 2000;
const slept: number[] = [];
const sandbox = await startSandbox({
  records: RECORDS,
  protoSize: 4096,
  clock: {
    now: () => Date.now(),
    sleep: async (ms) => {
      slept.push(ms);
    },
  },
});
const node = sandbox.nodes[0]!;
const store = sandbox.cluster.namespaces.get('test')!;
t.teardown(() => sandbox.close());

const scan = async (options: ScanOptions = {}) => {
  const client = await WireClient.connect(node.address);
  client.send((writer) => writeScan(writer, options));
  const answer = await client.untilLast();
  client.close();
  return answer;
};
const digestOf = (message: Message): Buffer => message.fields.get(Field.DIGEST) ?? Buffer.alloc(0);
const hex = (message: Message): string => digestOf(message).toString('hex');

t.test('every record once, in digest order within its partition, in many protos', async (t) => {
  const { messages, protos, last } = await scan();
  t.equal(last?.result, 0);
  t.equal(new Set(messages.map(hex)).size, RECORDS);
  t.ok(protos > 100);
  const before = new Map<number, Buffer>();
  for (const message of messages) {
    const partition = partitionOf(digestOf(message));
    if ((before.get(partition)?.compare(digestOf(message)) ?? 1) <= 0) t.fail('out of order');
    before.set(partition, digestOf(message));
  }
});

t.test('a record is answered with its fields, bins and void time', async (t) => {
  const { messages } = await scan();
  for (const message of messages) {
    const record = store.get(digestOf(message));
    if (record === undefined) throw t.fail('unknown digest');
    const ids = [0, 4, ...(record.set.length ? [1] : []), ...(record.key ? [2] : [])];
    const same =
      String([...message.fields.keys()]) === String(ids) &&
      (message.fields.get(Field.SET) ?? Buffer.alloc(0)).equals(record.set) &&
      (message.fields.get(Field.KEY) ?? Buffer.alloc(0)).equals(record.key ?? Buffer.alloc(0)) &&
      message.generation === record.generation &&
      message.recordTtl === record.voidTime &&
      message.ops.length === record.bins.length &&
      message.ops.every((op, index) => {
        const bin = record.bins[index]!;
        return (
          op.code === 1 &&
          op.particleType === bin.type &&
          op.name.equals(bin.name) &&
          op.value.equals(bin.bytes)
        );
      });
    if (!same) t.fail(hex(message));
  }
  t.equal(messages.length, RECORDS);
});

t.test('what is asked for narrows the answer', async (t) => {
  const all = (await scan()).messages;
  const filter = encodeMsgpack([1, [70], 's1']);
  const [one] = all;
  const partition = partitionOf(digestOf(one!));
  const inPartition = all.filter((message) => partitionOf(digestOf(message)) === partition);
  const inSet = all.filter((message) => message.fields.get(Field.SET)?.toString() === 's1');
  const withBin = all.filter((message) => message.ops.some((op) => op.name.toString() === 'utf'));
  const rows: readonly (readonly [string, ScanOptions, number])[] = [
    ['a set', { set: 's1' }, inSet.length],
    ['no set in particular', { set: '' }, RECORDS],
    ['an unknown set', { set: 'nope' }, 0],
    ['a partition', { partitions: [partition] }, inPartition.length],
    [
      'a partition, from a digest on',
      { partitions: [], digests: [digestOf(inPartition[0]!)] },
      inPartition.length - 1,
    ],
    ['a filter', { filter }, inSet.length],
    ['a number of records', { maxRecords: 7n }, 7],
    ['a number of records, 0: all', { maxRecords: 0n }, RECORDS],
    ['a bin', { bins: ['utf'] }, withBin.length],
    ['no bins', { info1: Info1.READ | Info1.NO_BINS }, RECORDS],
  ];
  for (const [name, options, expected] of rows) {
    const { messages, last } = await scan(options);
    t.strictSame([messages.length, last?.result], [expected, 0], name);
  }
  const { messages } = await scan({ info1: Info1.READ | Info1.NO_BINS });
  t.ok(messages.every((message) => message.ops.length === 0 && message.info1 === Info1.NO_BINS));
});

t.test('what can’t be asked for is refused with a result code', async (t) => {
  const field = (id: number, size = 1) => ({ fields: new Map([[id, Buffer.alloc(size)]]) });
  const rows: readonly (readonly [string, ScanOptions, number])[] = [
    ['another namespace', { namespace: 'nope' }, 20],
    ['no partitions', { partitions: [] }, 16],
    ['a partition twice', { partitions: [1, 1] }, 4],
    ['a partition and a digest in it', { partitions: [0], digests: [Buffer.alloc(20)] }, 4],
    ['a partition that is none', { partitions: [4096] }, 4],
    ['an empty partition list', { partitions: [], ...field(Field.PARTITIONS, 0) }, 4],
    ['an empty digest list', { partitions: [], ...field(Field.DIGESTS, DIGEST_SIZE - 1) }, 4],
    ['no partition-done flag', { info3: 0 }, 16],
    ['a write', { info2: Info2.WRITE }, 16],
    ['a query by an index', field(22), 16],
    ['a UDF', field(30), 16],
    ['a filter that is none', { filter: Buffer.of(0xc1) }, 4],
    ['a bin name that is none', { bins: ['sixteen bytes !!'] }, 4],
    ['records per second of another size', field(Field.RECORDS_PER_SECOND), 4],
    ['a maximum of another size', field(Field.MAX_RECORDS), 4],
  ];
  for (const [name, options, expected] of rows) {
    const { messages, last } = await scan(options);
    t.strictSame([messages.length, last?.result], [0, expected], name);
  }
});

t.test('records per second pace it', async (t) => {
  slept.length = 0;
  const { messages } = await scan({ recordsPerSecond: 500 });
  t.equal(messages.length, RECORDS);
  t.equal(Math.round(slept.reduce((sum, ms) => sum + ms, 0)), (RECORDS * 1000) / 500);
  t.ok(slept.every((ms) => ms <= 100));
});

t.test('a partition that is held is marked unavailable', async (t) => {
  const held = [...store].slice(0, 3).map((record) => partitionOf(record.digest));
  const release = node.faults.holdPartitions(held);
  t.teardown(release);
  const { messages, last } = await scan();
  const marks = messages.filter((message) => message.info3 & 4);
  t.strictSame(
    marks.map((mark) => [mark.generation, mark.result]).sort(),
    held.map((partition) => [partition, 11]).sort(),
  );
  t.equal(last?.result, 0);
  const records = messages.filter((message) => !(message.info3 & 4));
  t.ok(records.every((record) => !held.includes(partitionOf(digestOf(record)))));
  t.ok(records.length < RECORDS);
});

t.test('a scan is cut as the fault wants it', async (t) => {
  for (const how of ['close', 'middle', 'nonsense'] as const) {
    for (const afterRecords of [0, 1, 50]) {
      node.faults.cutScan({ afterRecords, how });
      const client = await WireClient.connect(node.address);
      client.send((writer) => writeScan(writer));
      const name = `${how} after ${afterRecords}`;
      if (how === 'nonsense') {
        let received = 0;
        const reading = (async () => {
          for (;;) received += (await client.messages())?.length ?? 0;
        })();
        await t.rejects(reading, { code: 'PROTOCOL' }, name);
        t.equal(received, afterRecords, name);
      } else {
        const { messages, last } = await client.untilLast();
        t.equal(last, undefined, name);
        t.equal(client.rest.length > 0, how === 'middle', name);
        // A proto that is cut takes the whole records in it along.
        t.ok(how === 'close' ? messages.length === afterRecords : messages.length <= afterRecords);
      }
      client.close();
    }
  }
  t.equal((await scan()).messages.length, RECORDS);
});

t.test('a cut beyond the last record does not happen', async (t) => {
  node.faults.cutScan({ afterRecords: RECORDS, how: 'close' });
  const { messages, last } = await scan();
  t.strictSame([messages.length, last?.result], [RECORDS, 0]);
});

t.test('a scan is reset amid a message', async (t) => {
  node.faults.cutScan({ afterRecords: 9, how: 'reset' });
  const client = await WireClient.connect(node.address);
  client.send((writer) => writeScan(writer));
  // What came before a reset may be read, or be lost.
  await t.rejects(client.untilLast(), { code: 'ECONNRESET' });
});

t.test('a scan falls silent; its connection and its node live', async (t) => {
  node.faults.cutScan({ afterRecords: 9, how: 'silence' });
  const client = await WireClient.connect(node.address);
  client.send((writer) => writeScan(writer));
  let received = 0;
  while (received < 9) received += (await client.messages())?.length ?? 0;
  t.equal(received, 9);
  t.equal(await client.info('status'), 'ok', 'the next that comes is an answer to what is asked');
  client.close();
});

t.test('a scan is refused as the fault wants it', async (t) => {
  node.faults.answer('scan', 22);
  const first = await scan();
  t.strictSame([first.messages.length, first.last?.result], [0, 22]);
  const second = await scan();
  t.equal(second.messages.length, RECORDS);
});

t.test('a slow scan ends when its client goes', async (t) => {
  let letGo = () => {};
  const waiting = new Promise<void>((begun) => {
    node.faults.slow(
      () =>
        new Promise((resolve) => {
          letGo = resolve;
          begun();
        }),
    );
  });
  const client = await WireClient.connect(node.address);
  client.send((writer) => writeScan(writer));
  await waiting;
  client.socket.resetAndDestroy();
  node.faults.slow();
  letGo();
  while (node.connections > 0) await new Promise(setImmediate);
  t.equal(node.connections, 0);
});

t.test('a client that does not read holds the scan up', async (t) => {
  let protos = 0;
  node.faults.slow(async () => {
    protos++;
  });
  t.teardown(() => node.faults.slow());
  const big = sandbox.cluster.namespaces.get('copy')!;
  const [template] = store;
  for (let index = 0; index < 64; index++) {
    const digest = Buffer.alloc(20, index);
    const bins = [{ name: Buffer.from('b'), type: 4, bytes: Buffer.alloc(1_000_000) }];
    big.put({ ...template!, digest, bins });
  }
  const client = await WireClient.connect(node.address);
  client.send((writer) => writeScan(writer, { namespace: 'copy' }));
  let before = -1;
  // Until no further proto is begun while nobody reads.
  while (protos !== before || protos === 0) {
    before = protos;
    for (let turns = 0; turns < 200; turns++) await new Promise(setImmediate);
  }
  t.ok(protos < 64, `${protos} of 64 protos`);
  const { messages } = await client.untilLast();
  client.close();
  t.equal(messages.length, 64);
});
