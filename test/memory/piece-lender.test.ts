import t from 'tap';
import { giveBack } from '../../lib/memory/buffer-pool.ts';
import { PieceLender } from '../../lib/memory/piece-lender.ts';

const SIZE = 8;
/** Pieces of one buffer that fill it. */
const piecesOf = (buffer: ArrayBuffer): Buffer[] => [
  Buffer.from(buffer, 0, 3).fill('a'),
  Buffer.from(buffer, 3, 5).fill('b'),
];

t.test('memory is freed when all pieces are back, and the next buffer is begun', async (t) => {
  for (const last of ['piece', 'next'] as const) {
    const lender = new PieceLender(SIZE);
    const memory = new ArrayBuffer(SIZE);
    const [first, second] = piecesOf(memory).map((piece) => lender.lend(piece));
    t.equal(`${first}${second}`, 'aaabbbbb');
    const begin = () => lender.lend(Buffer.from(new ArrayBuffer(SIZE), 0, 1));
    giveBack(first!);
    if (last === 'piece') begin();
    else giveBack(second!);
    t.equal(memory.byteLength, SIZE, `not before the last ${last}`);
    if (last === 'piece') giveBack(second!);
    else begin();
    t.equal(memory.byteLength, 0);
  }
});

t.test('a piece that is given back twice counts once', async (t) => {
  const lender = new PieceLender(SIZE);
  const memory = new ArrayBuffer(SIZE);
  const [first] = piecesOf(memory).map((piece) => lender.lend(piece));
  giveBack(first!);
  giveBack(first!);
  lender.lend(Buffer.from(new ArrayBuffer(SIZE)));
  t.equal(memory.byteLength, SIZE);
});

t.test('memory of another size is freed if it is all the piece, and else left alone', async (t) => {
  const whole = new ArrayBuffer(4);
  const part = new ArrayBuffer(64);
  const shared = new SharedArrayBuffer(SIZE);
  for (const [piece, size] of [
    [Buffer.from(whole), 0],
    [Buffer.from(part, 8, 8), 64],
    [Buffer.from(shared), SIZE],
  ] as const) {
    const { buffer } = piece;
    const lent = new PieceLender(SIZE).lend(piece);
    giveBack(lent);
    t.equal(buffer.byteLength, size);
  }
});
