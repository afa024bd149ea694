import t from 'tap';
import { BatchBuilder } from '../../lib/record/builder.ts';
import { Field, Op } from '../../lib/record/layout.ts';
import { MessageWriter } from '../../lib/record/message-writer.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { AsbRecord } from '../../lib/record/record.ts';

t.test('everything of a record, from the middle of a buffer', async (t) => {
  const builder = new BatchBuilder('test');
  builder.add({ key: 0, bins: {} });
  builder.add({
    set: 'people',
    key: Buffer.of(1, 2),
    generation: 7,
    voidTime: 86_400,
    bins: { born: 1815, name: 'ada' },
  });
  const record = builder.build().at(1)!;
  t.equal(record.namespace, 'test');
  t.equal(record.set, 'people');
  t.same(record.setBytes, Buffer.from('people'));
  t.same(record.key, Buffer.of(1, 2));
  t.equal(record.userKey?.type, ParticleType.BLOB);
  t.equal(record.digest.length, 20);
  t.equal(record.partition, record.digest.readUInt16LE() & 4095);
  t.equal(record.generation, 7);
  t.equal(record.voidTime, 86_400);
  t.same(record.expiresAt, new Date('2010-01-02T00:00:00Z'));
  t.same([...record.bins.keys()], ['born', 'name']);
  t.equal(record.bins, record.bins, 'decoded once');
  t.equal(record.bins.get('name')?.value, 'ada');
});

t.test('what a record does not have', async (t) => {
  const record = new BatchBuilder('test')
    .add({ digest: Buffer.alloc(20), bins: {} })
    .build()
    .at(0)!;
  t.equal(record.set, '');
  t.equal(record.userKey, undefined);
  t.equal(record.key, undefined);
  t.equal(record.expiresAt, undefined);
  t.equal(record.bins.size, 0);
});

t.test('bins that repeat are all in the list, and the last is in the map', async (t) => {
  const writer = new MessageWriter();
  writer.begin();
  writer.field(Field.DIGEST, Buffer.alloc(20));
  for (const text of ['first', 'last']) {
    writer.op(Op.READ, ParticleType.STRING, Buffer.from('a'), Buffer.from(text));
  }
  writer.end();
  const record = new AsbRecord(writer.take(), 0);
  t.same(
    [...record.binList()].map((bin) => bin.value),
    ['first', 'last'],
  );
  t.equal(record.bins.get('a')?.value, 'last');
});
