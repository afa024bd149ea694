import t from 'tap';
import { AsbError } from '../../../lib/errors.ts';
import { BatchBuilder, type PlainRecord } from '../../../lib/record/builder.ts';
import { viewOf } from '../../../lib/record/layout.ts';
import { RowEncoder } from '../../../lib/wire/write/row-encoder.ts';
import { RowSettler, type SettlePolicy } from '../../../lib/wire/write/row-settler.ts';
import { noCounts, type WriteInfo } from '../../../lib/wire/write/write-info.ts';
import { WriteReply } from '../../../lib/wire/write/write-reply.ts';
import { RowFlag, WriteRequest } from '../../../lib/wire/write/write-request.ts';
import { answerProto, giveReply, type WriteAnswer } from '../../helpers/write-reply.ts';

const LOST = new AsbError('NETWORK', 'the node closed the connection');

interface Case {
  readonly record?: Partial<PlainRecord>;
  readonly policy?: Partial<SettlePolicy>;
  /** Of the one row; none: it is not answered. */
  readonly answer?: WriteAnswer | undefined;
  /** The result of the batch. */
  readonly last?: number;
  readonly failure?: AsbError;
  readonly flag?: number;
}

/** Settles one row. */
const settle = ({ record = {}, policy = {}, answer, last = 0, failure, flag }: Case) => {
  const request = new WriteRequest('batch', 4);
  const { bytes, offsets } = new BatchBuilder('test')
    .add({ key: 1, bins: { a: 1 }, ...record })
    .build();
  const encoder = new RowEncoder({ namespace: 'test' });
  request.add(encoder, bytes, viewOf(bytes), offsets[0]!, offsets[1]!);
  if (flag !== undefined) request.setFlag(0, flag);
  const reply = new WriteReply();
  reply.begin('batch', 1);
  if (answer !== undefined) giveReply(reply, answerProto(answer));
  if (failure === undefined) giveReply(reply, answerProto({ last: true, code: last }));
  const counts = noCounts();
  const settler = new RowSettler({ namespace: 'test', ...policy }, counts);
  const again = new WriteRequest('batch', 4);
  const exchange = { location: 'host:3000', request, reply, failure };
  const why = settler.settle(exchange, again);
  const counted = Object.entries(counts).filter(([, count]) => count !== 0);
  return { settler, again, why, counted: Object.fromEntries(counted) as Partial<WriteInfo> };
};

t.test('rows that are settled', async (t) => {
  const rows: readonly (readonly [Case, keyof WriteInfo])[] = [
    [{ answer: {} }, 'inserted'],
    [{ answer: { code: 3 } }, 'fresher'],
    [{ answer: { code: 5 } }, 'fresher'],
    [{ answer: { code: 5 }, policy: { exists: 'create' } }, 'existed'],
    [{ answer: { code: 13 }, policy: { ignoreRecordErrors: true } }, 'ignored'],
    [{ answer: {}, flag: RowFlag.IN_DOUBT }, 'inserted'],
    [{ answer: { code: 3 }, flag: RowFlag.IN_DOUBT }, 'inDoubt'],
    [{ answer: { code: 5 }, flag: RowFlag.IN_DOUBT, policy: { exists: 'create' } }, 'inDoubt'],
    [{ answer: {}, failure: LOST }, 'inserted'],
    [{ answer: { voidTime: 9 }, record: { voidTime: 9 } }, 'inserted'],
  ];
  for (const [what, counted] of rows) {
    const settled = settle(what);
    t.strictSame([settled.counted, settled.again.rows], [{ [counted]: 1 }, 0]);
    t.equal(settled.settler.off, 0);
  }
});

