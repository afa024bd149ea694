import t from 'tap';
import { BatchBuilder, type PlainRecord } from '../../../lib/record/builder.ts';
import { viewOf } from '../../../lib/record/layout.ts';
import { RowEncoder } from '../../../lib/wire/write/row-encoder.ts';
import {
  FULL_SIZE,
  MAX_RECORD_TTL,
  RowFlag,
  WriteRequest,
} from '../../../lib/wire/write/write-request.ts';
import { readWriteRequest } from '../../helpers/write-rows.ts';

const KINDS = ['batch', 'put'] as const;
const NOW = 500_000_000;
const NEVER = 0xffffffff;

const fill = (
  request: WriteRequest,
  records: readonly Partial<PlainRecord>[],
  extraTtl = 0,
): WriteRequest => {
  const encoder = new RowEncoder({ namespace: 'copy', extraTtl });
  const builder = new BatchBuilder('test');
  records.forEach((record, index) => {
    builder.add({ set: 's', key: index, bins: { n: index }, ...record });
  });
  const { bytes, offsets } = builder.build();
  for (let index = 0; index < offsets.length; index += 2) {
    request.add(encoder, bytes, viewOf(bytes), offsets[index]!, offsets[index + 1]!);
  }
  return request;
};

const rowsOf = (request: WriteRequest) => readWriteRequest(request.message(0)).rows;
const numbers = (request: WriteRequest) =>
  rowsOf(request).map((row) => Number(row.ops[0]?.value.readBigInt64BE()));

for (const kind of KINDS) {
  t.test(`${kind}: rows stand in their order`, async (t) => {
    const request = fill(new WriteRequest(kind, 10), [{}, {}, {}]);
    const message = readWriteRequest(request.message(1234));
    t.equal(message.kind, kind);
    t.equal(message.timeout, 1234);
    t.equal(message.flags, kind === 'batch' ? 13 : 0);
    t.strictSame(
      message.rows.map(({ index, recordTtl }) => [index, recordTtl]),
      [
        [0, NEVER],
        [1, NEVER],
        [2, NEVER],
      ],
    );
    t.strictSame(numbers(request), [0, 1, 2]);
    t.equal(request.rows, 3);
    t.equal(request.size, request.message(0).length);
    const [row] = message.rows;
    t.strictSame(request.digest(0), row?.digest);
    t.equal(request.partition(0), (row?.digest.readUInt16LE() ?? 0) & 4095);
    t.notOk(request.expiring);
    t.notOk(request.flagged);
  });

  t.test(`${kind}: full by rows, or by size`, async (t) => {
    const request = fill(new WriteRequest(kind, 2), [{}]);
    t.notOk(request.full);
    t.ok(fill(request, [{}]).full);
    const large = fill(new WriteRequest(kind, 100), [
      { bins: { b: Buffer.alloc(FULL_SIZE - 1000) } },
    ]);
    t.notOk(large.full);
    t.ok(fill(large, [{ bins: { b: Buffer.alloc(1000, 1) } }]).full);
    t.strictSame(
      rowsOf(large).map((row) => row.ops[0]?.value.length),
      [FULL_SIZE - 1000, 1000],
    );
  });

  t.test(`${kind}: cleared, it is as new`, async (t) => {
    const request = fill(new WriteRequest(kind, 10), [
      { bins: { b: Buffer.alloc(3 * FULL_SIZE) } },
      { voidTime: 5 },
    ]);
    request.setFlag(0, RowFlag.IN_DOUBT);
    request.clear();
    t.strictSame([request.rows, request.expiring, request.flagged], [0, false, false]);
    t.strictSame(numbers(fill(request, [{}, {}])), [0, 1]);
    t.notOk(request.hasFlag(0, RowFlag.IN_DOUBT));
    request.clear();
    t.strictSame(numbers(fill(request, [{}])), [0]);
  });

  for (const other of KINDS) {
    t.test(`${kind}: its rows as those of a ${other}, and back`, async (t) => {
      const from = fill(new WriteRequest(kind, 10), [
        { generation: 3 },
        { voidTime: NOW + 5, bins: { n: 1, b: Buffer.alloc(100_000) } },
        {},
      ]);
      from.setFlag(1, RowFlag.IN_DOUBT);
      const to = new WriteRequest(other, 10);
      to.addRow(from, 1);
      to.addRow(from, 0);
      t.strictSame(numbers(to), [1, 0]);
      t.strictSame([to.voidTime(0), to.voidTime(1)], [NOW + 5, 0]);
      t.strictSame([to.hasFlag(0, RowFlag.IN_DOUBT), to.flagged, to.expiring], [true, true, true]);
      t.strictSame([to.generation(0), to.generation(1)], [1, 3]);
      const back = new WriteRequest(kind, 10);
      back.addRow(to, 1);
      back.addRow(to, 0);
      back.addRow(from, 2);
      back.stamp(NOW);
      from.stamp(NOW);
      t.strictSame(Buffer.from(back.message(7)), Buffer.from(from.message(7)));
      const all = new WriteRequest(other, 10);
      all.addAll(from);
      t.strictSame(numbers(all), [0, 1, 2]);
    });
  }

  t.test(`${kind}: record ttls are those of the second in which it is sent`, async (t) => {
    const request = fill(new WriteRequest(kind, 10), [
      { voidTime: NOW - 1 },
      {},
      { voidTime: NOW },
      { voidTime: NOW + 1 },
      { voidTime: NOW + MAX_RECORD_TTL + 1 },
      { voidTime: NOW + MAX_RECORD_TTL },
      { voidTime: NOW + 2 },
    ]);
    t.ok(request.expiring);
    t.strictSame(request.stamp(NOW), { expired: 2, tooFar: 1 });
    t.strictSame(numbers(request), [1, 3, 5, 6]);
    const ttls = rowsOf(request).map(({ recordTtl }) => recordTtl);
    t.strictSame(ttls, [NEVER, 1, MAX_RECORD_TTL, 2]);
    t.strictSame(request.stamp(NOW + 1), { expired: 1, tooFar: 0 });
    t.strictSame(numbers(request), [1, 5, 6]);
  });

  t.test(`${kind}: a row that mends is bound to its own generation`, async (t) => {
    const request = new WriteRequest(kind, 10);
    fill(request, [{ generation: 9, voidTime: NOW + 3 }, {}]);
    request.mend(0, 2);
    const [first, second] = rowsOf(request);
    t.strictSame([first?.info2, first?.generation], [1 | 4, 2]);
    t.strictSame([second?.info2, second?.generation], [1 | 8, 1]);
    t.strictSame(
      [request.hasFlag(0, RowFlag.MENDING), request.hasFlag(1, RowFlag.MENDING)],
      [true, false],
    );
    t.strictSame(request.stamp(NOW + 3), { expired: 0, tooFar: 0 }, 'it is written: not counted');
    t.equal(request.rows, 1);
  });
}

t.test('a void time beyond all time is one that no server takes', async (t) => {
  const request = fill(new WriteRequest('batch', 1), [{ voidTime: 0xffffffff }], 0xffffffff);
  t.strictSame(request.stamp(NOW), { expired: 0, tooFar: 1 });
});

t.test('a record without bins is no row', async (t) => {
  t.equal(fill(new WriteRequest('batch', 2), [{ bins: {} }, {}]).rows, 1);
});
