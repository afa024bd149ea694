import t from 'tap';
import { RecordText } from '../../lib/asb/record-text.ts';
import { BatchBuilder, type Particle } from '../../lib/record/builder.ts';
import { MessageWriter } from '../../lib/record/message-writer.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { Double, GeoJson, TypedBytes, type Value } from '../../lib/record/values.ts';

type Plain = Parameters<BatchBuilder['add']>[0];
const DIGEST = Buffer.from(Array.from({ length: 20 }, (_, byte) => byte));

const written = (bytes: Buffer, compact = false, namespace = 'shop', start = 0): Buffer => {
  const text = new RecordText(namespace, compact);
  const out = Buffer.alloc(RecordText.room(bytes.length) + 7, 0xee);
  const end = text.write(out, 7, bytes, start);
  // The last word may have gone beyond the text.
  const behind = out.subarray(end + 3);
  if (!behind.every((byte) => byte === 0xee)) throw new Error('written beyond the end');
  return out.subarray(7, end);
};
const textOf = (record: Partial<Plain>, compact = false, namespace = 'shop'): string =>
  written(
    new BatchBuilder(namespace).add({ digest: DIGEST, bins: {}, ...record }).build().bytes,
    compact,
    namespace,
  ).toString('latin1');

const HEAD = '+ n shop\n+ d AAECAwQFBgcICQoLDA0ODxAREhM=\n';
const TAIL = '+ g 1\n+ t 0\n+ b 0\n';

t.test('the head of a record', async (t) => {
  t.equal(textOf({}), `${HEAD}${TAIL}`, 'no key, no set, no bin');
  t.equal(textOf({ set: 'orders' }), `${HEAD}+ s orders\n${TAIL}`);
  t.equal(textOf({ set: 's p\n\\' }), `${HEAD}+ s s\\ p\\\n\\\\\n${TAIL}`);
  t.equal(
    textOf({ generation: 65_535, voidTime: 4_294_967_295 }),
    `${HEAD}+ g 65535\n+ t 4294967295\n+ b 0\n`,
  );
  t.equal(textOf({}, false, 'n s'), `${HEAD.replace('shop', 'n\\ s')}${TAIL}`);
});

t.test('user keys', async (t) => {
  const rows: readonly [Exclude<Plain['key'], undefined>, string, string?][] = [
    [-42, 'I -42'],
    [2n ** 63n - 1n, 'I 9223372036854775807'],
    [-(2n ** 63n), 'I -9223372036854775808'],
    [new Double(0.1), 'D 0.1'],
    ['', 'S 0 '],
    ['key one', 'S 7 key one'],
    ['a\nb\\', 'S 4 a\nb\\'],
    [Buffer.of(1, 2, 3), 'B 4 AQID', 'B! 3 \x01\x02\x03'],
    [Buffer.alloc(0), 'B 0 ', 'B! 0 '],
  ];
  for (const [key, plain, compact = plain] of rows) {
    t.equal(textOf({ key }), `+ k ${plain}\n${HEAD}${TAIL}`);
    t.equal(textOf({ key }, true), `+ k ${compact}\n${HEAD}${TAIL}`);
  }
});

const bin = (value: Value | Particle, name: string, compact: boolean): string =>
  textOf({ bins: new Map([[name, value]]) }, compact).slice(`${HEAD}+ g 1\n+ t 0\n+ b 1\n`.length);

