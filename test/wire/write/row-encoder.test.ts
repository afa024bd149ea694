import fc from 'fast-check';
import t from 'tap';
import { RecordBatch } from '../../../lib/record/batch.ts';
import { BatchBuilder, type Particle, type PlainRecord } from '../../../lib/record/builder.ts';
import { viewOf } from '../../../lib/record/layout.ts';
import { MessageWriter } from '../../../lib/record/message-writer.ts';
import { GeoJson, type Value } from '../../../lib/record/values.ts';
import { NO_BINS, RowEncoder } from '../../../lib/wire/write/row-encoder.ts';
import { BATCH_ROW, PUT_ROW } from '../../../lib/wire/write/row-layout.ts';
import type { WritePolicy } from '../../../lib/wire/write/write-policy.ts';
import { WriteRequest } from '../../../lib/wire/write/write-request.ts';
import { EVERY_TYPE } from '../../helpers/every-type.ts';
import { readWriteRequest } from '../../helpers/write-rows.ts';

const POLICY: WritePolicy = { namespace: 'copy' };
const DIGEST = Buffer.from(Array.from({ length: 20 }, (_, index) => index + 1));

const batchOf = (record: Partial<PlainRecord>): RecordBatch =>
  new BatchBuilder('test').add({ digest: DIGEST, bins: { a: 1 }, ...record }).build();

/** The one row of a request with this record, or nothing if it has no bins. */
const encode = (kind: 'batch' | 'put', batch: RecordBatch, policy: Partial<WritePolicy> = {}) => {
  const request = new WriteRequest(kind, 1);
  const encoder = new RowEncoder({ ...POLICY, ...policy });
  const [start = 0, end = 0] = batch.offsets;
  const added = request.add(encoder, batch.bytes, viewOf(batch.bytes), start, end);
  return added ? readWriteRequest(request.message(1000)).rows[0]! : undefined;
};

const bins = (row: ReturnType<typeof encode>) =>
  row?.ops.map(({ code, particleType, name, value }) => [
    code,
    particleType,
    name.toString('latin1'),
    value.toString('hex'),
  ]);

t.test('every particle type goes as it is, as a write', async (t) => {
  for (const kind of ['batch', 'put'] as const) {
    for (const record of EVERY_TYPE) {
      const batch = new BatchBuilder('test').add(record).build();
      const view = batch.at(0)!;
      const row = encode(kind, batch);
      t.strictSame(row?.digest, view.digest);
      const key = view.userKey!;
      t.strictSame(row?.fields, [
        [0, 'copy'],
        [1, view.set],
        [2, Buffer.concat([Buffer.of(key.type), key.bytes]).toString('latin1')],
      ]);
      t.strictSame(
        bins(row),
        [...view.binList()].map((bin) => [
          2,
          bin.type,
          Buffer.from(bin.nameBytes).toString('latin1'),
          Buffer.from(bin.bytes).toString('hex'),
        ]),
        String(view.key),
      );
    }
  }
});

t.test('values of every length, whatever the copying', async (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom('batch' as const, 'put' as const),
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ minLength: 1, maxLength: 15 }),
      fc.uint8Array({ minLength: 1, maxLength: 63 }),
      (kind, value, name, set) => {
        const record = { set, key: value, bins: new Map([[Buffer.from(name).toString(), value]]) };
        // A name is text in a plain record; bytes that are none grow, and may be too many.
        if (Buffer.from(Buffer.from(name).toString()).length > 15) return;
        const row = encode(kind, batchOf(record));
        if (row?.ops[0]?.value.compare(value) !== 0) throw new Error('another value');
        if (row.fields[1]?.[1] !== Buffer.from(set).toString('latin1'))
          throw new Error('another set');
      },
    ),
  );
  t.pass();
});

const [WRITE, GREATER, CREATE, REPLACE] = [1, 8, 0x20, 0x10];
const POLICIES: readonly (readonly [Partial<WritePolicy>, number, number])[] = [
  [{}, WRITE | GREATER, 0],
  [{ checkGeneration: false }, WRITE, 0],
  [{ exists: 'update' }, WRITE | GREATER, 0],
  [{ exists: 'replace' }, WRITE | GREATER, REPLACE],
  [{ exists: 'replace', checkGeneration: false }, WRITE, REPLACE],
  [{ exists: 'create' }, WRITE | CREATE, 0],
  [{ exists: 'create', checkGeneration: false }, WRITE | CREATE, 0],
];

t.test('policies as bits of info', async (t) => {
  for (const kind of ['batch', 'put'] as const) {
    for (const [policy, info2, info3] of POLICIES) {
      const row = encode(kind, batchOf({ generation: 7 }), policy);
      t.strictSame([row?.info1, row?.info2, row?.info3, row?.generation], [0, info2, info3, 7]);
    }
  }
});

t.test('generation 0 is written where there is no record', async (t) => {
  t.equal(encode('batch', batchOf({ generation: 0 }))?.info2, WRITE | CREATE);
  t.equal(encode('batch', batchOf({ generation: 0 }), { checkGeneration: false })?.info2, WRITE);
});

