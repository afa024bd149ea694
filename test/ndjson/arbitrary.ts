/** Records as a server could send them, and as it would not: for the tests that lose nothing. */
import fc from 'fast-check';
import type { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder, type Particle } from '../../lib/record/builder.ts';
import { ParticleType } from '../../lib/record/particle.ts';

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((content) => Buffer.from(content));

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ minLength: 90, maxLength: 110 }),
  fc.constantFrom('', '__proto__', 'a\0b', '$int', '"\\/\n', '1', '10', '2', '01', '4294967295'),
);

const utf8 = text.map((string) => Buffer.from(string));
const name = fc.oneof({ weight: 4, arbitrary: utf8 }, { weight: 1, arbitrary: bytes(15) });

const int64 = fc.oneof(
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.maxSafeInteger().map(BigInt),
  fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n) + 1n, -(2n ** 53n), -(2n ** 63n)),
);

const double = fc.oneof(
  fc.double().map((value) => {
    const eight = Buffer.alloc(8);
    eight.writeDoubleBE(value);
    return eight;
  }),
  fc.uint8Array({ minLength: 8, maxLength: 8 }).map((content) => Buffer.from(content)),
  fc.integer().map((value) => {
    const eight = Buffer.alloc(8);
    eight.writeDoubleBE(value / 8);
    return eight;
  }),
  fc
    .constantFrom('7ff8000000000000', '7ff8000000000001', 'fff0000000000000', '8000000000000000')
    .map((hex) => Buffer.from(hex, 'hex')),
);

const sized = (size: number, heads: readonly (readonly [number, number])[]): fc.Arbitrary<Buffer> =>
  fc.constantFrom(...heads).map(([head, width]) => {
    const bytes = Buffer.alloc(1 + width);
    bytes[0] = head;
    bytes.writeUIntBE(size, 1, width);
    return bytes;
  });

/** The head that clients write, or now and then a longer one. */
const head = (
  size: number,
  small: number,
  limit: number,
  heads: readonly (readonly [number, number])[],
): fc.Arbitrary<Buffer> =>
  size < limit
    ? fc.oneof(
        { weight: 9, arbitrary: fc.constant(Buffer.of(small | size)) },
        { weight: 1, arbitrary: sized(size, heads) },
      )
    : fc.oneof(
        { weight: 9, arbitrary: sized(size, heads.slice(0, 1)) },
        { weight: 1, arbitrary: sized(size, heads) },
      );

const particleBytes = fc
  .tuple(
    fc.constantFrom(3, 3, 3, 3, 4, 7, 16, 18, 23, 1, 19, 200),
    fc.oneof({ weight: 5, arbitrary: utf8 }, { weight: 1, arbitrary: bytes(40) }),
  )
  .map(([type, content]) => Buffer.concat([Buffer.of(type), content]));

const msgpackBytes = fc.oneof(
  {
    weight: 9,
    arbitrary: particleBytes.chain((content) =>
      head(content.length, 0xa0, 32, [
        [0xd9, 1],
        [0xda, 2],
        [0xdb, 4],
        [0xc4, 1],
        [0xc5, 2],
      ]).map((first) => Buffer.concat([first, content])),
    ),
  },
  { weight: 1, arbitrary: fc.constant(Buffer.of(0xa0)) },
);

const scalar = fc.oneof(
  fc.constantFrom('c0', 'c2', 'c3', '00', '7f', 'ff', 'e0').map((hex) => Buffer.from(hex, 'hex')),
  fc
    .constantFrom('ccff', 'cc01', 'cd0100', 'cd0001', 'ce00010000', 'd0df', 'd001', 'd1ff7f')
    .map((hex) => Buffer.from(hex, 'hex')),
  fc
    .constantFrom('ca3fc00000', 'c70001', 'c70000', 'c70201aaaa', 'd40901', `d8${'01'.repeat(17)}`)
    .map((hex) => Buffer.from(hex, 'hex')),
  fc.tuple(fc.constantFrom(0xcf, 0xd3), int64).map(([first, value]) => {
    const nine = Buffer.alloc(9, first);
    nine.writeBigInt64BE(value, 1);
    return nine;
  }),
  double.map((eight) => Buffer.concat([Buffer.of(0xcb), eight])),
  msgpackBytes,
);

