import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { giveBack } from '../../lib/memory/buffer-pool.ts';
import { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import { MessageWriter } from '../../lib/record/message-writer.ts';
import { toNdjson } from '../../lib/stages/to-ndjson.ts';

const batch = (...keys: number[]): RecordBatch => {
  const builder = new BatchBuilder('test');
  for (const key of keys) builder.add({ key, bins: {} });
  return builder.build();
};

t.test('chunks become whole lines', async (t) => {
  const stage = toNdjson();
  const pieces: Buffer[] = [];
  await pipeline(
    Readable.from([
      { kind: 'udf', name: 'm', language: 'LUA', content: Buffer.from('x') },
      batch(1, 2),
      batch(3),
    ]),
    stage,
    async (source: AsyncIterable<Buffer>) => {
      for await (const piece of source) pieces.push(piece);
    },
  );
  for (const piece of pieces) t.equal(piece.at(-1), 0x0a);
  const lines = Buffer.concat(pieces).toString().split('\n');
  t.equal(lines.pop(), '');
  t.strictSame(
    lines.map((line) => JSON.parse(line).key),
    [undefined, 1, 2, 3],
  );
  t.match(stage.info, { records: 3, globals: 1 });
});

t.test('a record that has no form in NDJSON is an error of the stage', async (t) => {
  const writer = new MessageWriter();
  writer.begin();
  writer.op(1, 0, Buffer.from('a'));
  writer.op(1, 0, Buffer.from('a'));
  const offsets = Uint32Array.of(0, writer.end());
  const twice = new RecordBatch(writer.take(), offsets);
  await t.rejects(pipeline(Readable.from([twice]), toNdjson().resume()), { code: 'FORMAT' });
});

t.test('memory that is given back is used again, and each batch is released once', async (t) => {
  let released = 0;
  const { bytes, offsets } = batch(1, 2, 3);
  const batches = Array.from(
    { length: 3000 },
    () => new RecordBatch(bytes, offsets, () => released++),
  );
  const memory = new Set<ArrayBufferLike>();
  let lines = 0;
  await pipeline(
    Readable.from(batches),
    toNdjson({ reuseMemory: true }),
    async (source: AsyncIterable<Buffer>) => {
      for await (const piece of source) {
        memory.add(piece.buffer);
        lines += piece.toString().split('\n').length - 1;
        giveBack(piece);
      }
    },
  );
  t.equal(lines, 9000);
  t.equal(released, 3000);
  t.ok(memory.size > 0);
});