t.test('bins that look the same in both modes', async (t) => {
  const rows: readonly [Value | Particle, string][] = [
    [null, '- N a'],
    [true, '- Z a T'],
    [false, '- Z a F'],
    [0, '- I a 0'],
    [2n ** 63n - 1n, '- I a 9223372036854775807'],
    [-(2n ** 63n), '- I a -9223372036854775808'],
    [new Double(5), '- D a 5'],
    [0.1, '- D a 0.1'],
    [-0, '- D a -0'],
    [1e300, '- D a 1e+300'],
    [Number.MIN_VALUE, '- D a 5e-324'],
    [Number.NaN, '- D a nan'],
    [{ type: 2, bytes: Buffer.from('fff8000000000000', 'hex') }, '- D a nan'],
    [Number.POSITIVE_INFINITY, '- D a inf'],
    [Number.NEGATIVE_INFINITY, '- D a -inf'],
    ['', '- S a 0 '],
    ['a\nb c\\', '- S a 6 a\nb c\\'],
    ['x'.repeat(1000), `- S a 1000 ${'x'.repeat(1000)}`],
    [new TypedBytes(ParticleType.STRING, Buffer.of(0xff, 0)), '- S a 2 \xff\0'],
    [new GeoJson('{"a": 1}'), '- G a 8 {"a": 1}'],
    [
      {
        type: 23,
        bytes: Buffer.concat([Buffer.of(0, 0, 2), Buffer.alloc(16, 9), Buffer.from('{}')]),
      },
      '- G a 2 {}',
    ],
    [{ type: 23, bytes: Buffer.alloc(3) }, '- G a 0 '],
  ];
  for (const [value, line] of rows) {
    t.equal(bin(value, 'a', false), `${line}\n`);
    t.equal(bin(value, 'a', true), `${line}\n`);
  }
});

t.test('bins of bytes: base64, or raw in compact mode', async (t) => {
  const letters: readonly [number, string][] = [
    [ParticleType.BLOB, 'B'],
    [ParticleType.JAVA_BLOB, 'J'],
    [ParticleType.CSHARP_BLOB, 'C'],
    [ParticleType.PYTHON_BLOB, 'P'],
    [ParticleType.RUBY_BLOB, 'R'],
    [ParticleType.PHP_BLOB, 'H'],
    [ParticleType.ERLANG_BLOB, 'E'],
    [ParticleType.VECTOR, 'V'],
    [ParticleType.HLL, 'Y'],
    [ParticleType.MAP, 'M'],
    [ParticleType.LIST, 'L'],
  ];
  for (const [type, letter] of letters) {
    for (const size of [0, 1, 2, 3, 47, 500]) {
      const bytes = Buffer.alloc(size, 0xfb);
      const base64 = bytes.toString('base64');
      const raw = bytes.toString('latin1');
      t.equal(bin({ type, bytes }, 'a', false), `- ${letter} a ${base64.length} ${base64}\n`);
      t.equal(bin({ type, bytes }, 'a', true), `- ${letter}! a ${size} ${raw}\n`);
    }
  }
});

t.test('names of bins are escaped before every value', async (t) => {
  const name = ' \n\\ü';
  const escaped = '\\ \\\n\\\\\xc3\xbc';
  const rows: readonly [Value, string, string?][] = [
    [null, `- N ${escaped}`],
    [true, `- Z ${escaped} T`],
    [7, `- I ${escaped} 7`],
    [0.5, `- D ${escaped} 0.5`],
    ['x', `- S ${escaped} 1 x`],
    [new GeoJson('{}'), `- G ${escaped} 2 {}`],
    [Buffer.of(1), `- B ${escaped} 4 AQ==`, `- B! ${escaped} 1 \x01`],
  ];
  for (const [value, plain, compact = plain] of rows) {
    t.equal(bin(value, name, false), `${plain}\n`);
    t.equal(bin(value, name, true), `${compact}\n`);
  }
});

t.test('the least room is enough for the worst', async (t) => {
  const particle = (value: bigint): Particle => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(value);
    return { type: 1, bytes };
  };
  const doubles: [string, Value][] = Array.from({ length: 400 }, (_, index) => [
    ` ${'\n'.repeat(11)}${String(index).padStart(3, ' ')}`,
    index % 2 === 0 ? -1.234567890123457e-300 : -(2n ** 63n),
  ]);
  const bins = new Map<string, Value | Particle>([...doubles, ['', particle(-(2n ** 63n))]]);
  const record = { set: ' '.repeat(63), key: -1.234567890123457e-300, bins };
  t.match(textOf(record, false, ' '.repeat(31)), /\+ b 401\n/);
});

