import fc from 'fast-check';
import t from 'tap';
import { BufferPool } from '../../../lib/memory/buffer-pool.ts';
import { BatchBuilder } from '../../../lib/record/builder.ts';
import { Field, Op, partitionOf } from '../../../lib/record/layout.ts';
import { MessageWriter } from '../../../lib/record/message-writer.ts';
import { encodeProto, ProtoType } from '../../../lib/wire/proto.ts';
import { PartitionTracker } from '../../../lib/wire/scan/partition-tracker.ts';
import { ScanReply } from '../../../lib/wire/scan/scan-reply.ts';

const proto = (...messages: Uint8Array[]): Buffer =>
  encodeProto(ProtoType.MESSAGE, Buffer.concat(messages));

/** A message that `write` makes. */
const message = (
  header: Parameters<MessageWriter['begin']>[0],
  write: (writer: MessageWriter) => void = () => {},
): Buffer => {
  const writer = new MessageWriter();
  writer.begin(header);
  write(writer);
  writer.end();
  return writer.take();
};
const last = (resultCode = 0): Buffer => message({ info3: 1, resultCode });
const mark = (partition: number, resultCode = 11): Buffer =>
  message({ info3: 4, generation: partition, resultCode });

const record = (key: number, size = 0, set = 's'): Buffer =>
  new BatchBuilder('test')
    .add({ set, key, bins: size === 0 ? {} : { a: 1, blob: Buffer.alloc(size, key) } })
    .build().bytes;
const digestOf = (bytes: Buffer): Buffer => bytes.subarray(22 + 5 + 4 + 5, 22 + 5 + 4 + 5 + 20);

/** Reads `bytes`, given in pieces of at most `step`, and keeps what came out. */
const read = (
  bytes: Buffer,
  { step = 1e9, chunkSize = 1024 * 1024, tracker = new PartitionTracker(), reuse = 0 } = {},
) => {
  const reply = new ScanReply(tracker, new BufferPool(chunkSize, reuse));
  const records: string[] = [];
  for (let at = 0; at < bytes.length && !reply.over; ) {
    const room = reply.space();
    const part = bytes.subarray(at, at + Math.min(step, room.length));
    room.set(part);
    at += part.length;
    const batch = reply.received(part.length);
    if (batch === undefined) continue;
    for (let index = 0; index < batch.offsets.length; index += 2) {
      const [start, end] = batch.offsets.subarray(index, index + 2);
      records.push(batch.bytes.toString('hex', start, end));
    }
    batch.release();
    batch.release();
  }
  const failure = reply.failure;
  const code = failure !== undefined && 'code' in failure ? failure.code : failure?.message;
  return { records, ended: reply.ended, resultCode: reply.resultCode, code, tracker };
};

const RECORDS = [record(1), record(2, 10), record(3, 300), record(4), record(5, 70)];
const HEX = RECORDS.map((bytes) => bytes.toString('hex'));
const REPLY = Buffer.concat([
  proto(RECORDS[0]!, RECORDS[1]!),
  proto(),
  proto(RECORDS[2]!, mark(77), RECORDS[3]!),
  proto(RECORDS[4]!),
  proto(mark(78, 0)),
  proto(last()),
]);

t.test('at every chunk split and size of memory', async (t) => {
  for (const chunkSize of [1, 16, 100, 1024, 1024 * 1024]) {
    for (let step = 1; step <= REPLY.length; step += step < 120 ? 1 : 37) {
      const { records, ended, code, tracker } = read(REPLY, { step, chunkSize, reuse: 3 });
      const right =
        records.join() === HEX.join() &&
        ended &&
        code === undefined &&
        RECORDS.every((bytes) => {
          const at = tracker.lastDigest(partitionOf(digestOf(bytes)));
          return at?.equals(digestOf(bytes));
        });
      if (!right) t.fail(`chunk ${chunkSize}, step ${step}: ${records.length} records, ${code}`);
    }
  }
  const tracker = new PartitionTracker([77, 78]);
  read(Buffer.concat([proto(mark(77), mark(78, 0)), proto(last())]), { tracker });
  tracker.completed([77, 78]);
  t.strictSame(tracker.remaining(), [77], 'a mark without a failure does not hold a partition');
});

t.test('cut at every byte: only whole records, and no end', async (t) => {
  for (let size = 0; size < REPLY.length; size++) {
    const { records, ended, code } = read(REPLY.subarray(0, size), { chunkSize: 64 });
    const whole = HEX.slice(0, records.length).join() === records.join();
    if (ended || code !== undefined || !whole) t.fail(`cut at ${size}`);
  }
});

t.test('a batch that is not released keeps its bytes', async (t) => {
  const reply = new ScanReply(new PartitionTracker(), new BufferPool(400, 8));
  const kept: { bytes: Buffer; offsets: Uint32Array }[] = [];
  const many = Array.from({ length: 100 }, (_, key) => record(key, 20));
  const bytes = Buffer.concat([proto(...many), proto(last())]);
  for (let at = 0; at < bytes.length; ) {
    const room = reply.space();
    const part = bytes.subarray(at, at + room.length);
    room.set(part);
    at += part.length;
    const batch = reply.received(part.length);
    if (batch !== undefined) kept.push(batch);
    if (kept.length % 2 === 0) batch?.release();
    if (kept.length % 2 === 0) kept.pop();
  }
  const hexes = new Set(many.map((one) => one.toString('hex')));
  for (const { bytes: held, offsets } of kept) {
    for (let index = 0; index < offsets.length; index += 2) {
      t.ok(hexes.has(held.toString('hex', offsets[index], offsets[index + 1])));
    }
  }
});

