import t from 'tap';
import { RecordBatch } from '../../lib/record/batch.ts';
import { Field } from '../../lib/record/layout.ts';
import { MessageWriter } from '../../lib/record/message-writer.ts';
import { renamedBatch } from '../../lib/record/renamed.ts';
import { asBatches } from '../helpers/every-type.ts';

t.test('records of every type are the same in another namespace', async (t) => {
  for (const namespace of ['t', 'test', 'a-longer-one']) {
    const wanted = asBatches(namespace);
    for (const [index, batch] of asBatches('test').entries()) {
      t.same(renamedBatch(batch, namespace), wanted[index]);
    }
  }
});

t.test('wherever the namespace stands, and whatever is between the messages', async (t) => {
  const messages = (namespace: string) => {
    const writer = new MessageWriter();
    const offsets: number[] = [];
    for (const before of [0, 1, 2]) {
      offsets.push(writer.begin());
      for (let field = 0; field < before; field++) writer.field(Field.SET, Buffer.alloc(field, 1));
      writer.field(Field.NAMESPACE, Buffer.from(namespace));
      writer.field(Field.DIGEST, Buffer.alloc(20, before));
      offsets.push(writer.end());
    }
    return new RecordBatch(writer.take(), Uint32Array.from(offsets));
  };
  t.same(renamedBatch(messages('test'), 'production'), messages('production'));

  const { bytes, offsets } = messages('test');
  const apart = Buffer.concat([Buffer.of(1, 2, 3), bytes]);
  const some = new RecordBatch(
    apart,
    Uint32Array.from(offsets.subarray(2, 4), (at) => at + 3),
  );
  const renamed = renamedBatch(some, 'production');
  t.same(renamed.at(0)?.digest, Buffer.alloc(20, 1));
  t.equal(renamed.at(0)?.namespace, 'production');
  t.strictSame([...renamed.offsets], [0, renamed.bytes.length]);
});

t.test('a batch without records', async (t) => {
  const empty = new RecordBatch(Buffer.alloc(0), new Uint32Array(0));
  t.equal(renamedBatch(empty, 'production').length, 0);
});