t.test('a message that does not stand at the begin of its buffer', async (t) => {
  const builder = new BatchBuilder('shop').add({ digest: DIGEST, bins: { a: 1 } });
  const first = builder.length;
  const { bytes, offsets } = builder.add({ digest: DIGEST, set: 's', bins: {} }).build();
  t.equal(written(bytes, false, 'shop', offsets[first * 2]).toString(), `${HEAD}+ s s\n${TAIL}`);
});

t.test('what the format cannot hold', async (t) => {
  const raw = (write: (writer: MessageWriter) => void, generation = 1): Buffer => {
    const writer = new MessageWriter();
    writer.begin({ generation });
    write(writer);
    writer.end();
    return writer.take();
  };
  const inShop = (write: (writer: MessageWriter) => void, generation?: number): Buffer =>
    raw((writer) => {
      writer.field(0, Buffer.from('shop'));
      writer.field(4, DIGEST);
      write(writer);
    }, generation);
  const op = (type: number, size: number): Buffer =>
    inShop((writer) => writer.op(1, type, Buffer.from('a'), Buffer.alloc(size, 1)));
  const rows: readonly [string, Buffer, string][] = [
    ['no namespace', raw((writer) => writer.field(4, DIGEST)), 'FORMAT'],
    [
      'another namespace',
      new BatchBuilder('shoq').add({ digest: DIGEST, bins: {} }).build().bytes,
      'FORMAT',
    ],
    ['no digest', raw((writer) => writer.field(0, Buffer.from('shop'))), 'FORMAT'],
    ['a generation beyond 16 bits', inShop(() => {}, 65_536), 'RANGE'],
    ['a key of another type', inShop((writer) => writer.keyField(2, 17, Buffer.of(1))), 'FORMAT'],
    [
      'an integer key of 4 bytes',
      inShop((writer) => writer.keyField(2, 1, Buffer.alloc(4))),
      'FORMAT',
    ],
    [
      'a double key of 4 bytes',
      inShop((writer) => writer.keyField(2, 2, Buffer.alloc(4))),
      'FORMAT',
    ],
    ['a bin of an unknown type', op(24, 1), 'FORMAT'],
    ['an integer of 4 bytes', op(1, 4), 'FORMAT'],
    ['a double of 9 bytes', op(2, 9), 'FORMAT'],
    ['a boolean of no bytes', op(17, 0), 'FORMAT'],
    ['a GeoJSON of 2 bytes', op(23, 2), 'FORMAT'],
    ['a GeoJSON with fewer cells than it says', op(23, 20), 'FORMAT'],
  ];
  for (const [what, bytes, code] of rows) t.throws(() => written(bytes), { code }, what);
  t.equal(
    written(inShop((writer) => writer.field(2, Buffer.alloc(0)))).toString(),
    `${HEAD}${TAIL}`,
    'a key field without even a type is no key',
  );
});

t.test('vectors are counted', async (t) => {
  const text = new RecordText('shop', false);
  const vector = { type: ParticleType.VECTOR, bytes: Buffer.alloc(8) };
  const bins = new Map<string, Particle | Value>([
    ['a', vector],
    ['b', vector],
    ['c', 1],
  ]);
  const { bytes } = new BatchBuilder('shop').add({ digest: DIGEST, bins }).build();
  text.write(Buffer.alloc(RecordText.room(bytes.length)), 0, bytes, 0);
  t.equal(text.vectors, 2);
});

t.test('a namespace is told from every other', async (t) => {
  const { bytes } = new BatchBuilder('shop-27').add({ digest: DIGEST, bins: {} }).build();
  t.ok(written(bytes, false, 'shop-27'));
  for (const other of ['Shop-27', 'sho', 'shop', 'shop-2', 'shop-28', 'shop-x7', 'shop-271', 's']) {
    t.throws(
      () => written(bytes, false, other),
      { code: 'FORMAT', facts: { namespace: 'shop-27' } },
      other,
    );
  }
});
