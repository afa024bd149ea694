import t from 'tap';
import { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';

const builder = new BatchBuilder('test');
for (let key = 0; key < 10; key++) builder.add({ key, bins: { key } });
const batch = builder.build();

t.test('a batch is walked and indexed', async (t) => {
  t.equal(batch.kind, 'records');
  t.equal(batch.length, 10);
  t.same(
    [...batch].map((record) => record.key),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  t.equal(batch.at(9)?.key, 9);
  t.equal(batch.at(10), undefined);
});

t.test('a filter keeps the bytes and makes a new table', async (t) => {
  const odd = batch.filter((record) => Number(record.key) % 2 === 1);
  t.same(
    [...odd].map((record) => record.bins.get('key')?.value),
    [1, 3, 5, 7, 9],
  );
  t.equal(odd.bytes, batch.bytes);
  t.equal(odd.filter(() => false).length, 0);
  t.equal(batch.length, 10);
});

t.test('release tells the source, if it wants to know', async (t) => {
  let released = 0;
  const { bytes, offsets } = batch;
  new RecordBatch(bytes, offsets, () => released++).release();
  t.equal(released, 1);
  t.doesNotThrow(() => new RecordBatch(bytes, offsets).release());
});