t.test('how a scan ends', async (t) => {
  const rows: readonly [string, Buffer, number][] = [
    ['well', last(), 0],
    ['an unknown set', last(2), 0],
    ['refused', last(4), 4],
    ['refused without the flag of the last', message({ resultCode: 20 }), 20],
    ['not found, without the flag', message({ resultCode: 2 }), 0],
  ];
  for (const [what, bytes, resultCode] of rows) {
    const { ended, ...rest } = read(Buffer.concat([proto(RECORDS[0]!, bytes), Buffer.alloc(9)]));
    t.equal(ended, true, what);
    t.equal(rest.resultCode, resultCode, what);
    t.strictSame(
      rest.records,
      [HEX[0]],
      'what came before it is kept, what comes after is not read',
    );
  }
});

t.test('records of transactions are no data', async (t) => {
  const monitor = record(9, 0, '<ERO~MRT');
  const like = [record(9, 0, '<ERO~MR'), record(9, 0, '<ERO~MRT2'), record(9, 0, '<')];
  const bytes = Buffer.concat([proto(monitor, ...like), proto(last())]);
  for (const step of [1, 1e9]) {
    const { records, tracker } = read(bytes, { step });
    t.strictSame(
      records,
      like.map((one) => one.toString('hex')),
    );
    t.strictSame(tracker.lastDigest(partitionOf(digestOf(monitor))), digestOf(monitor));
  }
});

t.test('more records than the table has room for', async (t) => {
  const many = Array.from({ length: 5000 }, () => RECORDS[0]!);
  t.equal(read(Buffer.concat([proto(...many), proto(last())])).records.length, 5000);
});

/** A copy with some bytes replaced. */
const patched = (bytes: Buffer, at: number, hex: string): Buffer => {
  const copy = Buffer.from(bytes);
  copy.set(Buffer.from(hex, 'hex'), at);
  return copy;
};

t.test('what is no reply', async (t) => {
  const one = RECORDS[1]!;
  const op = one.lastIndexOf(Buffer.from('blob')) - 8;
  const rows: readonly [string, Buffer, string][] = [
    ['another version', patched(proto(one), 0, '09'), 'PROTOCOL'],
    ['another type of proto', encodeProto(ProtoType.INFO, one), 'PROTOCOL'],
    ['a compressed proto, which was not asked for', encodeProto(4, one), 'PROTOCOL'],
    ['a proto beyond the limit', Buffer.from('0203ffffffffffff', 'hex'), 'LIMIT'],
    ['another size of header', proto(patched(one, 0, '17')), 'PROTOCOL'],
    ['an empty field', proto(patched(one, 22, '00000000')), 'PROTOCOL'],
    ['a field beyond the limit', proto(patched(one, 22, 'ffffffff')), 'PROTOCOL'],
    ['a field beyond its proto', proto(patched(one, 22, '00100000')), 'PROTOCOL'],
    [
      'a digest of another size',
      proto(message({}, (w) => w.field(4, Buffer.alloc(19)))),
      'PROTOCOL',
    ],
    [
      'a set that is cut off',
      proto(message({}, (w) => w.field(Field.SET, Buffer.from('<')))).subarray(0, 35),
      'none',
    ],
    [
      'a record without a digest',
      proto(message({}, (w) => w.op(Op.READ, 1, Buffer.from('a')))),
      'PROTOCOL',
    ],
    ['an op smaller than its name', proto(patched(one, op, '00000007')), 'PROTOCOL'],
    ['an op beyond the limit', proto(patched(one, op, 'ffffffff')), 'PROTOCOL'],
    ['a message beyond its proto', proto(one.subarray(0, -1)), 'PROTOCOL'],
    ['a proto that ends in a header', proto(one.subarray(0, 5)), 'PROTOCOL'],
    ['a mark of no partition', proto(mark(4096)), 'PROTOCOL'],
  ];
  for (const [what, bytes, code] of rows) {
    for (const step of [1, 1e9]) {
      const outcome = read(Buffer.concat([proto(RECORDS[0]!), bytes]), { step, chunkSize: 4096 });
      t.strictSame(outcome.records, [HEX[0]], `${what}: what came before is given out`);
      t.equal(outcome.code ?? 'none', code, what);
      t.equal(outcome.ended, false, what);
    }
  }
  const done = new PartitionTracker([]);
  t.equal(read(proto(one), { tracker: done }).code, 'PROTOCOL', 'a partition not asked for');
});

t.test('what came before a wrong byte is not asked for again', async (t) => {
  const { tracker } = read(Buffer.concat([proto(RECORDS[0]!), Buffer.alloc(8)]));
  const digest = digestOf(RECORDS[0]!);
  t.strictSame(tracker.lastDigest(partitionOf(digest)), digest);
});

t.test('any bytes: never a throw, never a record that was not there', async () => {
  const ends = HEX.map((hex) => REPLY.indexOf(Buffer.from(hex, 'hex')) + hex.length / 2);
  fc.assert(
    fc.property(
      fc.nat(REPLY.length - 1),
      fc.uint8Array({ minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 500 }),
      (at, bytes, step) => {
        const copy = Buffer.from(REPLY);
        copy.set(bytes.subarray(0, copy.length - at), at);
        const { records } = read(copy, { step, chunkSize: 256 });
        const untouched = ends.filter((end) => end <= at).length;
        const wasThere = records.every((hex) => copy.includes(Buffer.from(hex, 'hex')));
        return wasThere && records.slice(0, untouched).join() === HEX.slice(0, untouched).join();
      },
    ),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const { records } = read(Buffer.concat([proto(...RECORDS.slice(0, 2)), bytes]));
      return records.slice(0, 2).join() === HEX.slice(0, 2).join() && records.length === 2;
    }),
    { numRuns: 300 },
  );
});
