import t from 'tap';
import { NdjsonWriter } from '../../lib/ndjson/writer.ts';
import { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { TypedBytes } from '../../lib/record/values.ts';

const DIGEST = Buffer.alloc(20, 1);
const DIGEST_JSON = '"digest":"AQEBAQEBAQEBAQEBAQEBAQEBAQE="';
const integer = { type: ParticleType.INTEGER, bytes: Buffer.alloc(8) };

const textOf = (writer: NdjsonWriter, chunk: RecordChunk): string =>
  Buffer.concat(writer.write(chunk)).toString();

const recordWith = (names: readonly (string | Buffer)[]): RecordBatch =>
  new BatchBuilder('test')
    .addParticles({
      set: Buffer.alloc(0),
      key: undefined,
      digest: DIGEST,
      generation: 1,
      voidTime: 0,
      bins: names.map((name) => ({ name: Buffer.from(name), particle: integer })),
    })
    .build();

t.test('records become lines', async (t) => {
  const writer = new NdjsonWriter();
  const batch = new BatchBuilder('test')
    .add({ set: 's1', key: 'ada', digest: DIGEST, bins: { a: 1, b: 'x' } })
    .add({ digest: DIGEST, generation: 65_535, voidTime: 0xffffffff, bins: {} })
    .add({
      set: Buffer.of(0xff),
      key: 5,
      digest: DIGEST,
      bins: { odd: new TypedBytes(99, Buffer.of(1)) },
    })
    .build();
  const lines = [
    `{"set":"s1","key":"ada",${DIGEST_JSON},"generation":1,"voidTime":0,"bins":{"a":1,"b":"x"}}`,
    `{${DIGEST_JSON},"generation":65535,"voidTime":4294967295,"bins":{}}`,
    `{"set":{"$string":"/w=="},"key":5,${DIGEST_JSON},"generation":1,"voidTime":0,` +
      '"bins":{"odd":{"$particle":{"type":99,"base64":"AQ=="}}}}',
  ];
  const text = lines.map((line) => `${line}\n`).join('');
  t.equal(textOf(writer, batch), text);
  t.same(writer.info, { records: 3, globals: 0, bytes: text.length });
  t.equal(
    textOf(
      writer,
      batch.filter((record) => record.key === 5),
    ),
    `${lines[2]}\n`,
  );
});

t.test('globals become lines', async (t) => {
  const writer = new NdjsonWriter();
  const text = textOf(writer, {
    kind: 'udf',
    name: 'm.lua',
    language: 'LUA',
    content: Buffer.from('x'),
  });
  t.equal(text, '{"udf":{"name":"m.lua","language":"LUA","content":"x"}}\n');
  t.same(writer.info, { records: 0, globals: 1, bytes: text.length });
});

t.test('bin names that JSON or jq would change are base64', async (t) => {
  const rows: readonly (readonly [readonly (string | Buffer)[], readonly string[]])[] = [
    [
      ['é', '__proto__', 'a\0', ''],
      ['é', '__proto__', 'a\\u0000', ''],
    ],
    [['$int'], ['$base64:JGludA==']],
    [[Buffer.of(0xff)], ['$base64:/w==']],
    [
      ['1', '2', 'a'],
      ['1', '2', 'a'],
    ],
    [
      ['2', '1', '3'],
      ['2', '$base64:MQ==', '$base64:Mw=='],
    ],
    [
      ['$', '1'],
      ['$base64:JA==', '$base64:MQ=='],
    ],
  ];
  for (const [names, written] of rows) {
    const text = textOf(new NdjsonWriter(), recordWith(names));
    t.ok(text.endsWith(`"bins":{${written.map((name) => `"${name}":0`).join(',')}}}\n`), text);
  }
});

t.test('two bins of one name are an error, and no half a line stays', async (t) => {
  const writer = new NdjsonWriter();
  t.throws(() => writer.write(recordWith(['a', 'b', 'a'])), { code: 'FORMAT' });
  t.ok(
    writer
      .write(recordWith(['a']))
      .toString()
      .startsWith('{"digest"'),
  );
  t.equal(writer.info.records, 1);
});

t.test('a batch is released when it is written', async (t) => {
  let released = 0;
  const { bytes, offsets } = recordWith([]);
  const writer = new NdjsonWriter();
  writer.write(new RecordBatch(bytes, offsets, () => released++));
  t.equal(released, 1);
});