const plainKey = fc.string({ maxLength: 5 }).map((key) => {
  const content = Buffer.from(`\x03${key}`);
  return Buffer.concat([Buffer.of(0xa0 | content.length), content]);
});

const flags = fc.constantFrom(0, 0, 1, 3, 0x11);

type Items = {
  item: Buffer;
  list: Buffer;
  map: Buffer;
};

const { list, map } = fc.letrec<Items>((tie) => ({
  item: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('map')),
  list: fc.tuple(flags, fc.array(tie('item'), { maxLength: 18 })).chain(([flag, items]) => {
    const all = flag === 0 ? items : [Buffer.of(0xc7, 0, flag), ...items];
    return head(all.length, 0x90, 16, [
      [0xdc, 2],
      [0xdd, 4],
    ]).map((first) => Buffer.concat([first, ...all]));
  }),
  map: fc
    .tuple(
      flags,
      fc.array(
        fc.tuple(
          fc.oneof({ weight: 6, arbitrary: plainKey }, { weight: 1, arbitrary: tie('item') }),
          tie('item'),
        ),
        { maxLength: 30, size: 'small' },
      ),
    )
    .chain(([flag, pairs]) => {
      const all = pairs.map((pair) => Buffer.concat(pair));
      if (flag !== 0) all.unshift(Buffer.of(0xc7, 0, flag, 0xc0));
      return head(all.length, 0x80, 16, [
        [0xde, 2],
        [0xdf, 4],
      ]).map((first) => Buffer.concat([first, ...all]));
    }),
}));

const particle = (type: number, content: fc.Arbitrary<Buffer>): fc.Arbitrary<Particle> =>
  content.map((bytes) => ({ type, bytes }));

const keyParticle: fc.Arbitrary<Particle> = fc.oneof(
  particle(
    ParticleType.INTEGER,
    int64.map((value) => {
      const eight = Buffer.alloc(8);
      eight.writeBigInt64BE(value);
      return eight;
    }),
  ),
  particle(ParticleType.DOUBLE, double),
  particle(ParticleType.STRING, name),
  particle(ParticleType.BLOB, bytes(200)),
);

const anyParticle: fc.Arbitrary<Particle> = fc.oneof(
  keyParticle,
  particle(ParticleType.LIST, list),
  particle(ParticleType.MAP, map),
  particle(
    ParticleType.GEOJSON,
    name.map((content) => Buffer.concat([Buffer.alloc(3), content])),
  ),
  particle(ParticleType.BOOLEAN, fc.constantFrom(Buffer.of(0), Buffer.of(1))),
  particle(ParticleType.NULL, fc.constant(Buffer.alloc(0))),
  fc.tuple(fc.nat(255), bytes(30)).map(([type, bytes]) => ({
    type: type === ParticleType.GEOJSON ? ParticleType.STRING : type,
    bytes,
  })),
);

const record = fc.record({
  set: name.map((set) => set.subarray(0, 63)),
  key: fc.option(keyParticle, { nil: undefined }),
  digest: fc.uint8Array({ minLength: 20, maxLength: 20 }),
  generation: fc.nat(0xffff),
  voidTime: fc.nat(0xffffffff),
  bins: fc.uniqueArray(
    fc.record({ name: name.map((n) => n.subarray(0, 15)), particle: anyParticle }),
    {
      maxLength: 40,
      size: 'small',
      selector: (bin) => bin.name.toString('latin1'),
    },
  ),
});

/** Batches of records with every kind of particle, well formed or not, in namespace `test`. */
export const arbitraryBatch: fc.Arbitrary<RecordBatch> = fc
  .array(record, { minLength: 1, maxLength: 5 })
  .map((records) => {
    const builder = new BatchBuilder('test');
    for (const one of records) builder.addParticles(one);
    return builder.build();
  });
