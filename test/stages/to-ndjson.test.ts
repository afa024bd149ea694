import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import { MessageWriter } from '../../lib/record/message-writer.ts';
import { toNdjson } from '../../lib/stages/to-ndjson.ts';

const batch = (...keys: number[]): RecordChunk => {
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

t.test('what is no chunk at all is a mistake of the caller, and thrown at them', async (t) => {
  const stage = toNdjson();
  t.throws(() => stage.write({ kind: 'records' }), TypeError);
  stage.destroy();
});
