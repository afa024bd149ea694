import t from 'tap';
import { Field, Info1, Info2, Op } from '../../lib/record/layout.ts';
import { MessageWriter } from '../../lib/record/message-writer.ts';
import { encodeMsgpack } from '../../lib/record/msgpack-writer.ts';
import { startSandbox } from '../../lib/sandbox/index.ts';
import {
  AdminCommand,
  AdminField,
  encodeAdminRequest,
} from '../../lib/wire/security/admin-message.ts';
import { type Message, WireClient } from '../helpers/wire.ts';

const sandbox = await startSandbox();
const [node] = sandbox.nodes;
const client = await WireClient.connect(node?.address ?? '');
const store = sandbox.cluster.namespaces.get('test')!;
t.teardown(async () => {
  client.close();
  await sandbox.close();
});

interface RowOptions {
  readonly digest: number;
  readonly repeat?: boolean;
  readonly namespace?: string;
  /** A write of this many bytes; a read if left out. */
  readonly write?: number;
  readonly info2?: number;
  readonly generation?: number;
  readonly ttl?: number;
  readonly info4?: boolean;
  /** What old clients say. */
  readonly saysNoFields?: boolean;
}

const u16 = (value: number): Buffer => Buffer.of(value >> 8, value & 255);
const u32 = (value: number): Buffer => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);

/** Of a user whose password goes as it is: no hash needs to be made. */
const LOGIN = { password: 'secret', external: true };

/** A row, by the layout of field 41. */
const row = (options: RowOptions, index: number): Buffer => {
  const { write, generation, ttl } = options;
  const digest = Buffer.alloc(20, options.digest);
  if (options.repeat) return Buffer.concat([u32(index), digest, Buffer.of(1)]);
  const isWrite = write !== undefined || options.info2 !== undefined;
  const flags =
    (isWrite ? 2 : 0) |
    (generation === undefined ? 0 : 4) |
    (ttl === undefined ? 0 : 8) |
    (options.info4 ? 16 : 0);
  const writer = new MessageWriter();
  writer.begin();
  writer.field(Field.NAMESPACE, Buffer.from(options.namespace ?? 'test'));
  if (!options.saysNoFields) writer.field(Field.SET, Buffer.from('s'));
  if (write !== undefined) writer.op(Op.WRITE, 4, Buffer.from('b'), Buffer.alloc(write));
  writer.end();
  const message = writer.take();
  return Buffer.concat([
    u32(index),
    digest,
    Buffer.of(flags),
    Buffer.of(isWrite ? 0 : Info1.READ | Info1.GET_ALL),
    isWrite ? Buffer.of(options.info2 ?? Info2.WRITE, 0) : Buffer.alloc(0),
    options.info4 ? Buffer.of(0) : Buffer.alloc(0),
    generation === undefined ? Buffer.alloc(0) : u16(generation),
    ttl === undefined ? Buffer.alloc(0) : u32(ttl),
    u16(options.saysNoFields ? 0 : 2),
    u16(write === undefined ? 0 : 1),
    message.subarray(22),
  ]);
};

const batch = async (
  rows: readonly RowOptions[],
  flags = 4 | 8,
  filter?: Buffer,
  to: WireClient = client,
) => {
  to.send((writer) => {
    writer.begin({ info1: Info1.BATCH });
    if (filter) writer.field(Field.FILTER, filter);
    writer.field(
      Field.BATCH,
      Buffer.concat([u32(rows.length), Buffer.of(flags), ...rows.map(row)]),
    );
  });
  const { messages, last } = await to.untilLast();
  const results = messages.map((message: Message) => [message.transactionTtl, message.result]);
  return { messages, results, last: last?.result };
};

t.test('each row has its answer, with its index', async (t) => {
  const { results, last } = await batch([
    { digest: 1, write: 10 },
    { digest: 2, write: 20, generation: 5, info2: Info2.WRITE | Info2.GENERATION },
    { digest: 3, write: 30, ttl: 100 },
    { digest: 4 },
    { digest: 1 },
    { digest: 3, repeat: true },
    { digest: 9, repeat: true },
  ]);
  t.strictSame(results, [
    [0, 0],
    [1, 3],
    [2, 0],
    [3, 2],
    [4, 0],
    [5, 0],
    [6, 2],
  ]);
  t.equal(last, 0);
  t.equal(store.get(Buffer.alloc(20, 3))?.bins[0]?.bytes.length, 30);
  t.ok((store.get(Buffer.alloc(20, 3))?.voidTime ?? 0) > store.epochNow + 90);
});