t.test('rows that go again', async (t) => {
  const rows: readonly (readonly [what: Case, inDoubt: boolean, code: string | undefined])[] = [
    [{ answer: { code: 14 } }, false, 'SERVER'],
    [{ answer: { code: 9 } }, true, 'SERVER'],
    [{ answer: { code: 99 } }, false, 'SERVER'],
    [{ last: 152 }, false, 'SERVER'],
    [{ last: 9 }, true, 'SERVER'],
    [{ failure: LOST }, true, 'NETWORK'],
    [{ answer: { code: 14 }, failure: LOST }, false, 'NETWORK'],
    [{ answer: { code: 14 }, flag: RowFlag.MENDING }, false, 'SERVER'],
    [{ last: 150 }, false, undefined],
  ];
  for (const [what, inDoubt, code] of rows) {
    const { again, counted, why, settler } = settle(what);
    t.strictSame([again.rows, counted, why?.code], [1, {}, code]);
    t.equal(again.hasFlag(0, RowFlag.IN_DOUBT), inDoubt);
    t.equal(settler.batchesOff, what.last === 150);
  }
});

t.test('rows that end all', async (t) => {
  const rows: readonly (readonly [what: Case, resultCode: number])[] = [
    [{ answer: { code: 13 } }, 13],
    [{ answer: { code: 4 } }, 4],
    [{ answer: { code: 8 }, policy: { ignoreRecordErrors: true } }, 8],
    [{ answer: { code: 81 } }, 81],
    [{ answer: { code: 150 } }, 150],
    [{ last: 151 }, 151],
    [{ last: 80 }, 80],
  ];
  for (const [what, resultCode] of rows) {
    t.throws(() => settle(what), {
      code: 'SERVER',
      facts: { resultCode, node: 'host:3000', namespace: 'test' },
    });
  }
});

t.test('void times', async (t) => {
  const rows: readonly (readonly [what: Case, mends: boolean, off: number])[] = [
    // A second off: written again, unless that makes the generation larger than the backup's.
    [
      { record: { voidTime: 100, generation: 2 }, answer: { voidTime: 101, generation: 1 } },
      true,
      0,
    ],
    [
      { record: { voidTime: 100, generation: 2 }, answer: { voidTime: 99, generation: 1 } },
      true,
      0,
    ],
    [
      { record: { voidTime: 100, generation: 1 }, answer: { voidTime: 101, generation: 1 } },
      false,
      1,
    ],
    // The server keeps a void time of its own.
    [
      { record: { voidTime: 100, generation: 2 }, answer: { voidTime: 900, generation: 1 } },
      false,
      1,
    ],
    [
      {
        record: { voidTime: 0, generation: 2 },
        answer: { voidTime: 1, generation: 1 },
        flag: RowFlag.IN_DOUBT,
      },
      false,
      1,
    ],
  ];
  for (const [what, mends, off] of rows) {
    const { again, counted, settler, why } = settle(what);
    t.strictSame(
      [again.rows, counted, settler.off, why],
      [mends ? 1 : 0, { inserted: 1 }, off, undefined],
    );
    if (mends) t.ok(again.hasFlag(0, RowFlag.MENDING));
  }
});

t.test('rows that mend are counted already', async (t) => {
  const record = { voidTime: 100, generation: 2 };
  const rows: readonly (readonly [answer: WriteAnswer, off: number])[] = [
    [{ voidTime: 100 }, 0],
    [{ voidTime: 101 }, 1],
    [{ code: 3 }, 0],
    [{ code: 2 }, 0],
    [{ code: 13 }, 0],
  ];
  for (const [answer, off] of rows) {
    const { again, counted, settler } = settle({ record, answer, flag: RowFlag.MENDING });
    t.strictSame([again.rows, counted, settler.off], [0, {}, off]);
  }
});

t.test('giving up', async (t) => {
  const { settler, again } = settle({ failure: LOST });
  t.throws(() => settler.giveUp(again, 6, LOST), { code: 'NETWORK', facts: { cause: LOST } });
  const mending = settle({ failure: LOST, flag: RowFlag.MENDING });
  mending.settler.giveUp(mending.again, 6, LOST);
  t.equal(mending.settler.off, 1, 'what is written is not lost');
});
