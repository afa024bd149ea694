/** What the official client can't or won't send; honest.test.ts has the rest. */
import t from 'tap';
import { Field, Info1, Info2, Info3, Op } from '../../lib/record/layout.ts';
import { encodeMsgpack } from '../../lib/record/msgpack-writer.ts';
import type { Request, RequestOp } from '../../lib/sandbox/request.ts';
import { answerSingle, MAX_TTL, TtlSpecial } from '../../lib/sandbox/single.ts';
import { NamespaceStore } from '../../lib/sandbox/store.ts';

const store = new NamespaceStore('test', { now: () => Date.now(), sleep: async () => {} });
const digest = Buffer.alloc(20, 7);
const SET = Buffer.from('s');
const KEY = Buffer.from('\x03key');

const integer = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};
const op = (
  code: number,
  name: string,
  particleType = 0,
  value: Buffer = Buffer.alloc(0),
): RequestOp => ({
  code,
  particleType,
  name: Buffer.from(name),
  value,
});
const writeA = op(Op.WRITE, 'a', 1, integer(1n));

const request = (more: Partial<Request>, fields: [number, Buffer][] = []): Request => ({
  info1: 0,
  info2: 0,
  info3: 0,
  generation: 0,
  recordTtl: 0,
  transactionTtl: 0,
  ops: [],
  ...more,
  fields: new Map([[Field.DIGEST, digest], [Field.SET, SET], ...fields]),
});
const reset = (generation = 1): void =>
  store.put({
    digest,
    set: SET,
    key: KEY,
    generation,
    voidTime: 0,
    lastUpdate: 0,
    bins: [{ name: Buffer.from('a'), type: 1, bytes: integer(1n) }],
  });

const write = { info2: Info2.WRITE, ops: [writeA] };
const read = { info1: Info1.READ };
const FALSE = encodeMsgpack(false);
type Row = readonly [name: string, request: Request, resultCode: number];

const ROWS: readonly Row[] = [
  ['neither read nor write', request({}), 4],
  ['a digest of another size', request(write, [[Field.DIGEST, Buffer.alloc(19)]]), 4],
  ['a UDF call', request(write, [[30, Buffer.from('f')]]), 16],
  ['a filter that is none', request(read, [[Field.FILTER, Buffer.of(0xc1)]]), 4],
  ['read: filtered out', request(read, [[Field.FILTER, FALSE]]), 27],
  ['read: another set', request(read, [[Field.SET, Buffer.from('t')]]), 4],
  ['read: another key', request(read, [[Field.KEY, Buffer.from('\x03yek')]]), 19],
  ['read: no ops', request(read), 4],
  ['read: a bad bin name', request({ ...read, ops: [op(Op.READ, 'a\0')] }), 21],
  ['read: an op inside a list', request({ ...read, ops: [op(3, 'a')] }), 16],
  ['write: no ops', request({ info2: Info2.WRITE }), 4],
  ['write: filtered out', request(write, [[Field.FILTER, FALSE]]), 27],
  ['write: another set', request(write, [[Field.SET, Buffer.from('t')]]), 4],
  ['write: no set', request(write, [[Field.SET, Buffer.alloc(0)]]), 4],
  ['write: another key', request(write, [[Field.KEY, Buffer.from('\x03yek')]]), 19],
  ['write: a bad bin name', request({ ...write, ops: [op(Op.WRITE, 'a\0')] }), 21],
  ['write: a ttl that is too long', request({ ...write, recordTtl: MAX_TTL + 1 }), 4],
  ['write: an op inside a list', request({ ...write, ops: [op(4, 'a')] }), 16],
  ['write: an integer of 4 bytes', request({ ...write, ops: [op(2, 'a', 1, Buffer.alloc(4))] }), 4],
  ['write: a double of 4 bytes', request({ ...write, ops: [op(2, 'a', 2, Buffer.alloc(4))] }), 4],
  ['write: a boolean of 2 bytes', request({ ...write, ops: [op(2, 'a', 17, Buffer.alloc(2))] }), 4],
  ['write: GeoJSON without cells', request({ ...write, ops: [op(2, 'a', 23)] }), 160],
  ['increment: GeoJSON without cells', request({ ...write, ops: [op(5, 'a', 23)] }), 4],
  ['write: an empty list', request({ ...write, ops: [op(2, 'a', 20)] }), 4],
  ['add: an integer of 4 bytes', request({ ...write, ops: [op(5, 'a', 1, Buffer.alloc(4))] }), 4],
  [
    'add: to a list',
    request({ ...write, ops: [op(2, 'l', 20, Buffer.of(0x90)), op(5, 'l', 20, Buffer.of(0x90))] }),
    12,
  ],
  ['write: a read without its flag', request({ ...write, ops: [writeA, op(Op.READ, 'a')] }), 4],
  [
    'write: all bins read twice',
    request({ ...write, ...read, ops: [op(Op.READ, ''), op(Op.READ, ''), writeA] }),
    4,
  ],
  [
    'write: all bins read, and one more',
    request({ ...write, ...read, ops: [op(Op.READ, ''), op(Op.READ, 'a'), writeA] }),
    4,
  ],
  [
    'write: the flag to read all, without such an op',
    request({ ...write, info1: Info1.READ | Info1.GET_ALL }),
    4,
  ],
  ['replace: touch', request({ ...write, info3: Info3.REPLACE_ONLY, ops: [op(Op.TOUCH, '')] }), 4],
  ['delete: filtered out', request({ info2: 3 }, [[Field.FILTER, FALSE]]), 27],
  ['delete: another set', request({ info2: 3 }, [[Field.SET, Buffer.from('t')]]), 4],
  ['delete: another key', request({ info2: 3 }, [[Field.KEY, Buffer.from('\x03yek')]]), 19],
];

