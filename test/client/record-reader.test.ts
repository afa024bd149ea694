import t from 'tap';
import { type ClientReading, ClientRecordReader } from '../../lib/client/record-reader.ts';
import type { ClientRecord } from '../../lib/client/source.ts';
import { encodeParticle } from '../../lib/record/builder.ts';
import { computeDigest } from '../../lib/record/digest.ts';
import { EPOCH_SECONDS } from '../../lib/record/layout.ts';

const NOW = (EPOCH_SECONDS + 1000) * 1000 + 999;

const digestOf = (set: string, key: number | bigint | string | Uint8Array): Buffer => {
  const { type, bytes } = encodeParticle(key);
  return computeDigest(Buffer.from(set), type, bytes);
};

const record = (given: Partial<ClientRecord> = {}): ClientRecord => ({
  key: { set: 'people', key: 'ada', digest: digestOf('people', 'ada') },
  bins: { name: 'Ada' },
  ttl: -1,
  gen: 3,
  ...given,
});

/** The only record of a batch, read. */
const read = (given: Partial<ClientRecord>, options: ClientReading = {}) => {
  const reader = new ClientRecordReader('test', options);
  reader.add(record(given), NOW);
  t.ok(reader.byteLength > 0);
  const [first] = reader.build();
  if (first === undefined) throw new Error('no record');
  return { first, accepted: reader.accepted };
};

t.test('a record', async (t) => {
  const { first } = read({});
  t.match(first, { namespace: 'test', set: 'people', key: 'ada', generation: 3, voidTime: 0 });
  t.equal(first.bins.get('name')?.value, 'Ada');
  t.ok(first.digest.equals(digestOf('people', 'ada')));
});

t.test('a void time is what is left from now', async (t) => {
  t.equal(read({ ttl: 60 }).first.voidTime, 1060);
  t.equal(read({ ttl: 0 }).first.voidTime, 1000);
});

const BYTES = Buffer.from([1]);
t.test('user keys that give the digest', async (t) => {
  for (const key of ['x', 7, 2n ** 60n, BYTES]) {
    t.strictSame(read({ key: { key, digest: digestOf('', key) } }).first.key, key);
  }
  for (const key of [undefined, null]) {
    t.equal(read({ key: { set: null, key, digest: digestOf('', 'x') } }).first.key, undefined);
  }
});

t.test('a user key that the client has changed is refused, or left out', async (t) => {
  const changed: [unknown, Buffer][] = [
    [2 ** 60, digestOf('', 2n ** 60n + 1n)],
    ['cut', digestOf('', 'cut\0here')],
    [{}, digestOf('', 'x')],
  ];
  for (const [key, digest] of changed) {
    t.throws(() => read({ key: { key, digest } }), { code: 'FORMAT' });
    const { first, accepted } = read({ key: { key, digest } }, { accept: ['userKey'] });
    t.equal(first.key, undefined);
    t.ok(first.digest.equals(digest));
    t.equal(accepted.userKey, 1);
  }
});

t.test('types say what bins hold', async (t) => {
  const { first } = read({ bins: { n: 5, d: 5 } }, { types: { n: 'integer', d: 'double' } });
  t.strictSame(
    Array.from(first.binList(), ({ type }) => type),
    [1, 2],
  );
});

t.test('names that may stand for others', async (t) => {
  const digest = digestOf('\ufffd', 'x');
  const set = { key: { set: '\ufffd', key: 'x', digest } };
  t.throws(() => read(set), { code: 'FORMAT' });
  t.throws(() => read({ bins: { '\ufffd': 'x' } }), { code: 'FORMAT' });
  t.equal(read(set, { accept: ['text'] }).accepted.text, 1);
});

t.test('what is no record', async (t) => {
  t.throws(() => read({ key: { key: 'x' } }), { code: 'FORMAT' });
  t.throws(() => read({ key: { key: 'x', digest: null } }), { code: 'FORMAT' });
  t.throws(() => read({ bins: Object.create({ a: 1 }) }), { code: 'FORMAT' });
  t.throws(() => read({ gen: 70_000 }), { code: 'RANGE' });
});
