/** Records of every particle type, and how they get into a namespace by plain writes. */
import { BatchBuilder, type Particle, type PlainRecord } from '../../lib/record/builder.ts';
import { Field, Info2, Op } from '../../lib/record/layout.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import {
  Double,
  FlaggedList,
  FlaggedMap,
  GeoJson,
  TypedBytes,
  type Value,
} from '../../lib/record/values.ts';
import { WireClient } from './wire.ts';

/** A set of this process's own: tests share the real server. */
const SET = `every ${process.pid}`;

const typed = (type: TypedBytes['type'], hex: string): TypedBytes =>
  new TypedBytes(type, Buffer.from(hex, 'hex'));

const VALUES: Readonly<Record<string, Value>> = {
  zero: 0,
  most: 2n ** 63n - 1n,
  least: -(2n ** 63n),
  integral: new Double(5),
  minus_zero: -0,
  nan: Number.NaN,
  infinity: Number.NEGATIVE_INFINITY,
  tiny: Number.MIN_VALUE,
  empty: '',
  text: 'a b\nc\\ü\0',
  bad_utf8: typed(ParticleType.STRING, 'ff00c328'),
  blob: Buffer.of(0, 1, 255),
  java: typed(ParticleType.JAVA_BLOB, 'aced0005'),
  csharp: typed(ParticleType.CSHARP_BLOB, '0001'),
  python: typed(ParticleType.PYTHON_BLOB, '8004'),
  ruby: typed(ParticleType.RUBY_BLOB, '0408'),
  php: typed(ParticleType.PHP_BLOB, '693a'),
  erlang: typed(ParticleType.ERLANG_BLOB, '8361'),
  vector: typed(ParticleType.VECTOR, '0000803f00000040'),
  yes: true,
  no: false,
  geo: new GeoJson('{"type": "Point", "coordinates": [8.5, 47.4]}'),
  list: [1, 'a', [null, 0.5], 2n ** 60n],
  ordered: new FlaggedList(1, [1, 2, 3]),
  map: new Map<Value, Value>([['a', 1]]),
  key_ordered: new FlaggedMap(
    1,
    new Map<Value, Value>([
      ['a', 1],
      ['b', 2],
    ]),
  ),
};

/** One record for each value, and some with odd keys and names. */
export const EVERY_TYPE: readonly PlainRecord[] = [
  ...Object.entries(VALUES).map(([name, value]) => ({
    set: SET,
    key: name,
    bins: { [name]: value },
  })),
  { set: SET, key: 'all', bins: VALUES },
  { set: SET, key: 2n ** 63n - 1n, bins: { zero: 1 } },
  { set: SET, key: Buffer.of(0, 10, 32), bins: { zero: 1 } },
  {
    set: SET,
    key: 'names',
    bins: new Map<string, Value | Particle>([
      ['a b\n\\', 1],
      ['__proto__', 2],
      ['üüü', 3],
    ]),
  },
];
export const EVERY_TYPE_SET = SET;

/** Each record as a batch of its own: the wire form that a scan should give. */
export const asBatches = (namespace: string) =>
  EVERY_TYPE.map((record) => new BatchBuilder(namespace).add(record).build());

/** Sends one message for each record, and checks that the node did what was wanted. */
const sendAll = async (seed: string, namespace: string, info2: number): Promise<void> => {
  const client = await WireClient.connect(seed);
  for (const batch of asBatches(namespace)) {
    const record = batch.at(0)!;
    client.send((writer) => {
      writer.begin({ info2, recordTtl: 0xffffffff });
      writer.field(Field.NAMESPACE, Buffer.from(namespace));
      writer.field(Field.SET, record.setBytes);
      writer.field(Field.DIGEST, record.digest);
      const key = record.userKey!;
      writer.keyField(Field.KEY, key.type, key.bytes);
      if ((info2 & Info2.DELETE) !== 0) return;
      for (const bin of record.binList()) writer.op(Op.WRITE, bin.type, bin.nameBytes, bin.bytes);
    });
    const [answer] = (await client.messages()) ?? [];
    if (answer?.result !== 0) throw new Error(`key ${record.key}: result ${answer?.result}`);
  }
  client.close();
};

/** Writes the records; the result removes them. */
export const writeEveryType = async (seed: string, namespace: string) => {
  await sendAll(seed, namespace, Info2.WRITE);
  return () => sendAll(seed, namespace, Info2.WRITE | Info2.DELETE);
};
