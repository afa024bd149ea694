import t from 'tap';
import {
  MAX_REPLY_MESSAGE_SIZE,
  NO_ANSWER,
  WriteReply,
} from '../../../lib/wire/write/write-reply.ts';
import { giveReply as give, answerProto as proto } from '../../helpers/write-reply.ts';

const begun = (kind: 'batch' | 'put', rows: number): WriteReply => {
  const reply = new WriteReply();
  reply.begin(kind, rows);
  return reply;
};

const state = (reply: WriteReply, rows: number) => ({
  ended: reply.ended,
  resultCode: reply.resultCode,
  allWritten: reply.allWritten,
  rows: Array.from({ length: rows }, (_, row) => [
    reply.result(row),
    reply.generation(row),
    reply.voidTime(row),
  ]),
});

const BATCH = Buffer.concat([
  proto(
    { row: 2, generation: 65_535, voidTime: 0xfffffffe },
    { row: 0, code: 3, generation: 4, voidTime: 9, field: 30 },
  ),
  proto({ row: 1, code: 255 }),
  proto({ last: true }),
]);
const PUTS = Buffer.concat([
  proto({ generation: 7, voidTime: 8 }),
  proto({ code: 5, field: 0 }),
  proto({}),
]);

for (const [kind, bytes, rows] of [
  [
    'batch',
    BATCH,
    [
      [3, 4, 9],
      [255, 0, 0],
      [0, 65_535, 0xfffffffe],
    ],
  ],
  [
    'put',
    PUTS,
    [
      [0, 7, 8],
      [5, 0, 0],
      [0, 0, 0],
    ],
  ],
] as const) {
  t.test(`${kind}: at every split, and byte by byte`, async (t) => {
    const wanted = { ended: true, resultCode: 0, allWritten: false, rows };
    const reply = new WriteReply();
    for (let cut = 0; cut <= bytes.length; cut++) {
      reply.begin(kind, 3);
      const found = state(give(reply, bytes, cut), 3);
      if (JSON.stringify(found) !== JSON.stringify(wanted)) t.strictSame(found, wanted, `${cut}`);
    }
    reply.begin(kind, 3);
    t.strictSame(state(give(reply, bytes, ...bytes.keys()), 3), wanted);
  });
}

t.test('until the end, rows have no answer', async (t) => {
  const reply = begun('batch', 2);
  t.strictSame([reply.ended, reply.result(0)], [false, NO_ANSWER]);
  give(reply, proto({ row: 1 }));
  t.strictSame([reply.ended, reply.result(0), reply.result(1)], [false, NO_ANSWER, 0]);
  t.notOk(reply.allWritten);
});

t.test('all written', async (t) => {
  t.ok(
    give(begun('batch', 2), Buffer.concat([proto({}, { row: 1 }), proto({ last: true })]))
      .allWritten,
  );
  t.ok(give(begun('put', 1), proto({})).allWritten);
});

t.test('a batch that is refused as a whole', async (t) => {
  const reply = give(begun('batch', 2), proto({ last: true, code: 150 }));
  t.strictSame([reply.ended, reply.resultCode, reply.result(0)], [true, 150, NO_ANSWER]);
  t.notOk(reply.allWritten);
});

t.test('it is used again, for more rows and for fewer', async (t) => {
  const reply = begun('put', 1);
  give(reply, proto({ code: 9 }));
  reply.begin('put', 3);
  t.strictSame(
    [0, 1, 2].map((row) => reply.result(row)),
    [NO_ANSWER, NO_ANSWER, NO_ANSWER],
  );
  give(reply, PUTS);
  reply.begin('batch', 1);
  t.equal(give(reply, Buffer.concat([proto({}), proto({ last: true })])).resultCode, 0);
});

t.test('many more bytes than room for them', async (t) => {
  const rows = 10_000;
  const bytes = Buffer.concat([
    proto(...Array.from({ length: rows }, (_, row) => ({ row }))),
    proto({ last: true }),
  ]);
  const reply = begun('batch', rows);
  for (let at = 0; at < bytes.length; ) {
    const room = reply.space();
    const part = bytes.subarray(at, at + room.length);
    room.set(part);
    reply.received(part.length);
    at += part.length;
  }
  t.ok(reply.allWritten);
});

const flipped = (bytes: Buffer, at: number, byte: number): Buffer => {
  const changed = Buffer.from(bytes);
  changed[at] = byte;
  return changed;
};

const NONSENSE: readonly (readonly [what: string, kind: 'batch' | 'put', bytes: Buffer])[] = [
  ['another version', 'batch', flipped(BATCH, 0, 3)],
  ['a proto of info', 'batch', flipped(BATCH, 1, 1)],
  ['another header size', 'batch', flipped(BATCH, 8, 23)],
  ['a row that was not sent', 'batch', proto({ row: 3 })],
  ['a row twice', 'batch', proto({ row: 1 }, { row: 1 })],
  ['the end without all rows', 'batch', Buffer.concat([proto({}), proto({ last: true })])],
  ['messages after the last', 'batch', proto({ last: true, code: 1 }, {})],
  ['bytes after the last', 'batch', Buffer.concat([BATCH, Buffer.alloc(1)])],
  ['one answer too many', 'put', Buffer.concat([PUTS, proto({})])],
  ['a message beyond its proto', 'batch', Buffer.concat([flipped(proto({}), 7, 21), BATCH])],
  ['a message too large', 'batch', proto({ field: MAX_REPLY_MESSAGE_SIZE })],
];

for (const [what, kind, bytes] of NONSENSE) {
  t.throws(() => give(begun(kind, 3), bytes), { code: 'PROTOCOL' }, what);
}

t.test('a proto too large', async (t) => {
  t.throws(() => give(begun('batch', 1), flipped(BATCH, 4, 255)), { code: 'LIMIT' });
});
