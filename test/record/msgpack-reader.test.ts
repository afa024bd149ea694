import fc from 'fast-check';
import t from 'tap';
import { MsgpackReader, Token } from '../../lib/record/msgpack-reader.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

interface Facts {
  readonly token: Token;
  readonly number?: number;
  readonly bigint?: bigint;
  readonly count?: number;
  readonly payload?: string;
  readonly extension?: number;
}

const { INTEGER, BIG_INTEGER, BYTES, LIST, MAP, EXTENSION } = Token;
const zeros = (size: number): string => '00'.repeat(size);

/** One item in each form that msgpack has. */
const rows: readonly (readonly [string, Facts])[] = [
  ['c0', { token: Token.NIL }],
  ['c2', { token: Token.FALSE }],
  ['c3', { token: Token.TRUE }],
  ['00', { token: INTEGER, number: 0 }],
  ['7f', { token: INTEGER, number: 127 }],
  ['ff', { token: INTEGER, number: -1 }],
  ['e0', { token: INTEGER, number: -32 }],
  ['cc ff', { token: INTEGER, number: 255 }],
  ['cd ffff', { token: INTEGER, number: 65_535 }],
  ['ce ffffffff', { token: INTEGER, number: 4_294_967_295 }],
  ['cf 001fffffffffffff', { token: INTEGER, number: Number.MAX_SAFE_INTEGER }],
  ['cf 0020000000000000', { token: BIG_INTEGER, bigint: 2n ** 53n }],
  ['cf ffffffffffffffff', { token: BIG_INTEGER, bigint: 2n ** 64n - 1n }],
  ['d0 80', { token: INTEGER, number: -128 }],
  ['d1 8000', { token: INTEGER, number: -32_768 }],
  ['d2 80000000', { token: INTEGER, number: -2_147_483_648 }],
  ['d3 ffffffff00000000', { token: INTEGER, number: -4_294_967_296 }],
  ['d3 ffe0000000000001', { token: INTEGER, number: Number.MIN_SAFE_INTEGER }],
  ['d3 ffe0000000000000', { token: BIG_INTEGER, bigint: -(2n ** 53n) }],
  ['d3 8000000000000000', { token: BIG_INTEGER, bigint: -(2n ** 63n) }],
  ['d3 7fffffffffffffff', { token: BIG_INTEGER, bigint: 2n ** 63n - 1n }],
  ['ca 3fc00000', { token: Token.FLOAT, number: 1.5 }],
  ['cb 3ff8000000000000', { token: Token.DOUBLE, number: 1.5 }],
  ['a2 0361', { token: BYTES, payload: '0361' }],
  ['a0', { token: BYTES, payload: '' }],
  ['c4 02 0361', { token: BYTES, payload: '0361' }],
  ['c5 0002 0361', { token: BYTES, payload: '0361' }],
  ['c6 00000002 0361', { token: BYTES, payload: '0361' }],
  ['d9 02 0361', { token: BYTES, payload: '0361' }],
  ['da 0002 0361', { token: BYTES, payload: '0361' }],
  ['db 00000002 0361', { token: BYTES, payload: '0361' }],
  ['c7 00 01', { token: EXTENSION, extension: 1, payload: '' }],
  ['c8 0001 02 aa', { token: EXTENSION, extension: 2, payload: 'aa' }],
  ['c9 00000001 03 bb', { token: EXTENSION, extension: 3, payload: 'bb' }],
  ['d4 09 01', { token: EXTENSION, extension: 9, payload: '01' }],
  ['d5 09 0102', { token: EXTENSION, extension: 9, payload: '0102' }],
  ['d6 09 01020304', { token: EXTENSION, extension: 9, payload: '01020304' }],
  [`d7 09 ${zeros(8)}`, { token: EXTENSION, extension: 9, payload: zeros(8) }],
  [`d8 09 ${zeros(16)}`, { token: EXTENSION, extension: 9, payload: zeros(16) }],
  ['90', { token: LIST, count: 0 }],
  ['92 01 02', { token: LIST, count: 2 }],
  ['dc 0001 05', { token: LIST, count: 1 }],
  ['dd 00000001 05', { token: LIST, count: 1 }],
  ['80', { token: MAP, count: 0 }],
  ['81 01 02', { token: MAP, count: 1 }],
  ['de 0001 01 02', { token: MAP, count: 1 }],
  ['df 00000001 01 02', { token: MAP, count: 1 }],
];

t.test('next gives the facts of every form', async (t) => {
  for (const [text, facts] of rows) {
    const bytes = Buffer.concat([Buffer.alloc(2), hex(text), Buffer.alloc(1)]);
    const reader = new MsgpackReader(bytes, 2, bytes.length - 1);
    t.equal(reader.next(), facts.token, text);
    t.equal(reader.itemStart, 2);
    if (facts.number !== undefined) t.equal(reader.number, facts.number, text);
    if (facts.bigint !== undefined) t.equal(reader.bigint, facts.bigint, text);
    if (facts.count !== undefined) t.equal(reader.count, facts.count, text);
    if (facts.extension !== undefined) t.equal(reader.extensionType, facts.extension, text);
    if (facts.payload !== undefined) {
      t.equal(bytes.toString('hex', reader.payloadStart, reader.payloadEnd), facts.payload, text);
    }
    reader.reset(bytes, 2, bytes.length - 1);
    t.notOk(reader.done);
    reader.skip();
    t.ok(reader.done, text);
  }
});

t.test('an item that is cut off is refused, wherever it is cut', async (t) => {
  for (const [text] of rows) {
    const bytes = hex(text);
    for (let end = 0; end < bytes.length; end++) {
      t.throws(() => new MsgpackReader(bytes, 0, end).skip(), { code: 'FORMAT' }, `${text} ${end}`);
    }
  }
});

t.test('what is no msgpack is refused', async (t) => {
  const rows = ['', 'c1', '9201c1', 'ddffffffff00', 'df7fffffff0000', '8f', '9f01', 'dbffffffff00'];
  for (const text of rows) {
    t.throws(() => new MsgpackReader(hex(text)).skip(), { code: 'FORMAT' }, text);
  }
});

t.test('skip is not deep: nesting costs no stack', async (t) => {
  const reader = new MsgpackReader(Buffer.concat([Buffer.alloc(1_000_000, 0x91), Buffer.of(1)]));
  reader.skip();
  t.ok(reader.done);
});

t.test('a reader turns to other bytes', async (t) => {
  const reader = new MsgpackReader(hex('cb3ff8000000000000'));
  reader.next();
  reader.reset(hex('00cb4004000000000000'), 1, 10);
  reader.next();
  t.equal(reader.number, 2.5);
});

t.test('random bytes are read or refused, and never read beyond their end', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (content) => {
      const reader = new MsgpackReader(
        Buffer.concat([content, Buffer.alloc(8)]),
        0,
        content.length,
      );
      try {
        reader.skip();
      } catch (error) {
        return error instanceof Error && 'code' in error && error.code === 'FORMAT';
      }
      return reader.at <= content.length;
    }),
    { numRuns: 2000 },
  );
});
