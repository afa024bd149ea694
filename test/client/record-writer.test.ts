import t from 'tap';
import { ClientRecordWriter, type ClientWriting } from '../../lib/client/record-writer.ts';
import type { ClientPut } from '../../lib/client/target.ts';
import { BatchBuilder, encodeParticle, type PlainRecord } from '../../lib/record/builder.ts';
import { computeDigest } from '../../lib/record/digest.ts';
import { EPOCH_SECONDS } from '../../lib/record/layout.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import type { AsbRecord } from '../../lib/record/record.ts';
import { Double, TypedBytes } from '../../lib/record/values.ts';
import { CLIENT_MODULE, ClientDouble } from '../helpers/client-module.ts';

const NOW = (EPOCH_SECONDS + 1000) * 1000 + 999;
const DIGEST = Buffer.alloc(20, 7);

const viewOf = (record: Partial<PlainRecord>): AsbRecord => {
  const [view] = new BatchBuilder('test').add({ key: 'k', bins: { a: 1 }, ...record }).build();
  if (view === undefined) throw new Error('no record');
  return view;
};

const writer = (options: Partial<ClientWriting> = {}): ClientRecordWriter =>
  new ClientRecordWriter({ aerospike: CLIENT_MODULE, namespace: 'copy', ...options });

const put = (record: Partial<PlainRecord>, options?: Partial<ClientWriting>): ClientPut => {
  const made = writer(options).put(viewOf(record), NOW);
  if (typeof made === 'string') throw new Error(made);
  return made;
};

t.test('a record', async (t) => {
  t.strictSame(put({ set: 'people', generation: 3 }), {
    key: { ns: 'copy', set: 'people', key: 'k' },
    bins: { a: 1 },
    meta: { ttl: -1, gen: 3 },
    policy: { exists: 0, gen: 2, key: 1 },
  });
});

/** What becomes of a record that is there: options, and the client's policy. */
const POLICIES: [Partial<ClientWriting>, object][] = [
  [{}, { exists: 0, gen: 2 }],
  [
    { exists: 'update', checkGeneration: false },
    { exists: 0, gen: 0 },
  ],
  [{ exists: 'create' }, { exists: 1, gen: 0 }],
  [{ exists: 'replace' }, { exists: 4, gen: 2 }],
  [{ policy: { totalTimeout: 7, gen: 1 } }, { totalTimeout: 7, exists: 0, gen: 2 }],
];

for (const [options, policy] of POLICIES) {
  t.test(`policy ${JSON.stringify(options)}`, async (t) => {
    t.strictSame(put({}, options).policy, { ...policy, key: 1 });
  });
}

t.test('user keys', async (t) => {
  for (const key of [1, 2n ** 60n, 'x', Buffer.from('x')]) {
    t.strictSame(put({ key }).key, { ns: 'copy', set: '', key });
  }
});

t.test('a record without a user key goes by its digest', async (t) => {
  const { key, policy } = put({ key: undefined, digest: DIGEST });
  t.strictSame(key, { ns: 'copy', set: '', digest: DIGEST });
  t.match(policy, { key: 0 });
});

t.test(
  'a user key that the client does not take is left out only if that is accepted',
  async (t) => {
    const notText = new TypedBytes(ParticleType.STRING, Uint8Array.of(0xff));
    const { type, bytes } = encodeParticle(notText);
    for (const record of [
      viewOf({ key: new Double(1.5) }),
      viewOf({ key: '' }),
      viewOf({ key: Buffer.alloc(0) }),
      viewOf({ key: 'a\0b' }),
      ...new BatchBuilder('test')
        .addParticles({
          set: Buffer.alloc(0),
          key: { type, bytes },
          digest: computeDigest(Buffer.alloc(0), type, bytes),
          generation: 1,
          voidTime: 0,
          bins: [{ name: Buffer.from('a'), particle: encodeParticle(1) }],
        })
        .build(),
    ]) {
      t.throws(() => writer().put(record, NOW), { code: 'FORMAT' });
      const lossy = writer({ accept: ['userKey'] });
      t.match(lossy.put(record, NOW), { key: { digest: record.digest }, policy: { key: 0 } });
      t.equal(lossy.accepted.userKey, 1);
    }
  },
);

t.test('a user key of another record is refused', async (t) => {
  t.throws(() => put({ digest: DIGEST }, { accept: ['userKey'] }), { code: 'FORMAT' });
});

t.test('a void time is what is left from now', async (t) => {
  t.equal(put({ voidTime: 1060 }).meta.ttl, 60);
  for (const voidTime of [1000, 999]) {
    t.equal(writer().put(viewOf({ voidTime }), NOW), 'expired');
  }
});

t.test('null deletes a bin, and has no place where all is replaced', async (t) => {
  t.strictSame(put({ bins: { a: 1, b: null } }).bins, { a: 1, b: null });
  t.strictSame(put({ bins: { a: 1, b: null } }, { exists: 'replace' }).bins, { a: 1 });
  t.equal(writer({ exists: 'create' }).put(viewOf({ bins: { b: null } }), NOW), 'skipped');
  t.equal(writer().put(viewOf({ bins: {} }), NOW), 'skipped');
});

t.test('a double without a fraction is told from an integer', async (t) => {
  const { bins } = put({ bins: { d: new Double(5), i: 5 } });
  t.strictSame(bins, { d: Object.assign(new ClientDouble(0), { Double: 5 }), i: 5 });
});

t.test('a bin of any name', async (t) => {
  const { bins } = put({
    bins: new Map([
      ['__proto__', 1],
      ['1', 2],
    ]),
  });
  t.strictSame(Object.entries(bins), [
    ['1', 2],
    ['__proto__', 1],
  ]);
});

t.test('names that cannot be written', async (t) => {
  const named = (set: Buffer, ...names: Buffer[]) =>
    new BatchBuilder('test')
      .addParticles({
        set,
        key: undefined,
        digest: DIGEST,
        generation: 1,
        voidTime: 0,
        bins: names.map((name) => ({ name, particle: encodeParticle(1) })),
      })
      .build();
  const [a, none, notText] = [Buffer.from('a'), Buffer.alloc(0), Buffer.of(0xff)];
  for (const batch of [
    named(notText, a),
    named(none, notText),
    named(none, a, a),
    named(Buffer.from('a\0'), a),
  ]) {
    for (const record of batch) t.throws(() => writer().put(record, NOW), { code: 'FORMAT' });
  }
});
