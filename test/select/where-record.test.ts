import t from 'tap';
import { BatchBuilder, type PlainRecord } from '../../lib/record/builder.ts';
import { EPOCH_SECONDS } from '../../lib/record/layout.ts';
import { WhereRecord } from '../../lib/select/where-record.ts';

const NOW = EPOCH_SECONDS + 1000;

const look = (record: PlainRecord): WhereRecord =>
  new WhereRecord(new BatchBuilder('test').add(record).build().at(0)!, NOW);

t.test('a record in plain values', async (t) => {
  const record = look({
    set: 'users',
    key: 5,
    digest: Buffer.alloc(20, 1),
    generation: 3,
    voidTime: 1060,
    bins: { age: 31 },
  });
  t.match(record, {
    set: 'users',
    key: 5,
    digest: '01'.repeat(20),
    generation: 3,
    partition: 257,
    voidTime: 1060,
    expiresAt: new Date((EPOCH_SECONDS + 1060) * 1000),
    ttl: 60,
  });
});

t.test('what may be missing', async (t) => {
  const record = look({ digest: Buffer.alloc(20), bins: {} });
  t.equal(record.set, '');
  t.equal(record.key, undefined);
  t.equal(record.expiresAt, undefined);
  t.equal(record.ttl, Number.POSITIVE_INFINITY);
  t.equal(look({ key: 1, voidTime: 990, bins: {} }).ttl, -10);
});

t.test('bins look like an object', async (t) => {
  const { bins } = look({ key: 1, bins: { age: 31, 'odd name': [1], constructor: 'x' } });
  t.equal(bins.age, 31);
  t.same(bins['odd name'], [1]);
  t.equal(bins.name, undefined);
  t.equal(bins.toString, undefined);
  t.equal('age' in bins, true);
  t.equal('name' in bins, false);
  t.same(Object.keys(bins), ['age', 'odd name', 'constructor']);
  t.equal(Object.hasOwn(bins, 'name'), false);
  t.equal(JSON.stringify(bins), '{"age":31,"odd name":[1],"constructor":"x"}');
});

t.test('nothing can be assigned', async (t) => {
  const record = look({ key: 1, bins: { age: 31 } });
  for (const set of ['set', 'ages'])
    t.throws(() => Object.assign(record, { [set]: 'x' }), TypeError);
  for (const name of ['age', 'name']) {
    t.throws(() => Object.assign(record.bins, { [name]: 1 }), TypeError, name);
    t.throws(() => Object.defineProperty(record.bins, name, { value: 1 }), TypeError, name);
    t.equal(Reflect.deleteProperty(record.bins, name), false, name);
  }
  t.equal(record.bins.age, 31);
  t.equal(record.bins, record.bins);
});

t.test('a record stays what it is, whatever is done with its bytes', async (t) => {
  const key = Buffer.of(1, 2);
  const batch = new BatchBuilder('test').add({ key, bins: { blob: key, list: [key] } }).build();
  const before = Buffer.from(batch.bytes);
  const record = new WhereRecord(batch.at(0)!, NOW);
  for (const { key, bins } of [record]) {
    for (const value of [key, bins.blob, ...[bins.list].flat()]) {
      t.ok(Buffer.isBuffer(value) && value.fill(9));
    }
  }
  t.same(batch.bytes, before);
});