t.test('refusals leave the record as it is', async (t) => {
  for (const [name, asked, resultCode] of ROWS) {
    reset();
    t.equal(answerSingle(asked, store).resultCode, resultCode, name);
    t.equal(store.get(digest)?.generation, 1, name);
  }
});

t.test('the generation goes from 65,535 to 1', async (t) => {
  reset(65_535);
  t.equal(answerSingle(request(write), store).generation, 1);
});

t.test('the user key and the bytes of a bin are kept', async (t) => {
  reset();
  const value = Buffer.from('aced0005', 'hex');
  answerSingle(request({ ...write, ops: [op(Op.WRITE, 'g', 7, value)] }), store);
  const record = store.get(digest);
  t.strictSame(record?.key, KEY);
  t.strictSame(record?.bins.at(-1), { name: Buffer.from('g'), type: 7, bytes: value });
});

t.test('GeoJSON is stored without the cells that came with it', async (t) => {
  reset();
  const text = Buffer.from('{"type":"Point","coordinates":[1,2]}');
  const value = Buffer.concat([
    Buffer.from('010001479000000000000000', 'hex').subarray(0, 11),
    text,
  ]);
  answerSingle(request({ ...write, ops: [op(Op.WRITE, 'g', 23, value)] }), store);
  t.strictSame(store.get(digest)?.bins.at(-1)?.bytes, Buffer.concat([Buffer.alloc(3), text]));
});

t.test('a write answers all ops when it is told to', async (t) => {
  reset();
  const answer = answerSingle(
    request({
      info1: Info1.READ,
      info2: Info2.WRITE | Info2.RESPOND_ALL,
      recordTtl: TtlSpecial.NEVER,
      ops: [writeA, op(Op.READ, 'a'), op(Op.READ, 'z'), op(Op.TOUCH, '')],
    }),
    store,
  );
  t.strictSame(
    answer.bins?.map(({ code, name, bin }) => [code, name.toString(), bin?.type]),
    [
      [Op.WRITE, 'a', undefined],
      [Op.READ, 'a', 1],
      [Op.READ, 'z', undefined],
    ],
  );
});

t.test('to keep the void time of no record is never to expire', async (t) => {
  store.delete(digest);
  const answer = answerSingle(request({ ...write, recordTtl: TtlSpecial.KEEP }), store);
  t.strictSame([answer.resultCode, answer.voidTime], [0, 0]);
});

t.test('a write can read all bins', async (t) => {
  reset();
  const answer = answerSingle(
    request({
      info1: Info1.READ | Info1.GET_ALL,
      info2: Info2.WRITE,
      ops: [op(Op.WRITE, 'b', 3, Buffer.from('x')), op(Op.READ, '')],
    }),
    store,
  );
  t.strictSame(
    answer.bins?.map(({ name }) => name.toString()),
    ['a', 'b'],
  );
});
