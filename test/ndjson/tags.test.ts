import t from 'tap';
import { Place } from '../../lib/ndjson/place.ts';
import { BASE64_TYPES, beginsWithDollar, NameOrder, tagIn, tagOf } from '../../lib/ndjson/tags.ts';
import { ParticleType } from '../../lib/record/particle.ts';

t.test('tags are named as the particle types', async (t) => {
  t.equal(tagOf(ParticleType.JAVA_BLOB), '$java');
  t.equal(tagOf(ParticleType.GEOJSON), '$geojson');
  t.equal(new Set(BASE64_TYPES.map(tagOf)).size, BASE64_TYPES.length);
});

t.test('tagIn finds a tag, and refuses what may be a tag or a key', async (t) => {
  const place = new Place(undefined);
  t.equal(tagIn(place, {}), undefined);
  t.equal(tagIn(place, { a: 1, b: 2 }), undefined);
  t.equal(tagIn(place, { $int: '1' }), '$int');
  t.throws(() => tagIn(place, { $int: '1', a: 1 }), { code: 'FORMAT' });
  t.throws(() => tagIn(place, { a: 1, $b: 1 }), { code: 'FORMAT' });
});

t.test('beginsWithDollar', async (t) => {
  const bytes = Buffer.from('a$');
  t.notOk(beginsWithDollar(bytes, 0, 2));
  t.ok(beginsWithDollar(bytes, 1, 2));
  t.notOk(beginsWithDollar(bytes, 1, 1));
});

t.test('NameOrder knows which names JSON.parse leaves where they are', async (t) => {
  const rows = [
    ['a', 'b', '', 'a1', '-1', '1.5', '0x1', '01', '00', '4294967295', '99999999999', '1:'],
    ['0', '1', '9', '10', '4294967294', 'a', '4294967295'],
    ['a', '1'],
    ['2', '1'],
    ['1', 'x', '2'],
    ['0', 'b', '007', '0'],
  ];
  const order = new NameOrder();
  for (const names of rows) {
    order.clear();
    const kept = names.every((name) => {
      const bytes = Buffer.from(`--${name}--`);
      return order.keeps(bytes, 2, bytes.length - 2);
    });
    const parsed = JSON.parse(`{${names.map((name) => `"${name}":0`).join(',')}}`);
    t.equal(kept, names.join() === Object.keys(parsed).join(), names.join());
  }
});

t.test('after a name that was written otherwise, no index comes in its place', async (t) => {
  const order = new NameOrder();
  order.addOther();
  t.notOk(order.keeps(Buffer.from('1'), 0, 1));
  t.ok(order.keeps(Buffer.from('a'), 0, 1));
});
