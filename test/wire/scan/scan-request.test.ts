import t from 'tap';
import { Field } from '../../../lib/record/layout.ts';
import { decodeMsgpack } from '../../../lib/record/msgpack.ts';
import { parseRequest } from '../../../lib/sandbox/request.ts';
import { decodeProtoHeader } from '../../../lib/wire/proto.ts';
import { setIs } from '../../../lib/wire/scan/filter-expression.ts';
import { PartitionTracker } from '../../../lib/wire/scan/partition-tracker.ts';
import { encodeScanRequest } from '../../../lib/wire/scan/scan-request.ts';
import type { ScanSelection } from '../../../lib/wire/scan/scan-selection.ts';

const requestOf = (
  selection: Partial<ScanSelection> = {},
  partitions: readonly number[] = [0],
  maxRecords = 0,
  tracker = new PartitionTracker(),
) => {
  const bytes = encodeScanRequest(
    { namespace: 'test', ...selection },
    partitions,
    tracker,
    maxRecords,
    0x0102030405060708n,
  );
  t.strictSame(decodeProtoHeader(bytes), { type: 3, size: bytes.length - 8 });
  return parseRequest(bytes.subarray(8));
};
const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes).toString('hex');

t.test('as little as can be asked for', async (t) => {
  const request = requestOf({}, [0, 1, 4095]);
  t.match(request, { info1: 1, info2: 0, info3: 4, recordTtl: 0xffffffff, ops: [] });
  t.strictSame(
    Object.fromEntries([...request.fields].map(([id, data]) => [id, hex(data)])),
    {
      [Field.NAMESPACE]: hex(Buffer.from('test')),
      [Field.SOCKET_TIMEOUT]: '00000000',
      [Field.TASK_ID]: '0102030405060708',
      [Field.PARTITIONS]: '00000100ff0f',
    },
    'partition ids are little endian, all else is big endian',
  );
});

t.test('so many records at most', async (t) => {
  const { fields } = requestOf({}, [0], 2 ** 40);
  t.equal(hex(fields.get(Field.MAX_RECORDS)), '0000010000000000');
});

t.test('bins', async (t) => {
  const { ops } = requestOf({ bins: ['a', 'ü'] });
  t.match(ops, [
    { code: 1, particleType: 0, name: Buffer.from('a'), value: Buffer.alloc(0) },
    { code: 1, particleType: 0, name: Buffer.from('ü'), value: Buffer.alloc(0) },
  ]);
  t.equal(requestOf({ noBins: true }).info1, 0x21);
  t.equal(requestOf({ noBins: false }).info1, 1);
});

t.test('sets and filters', async (t) => {
  const filter = setIs('x');
  const [a, b, x] = ['a', 'b', 'x'].map((set) => [1, [70], set]);
  const rows: readonly [Partial<ScanSelection>, string | undefined, unknown][] = [
    [{ sets: [] }, undefined, undefined],
    [{ sets: ['a'] }, 'a', undefined],
    [{ sets: ['a', 'b'] }, undefined, [17, a, b]],
    [{ filterExpression: filter }, undefined, x],
    [{ sets: ['a'], filterExpression: filter }, 'a', x],
    [{ sets: ['a', 'b'], filterExpression: filter }, undefined, [16, x, [17, a, b]]],
  ];
  for (const [selection, set, expression] of rows) {
    const { fields } = requestOf(selection);
    const sent = fields.get(Field.FILTER);
    t.equal(fields.get(Field.SET)?.toString(), set);
    t.strictSame(sent && decodeMsgpack(sent), expression);
  }
});

t.test('partitions that are begun go by their last digest', async (t) => {
  const tracker = new PartitionTracker();
  const digest = Buffer.alloc(20, 7);
  digest.writeUInt16LE(300);
  tracker.record(digest, 0);
  tracker.settle();
  const some = requestOf({}, [1, 300], 0, tracker).fields;
  t.equal(hex(some.get(Field.PARTITIONS)), '0100');
  t.equal(hex(some.get(Field.DIGESTS)), hex(digest));
  t.notOk(requestOf({}, [300], 0, tracker).fields.has(Field.PARTITIONS), 'an absent field');
});