t.test('without "answer all", the first row that fails ends the batch', async (t) => {
  const rows: RowOptions[] = [
    { digest: 1 },
    { digest: 50 },
    { digest: 1, write: 1, generation: 99, info2: Info2.WRITE | Info2.GENERATION },
    { digest: 1 },
  ];
  t.strictSame(await results(batch(rows, 8)), [
    [
      [0, 0],
      [1, 2],
      [2, 3],
    ],
    3,
  ]);
  t.strictSame(await results(batch(rows, 0)), [
    [
      [0, 0],
      [1, 2],
    ],
    3,
  ]);
});
const results = async (answer: ReturnType<typeof batch>) => {
  const { results: each, last } = await answer;
  return [each, last];
};

t.test('rows of other clients: info4, no field count, another namespace', async (t) => {
  t.strictSame(
    await results(
      batch([
        { digest: 1, info4: true },
        { digest: 1, saysNoFields: true },
        { digest: 1, namespace: 'nope' },
      ]),
    ),
    [
      [
        [0, 0],
        [1, 0],
        [2, 20],
      ],
      0,
    ],
  );
});

t.test('a batch’s filter holds for its rows', async (t) => {
  t.strictSame(await results(batch([{ digest: 1 }], 0, encodeMsgpack(false))), [[[0, 27]], 0]);
});

t.test('deletes', async (t) => {
  const info2 = Info2.WRITE | Info2.DELETE;
  t.strictSame(
    await results(
      batch([
        { digest: 1, info2 },
        { digest: 1, info2 },
      ]),
    ),
    [
      [
        [0, 0],
        [1, 2],
      ],
      0,
    ],
  );
});

t.test('many answers come in many protos', async (t) => {
  await batch([{ digest: 1, write: 100_000 }]);
  const { messages } = await batch(Array(10).fill({ digest: 1 }));
  t.equal(messages.length, 10);
});

t.test('an empty batch is refused', async (t) => {
  t.strictSame(await results(batch([])), [[], 4]);
});

t.test('a batch is refused as the fault wants it', async (t) => {
  node?.faults.answer('batch', 150);
  t.strictSame(await results(batch([{ digest: 1 }])), [[], 150]);
});

t.test('a batch that is cut off closes the connection', async (t) => {
  for (const size of [0, 4, 5, 29]) {
    const other = await WireClient.connect(node?.address ?? '');
    const whole = Buffer.concat([u32(2), Buffer.of(4), row({ digest: 1 }, 0)]);
    other.send((writer) => {
      writer.begin({ info1: Info1.BATCH });
      writer.field(Field.BATCH, whole.subarray(0, size));
    });
    t.equal(await other.proto(), undefined);
    other.close();
  }
});

t.test('a first row that repeats is read as a row of its own', async (t) => {
  const other = await WireClient.connect(node?.address ?? '');
  other.send((writer) => {
    writer.begin({ info1: Info1.BATCH });
    writer.field(
      Field.BATCH,
      Buffer.concat([u32(1), Buffer.of(4), row({ digest: 1, repeat: true }, 0)]),
    );
  });
  t.equal(await other.proto(), undefined);
  other.close();
});

t.test(
  'rows that write fail as the fault wants it, done or not; rows that read do not',
  async (t) => {
    node?.faults.answerRows({ resultCode: 14 });
    node?.faults.answerRows({ resultCode: 9, applied: true });
    const rows: RowOptions[] = [
      { digest: 1 },
      { digest: 60, write: 1 },
      { digest: 61, write: 1 },
      { digest: 62, write: 1 },
    ];
    const { results: each } = await batch(rows);
    t.strictSame(each.slice(1), [
      [1, 14],
      [2, 9],
      [3, 0],
    ]);
    const there = [60, 61, 62].map((digest) => store.get(Buffer.alloc(20, digest)) !== undefined);
    t.strictSame(there, [false, true, true]);
  },
);