t.test('no set and no key are no fields; empty ones neither', async (t) => {
  t.strictSame(encode('put', batchOf({}))?.fields, [[0, 'copy']]);
  const writer = new MessageWriter();
  const start = writer.begin({ generation: 1 });
  writer.field(1, Buffer.alloc(0));
  writer.field(2, Buffer.alloc(0));
  writer.field(4, DIGEST);
  writer.field(99, Buffer.from('what nobody knows yet'));
  writer.op(1, 3, Buffer.from('a'), Buffer.from('x'));
  const offsets = Uint32Array.of(start, writer.end());
  const row = encode('put', new RecordBatch(writer.take(), offsets));
  t.strictSame(row?.fields, [[0, 'copy']]);
  t.strictSame(bins(row), [[2, 3, 'a', '78']]);
});

t.test('void times, with what is added', async (t) => {
  const encoder = new RowEncoder({ ...POLICY, extraTtl: 100 });
  const out = Buffer.alloc(1000);
  for (const [voidTime, wanted] of [
    [0, 0],
    [5, 105],
  ] as const) {
    const { bytes } = batchOf({ voidTime });
    encoder.encode(BATCH_ROW, out, viewOf(out), 0, bytes, viewOf(bytes), 0);
    t.equal(encoder.voidTime, wanted);
  }
});

t.test('some bins only', async (t) => {
  const all = batchOf({ bins: { a: 1, ab: 2, c: 3, geo: new GeoJson('{}') } });
  const names = (wanted: string[]) =>
    encode('batch', all, { bins: wanted })?.ops.map((op) => op.name.toString());
  t.strictSame(names(['ab', 'geo', 'none']), ['ab', 'geo']);
  t.strictSame(names(['b']), undefined);
  t.strictSame(names([]), ['a', 'ab', 'c', 'geo']);
});

t.test('null bins', async (t) => {
  const some = batchOf({ bins: { a: null, b: 'x' } });
  t.strictSame(bins(encode('batch', some)), [
    [2, 0, 'a', ''],
    [2, 3, 'b', '78'],
  ]);
  for (const exists of ['replace', 'create'] as const) {
    t.strictSame(bins(encode('batch', some, { exists })), [[2, 3, 'b', '78']]);
  }
  for (const exists of ['update', 'replace', 'create'] as const) {
    t.equal(encode('batch', batchOf({ bins: { a: null } }), { exists }), undefined);
  }
  t.equal(encode('batch', batchOf({ bins: {} })), undefined);
});

const geo = (hex: string): ReadonlyMap<string, Value | Particle> =>
  new Map([['g', { type: 23, bytes: Buffer.from(hex, 'hex') }]]);

t.test('GeoJSON goes without flags and cells', async (t) => {
  const long = '61'.repeat(200);
  for (const [hex, sent] of [
    ['0000007b7d', '0000007b7d'],
    ['0100017777777777777777' + '7b7d', '0000007b7d'],
    [`010002${'77'.repeat(16)}${long}`, `000000${long}`],
    ['000000', '000000'],
  ] as const) {
    for (const kind of ['batch', 'put'] as const) {
      t.strictSame(bins(encode(kind, batchOf({ bins: geo(hex) }))), [[2, 23, 'g', sent]]);
    }
  }
});

const message = (write: (writer: MessageWriter) => void): RecordBatch => {
  const writer = new MessageWriter();
  const start = writer.begin({ generation: 70_000 });
  write(writer);
  return new RecordBatch(writer.take(), Uint32Array.of(start, 0));
};

t.test('what is no record', async (t) => {
  const rows: readonly (readonly [RecordBatch, Partial<WritePolicy>, string])[] = [
    [batchOf({ bins: geo('0000') }), {}, 'FORMAT'],
    [batchOf({ bins: geo('00000177') }), {}, 'FORMAT'],
    [batchOf({}), { source: 'tes' }, 'FORMAT'],
    [batchOf({}), { source: 'tesu' }, 'FORMAT'],
    [
      message((writer) => {
        writer.field(4, DIGEST);
        writer.end();
      }),
      { source: 'test' },
      'FORMAT',
    ],
    [
      message((writer) => {
        writer.field(0, Buffer.from('test'));
        writer.end();
      }),
      {},
      'FORMAT',
    ],
    [
      message((writer) => {
        writer.field(4, DIGEST);
        writer.end();
      }),
      {},
      'RANGE',
    ],
  ];
  for (const [batch, policy, code] of rows) {
    t.throws(() => encode('batch', batch, policy), { code });
  }
  t.ok(encode('batch', batchOf({}), { source: 'test' }));
});

t.test('room is enough, and nothing is written beyond it', async (t) => {
  for (const layout of [BATCH_ROW, PUT_ROW]) {
    const encoder = new RowEncoder({ namespace: 'n'.repeat(31) });
    const { bytes, offsets } = batchOf({ set: 's'.repeat(63), key: 'k'.repeat(500) });
    const room = encoder.room(offsets[1]!);
    const out = Buffer.alloc(room + 100, 0xee);
    const end = encoder.encode(layout, out, viewOf(out), 0, bytes, viewOf(bytes), 0);
    t.not(end, NO_BINS);
    t.ok(end <= room);
    t.ok(out.subarray(end).every((byte) => byte === 0xee));
  }
});
