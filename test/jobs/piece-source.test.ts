import t from 'tap';
import { PieceSource } from '../../lib/jobs/piece-source.ts';
import { giveBack } from '../../lib/memory/buffer-pool.ts';
import { Extent, extentOf } from '../../lib/record/extent.ts';

const pieceOf = (id: number, text: string, extent?: Extent) => {
  const memory = new SharedArrayBuffer(64);
  const size = Buffer.from(memory).write(text, 3);
  return { id, bytes: new Uint8Array(memory, 3, size), extent: extent?.packed() };
};
const gathered = async (source: AsyncIterable<Buffer>): Promise<string[]> => {
  const texts: string[] = [];
  for await (const chunk of source) texts.push(chunk.toString());
  return texts;
};

t.test('pieces of all threads, in the order in which they come, behind the head', async (t) => {
  const source = new PieceSource(Buffer.from('head'), () => {});
  const [one, other] = [source.lane(() => {}), source.lane(() => {})];
  one(pieceOf(0, 'a'));
  other(pieceOf(0, 'b'));
  one(pieceOf(1, 'c'));
  source.end();
  t.equal(source.pieces, 3);
  t.strictSame(await gathered(source), ['head', 'a', 'b', 'c']);
});

t.test('without a piece there is still the head, and without a head nothing', async (t) => {
  for (const [head, expected] of [
    [Buffer.from('head'), ['head']],
    [undefined, []],
  ] as const) {
    const source = new PieceSource(head, () => {});
    const texts = gathered(source);
    source.end();
    t.strictSame(await texts, expected);
    t.equal(source.pieces, 0);
  }
});

t.test('a failure comes behind what has come, and without a head', async (t) => {
  const failure = new Error('lost');
  for (const pieces of [0, 2]) {
    let closed = 0;
    const source = new PieceSource(Buffer.from('head'), () => closed++);
    const lane = source.lane(() => {});
    for (let id = 0; id < pieces; id++) lane(pieceOf(id, 'text'));
    source.end(failure);
    let chunks = 0;
    await t.rejects(async () => {
      for await (const _ of source) chunks++;
    }, failure);
    t.equal(chunks, pieces === 0 ? 0 : 3);
    t.equal(closed, 1);
  }
});

t.test('it is told when pieces are taken, and what is back', async (t) => {
  const told: number[][] = [];
  const source = new PieceSource(undefined, () => {});
  const lane = source.lane((back) => told.push([...back]));
  for (let id = 0; id < 3; id++) lane(pieceOf(id, `${id}`));
  t.strictSame(told, []);
  const chunks: Buffer[] = [];
  for await (const chunk of source) {
    chunks.push(chunk);
    giveBack(chunk);
    if (chunks.length === 3) break;
  }
  t.ok(told.length === 3 && told.flat().length > 0, JSON.stringify(told));
});

t.test('notes come with it', async (t) => {
  const extent = new Extent();
  extent.record(Buffer.alloc(20, 7), 0);
  extent.settle();
  const source = new PieceSource(undefined, () => {});
  source.lane(() => {})(pieceOf(0, 'text', extent));
  source.end();
  for await (const chunk of source) t.strictSame(extentOf(chunk)?.packed(), extent.packed());
});

t.test('whoever leaves it is told of', async (t) => {
  let closed = 0;
  const source = new PieceSource(undefined, () => closed++);
  source.lane(() => {})(pieceOf(0, 'text'));
  for await (const _ of source) break;
  t.equal(closed, 1);
});