for (const answered of [false, true]) {
  t.test(`a batch is cut after two rows, answered: ${answered}`, async (t) => {
    node?.faults.cutWrite({ afterRows: 2, answered });
    const digests = [70, 71, 72].map((digest) => digest + (answered ? 10 : 0));
    const other = await WireClient.connect(node?.address ?? '');
    other.send((writer) => {
      writer.begin({ info1: Info1.BATCH });
      const rows = digests.map((digest, index) => row({ digest, write: 1 }, index));
      writer.field(Field.BATCH, Buffer.concat([u32(3), Buffer.of(4), ...rows]));
    });
    const { messages, last } = await other.untilLast();
    t.equal(messages.length, answered ? 2 : 0);
    t.equal(last, undefined);
    const there = digests.map((digest) => store.get(Buffer.alloc(20, digest)) !== undefined);
    t.strictSame(there, [true, true, false]);
    other.close();
  });
}

for (const answered of [false, true]) {
  t.test(`a batch is reset after a row, answered: ${answered}`, async (t) => {
    node?.faults.cutWrite({ afterRows: 1, answered, how: 'reset' });
    const digests = [90, 91].map((digest) => digest + (answered ? 2 : 0));
    const other = await WireClient.connect(node?.address ?? '');
    other.send((writer) => {
      writer.begin({ info1: Info1.BATCH });
      const rows = digests.map((digest, index) => row({ digest, write: 1 }, index));
      writer.field(Field.BATCH, Buffer.concat([u32(2), Buffer.of(4), ...rows]));
    });
    await t.rejects(other.untilLast(), { code: 'ECONNRESET' });
    const there = digests.map((digest) => store.get(Buffer.alloc(20, digest)) !== undefined);
    t.strictSame(there, [true, false]);
  });
}

t.test('puts fail, and are cut, as batches are', async (t) => {
  const put = async (digest: number) => {
    const other = await WireClient.connect(node?.address ?? '');
    for (const number of [digest, digest + 1]) {
      other.send((writer) => {
        writer.begin({ info2: Info2.WRITE });
        writer.field(Field.NAMESPACE, Buffer.from('test'));
        writer.field(Field.DIGEST, Buffer.alloc(20, number));
        writer.op(Op.WRITE, 4, Buffer.from('b'), Buffer.alloc(1));
      });
    }
    const answers = [await other.messages(), await other.messages()];
    other.close();
    return {
      results: answers.map((messages) => messages?.[0]?.result),
      there: [digest, digest + 1].map(
        (number) => store.get(Buffer.alloc(20, number)) !== undefined,
      ),
    };
  };
  node?.faults.answerRows({ resultCode: 9, applied: true });
  t.strictSame(await put(100), { results: [9, 0], there: [true, true] });
  node?.faults.answerRows({ resultCode: 14 });
  t.strictSame(await put(102), { results: [14, 0], there: [false, true] });
  node?.faults.cutWrite({ afterRows: 0 });
  t.strictSame(await put(104), { results: [undefined, undefined], there: [false, false] });
  node?.faults.cutWrite({ afterRows: 1 });
  t.strictSame(await put(106), { results: [undefined, undefined], there: [true, false] });
  node?.faults.cutWrite({ afterRows: 1, answered: true });
  t.strictSame(await put(108), { results: [0, undefined], there: [true, false] });
  for (const [digest, afterRows, answered] of [
    [110, 0, false],
    [112, 1, false],
    [114, 1, true],
  ] as const) {
    node?.faults.cutWrite({ afterRows, answered, how: 'reset' });
    await t.rejects(put(digest), { code: 'ECONNRESET' });
    t.equal(store.get(Buffer.alloc(20, digest)) !== undefined, afterRows === 1);
    t.equal(store.get(Buffer.alloc(20, digest + 1)), undefined);
  }
});

t.test('each row needs what it does', async (t) => {
  const secured = await startSandbox({ users: [{ name: 'outer', ...LOGIN, roles: ['read'] }] });
  const reader = await WireClient.connect(secured.seeds[0] ?? '');
  t.teardown(async () => {
    reader.close();
    await secured.close();
  });
  reader.socket.write(
    encodeAdminRequest(
      AdminCommand.LOGIN,
      new Map([
        [AdminField.USER, 'outer'],
        [AdminField.CLEAR_PASSWORD, LOGIN.password],
      ]),
    ),
  );
  await reader.proto();
  const rows: RowOptions[] = [{ digest: 1 }, { digest: 1, write: 1 }, { digest: 2 }];
  const { results, last } = await batch(rows, 4 | 8, undefined, reader);
  t.strictSame(results, [
    [0, 2],
    [1, 81],
    [2, 2],
  ]);
  t.equal(last, 0);
  t.equal((await batch(rows, 8, undefined, reader)).last, 81, 'one may end it, as others do');
});
