import t from 'tap';
import { BatchBuilder } from '../../../lib/record/builder.ts';
import { viewOf } from '../../../lib/record/layout.ts';
import { RequestPool } from '../../../lib/wire/write/request-pool.ts';
import { RowEncoder } from '../../../lib/wire/write/row-encoder.ts';
import type { WriteRequest } from '../../../lib/wire/write/write-request.ts';

const add = (request: WriteRequest): void => {
  const { bytes, offsets } = new BatchBuilder('test').add({ key: 1, bins: { a: 1 } }).build();
  const encoder = new RowEncoder({ namespace: 'test' });
  request.add(encoder, bytes, viewOf(bytes), offsets[0]!, offsets[1]!);
};

t.test('requests are used again, empty', async (t) => {
  const pool = new RequestPool('batch', 1);
  const request = pool.take();
  add(request);
  t.ok(request.full, 'one row is the most');
  pool.giveBack(request);
  t.equal(pool.take(), request);
  t.equal(request.rows, 0);
  t.not(pool.take(), request);
});

t.test('after a change, those of the other kind are let go', async (t) => {
  const pool = new RequestPool('batch', 1);
  const [spare, used] = [pool.take(), pool.take()];
  add(used);
  t.equal(pool.convert(used), used);
  pool.giveBack(spare);
  pool.change('put');
  t.equal(pool.kind, 'put');
  const converted = pool.convert(used);
  t.strictSame([converted.layout.kind, converted.rows], ['put', 1]);
  pool.giveBack(used);
  t.equal(pool.take().layout.kind, 'put');
});
