import fc from 'fast-check';
import t from 'tap';
import { type BinColumn, ColumnFinder, parseColumn } from '../../lib/csv/columns.ts';
import { CsvWriter, type CsvWriterOptions } from '../../lib/csv/writer.ts';
import { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder, type PlainRecord } from '../../lib/record/builder.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { Double, TypedBytes } from '../../lib/record/values.ts';
import { readCsv } from '../helpers/csv.ts';

const columns = (...words: string[]): BinColumn[] => words.map(parseColumn);

const batchOf = (...records: readonly PlainRecord[]): RecordBatch => {
  const builder = new BatchBuilder('test');
  for (const record of records) builder.add(record);
  return builder.build();
};

const write = (options: CsvWriterOptions, ...records: readonly PlainRecord[]): string => {
  const writer = new CsvWriter(options);
  const lines = Buffer.concat([writer.head(), writer.write(batchOf(...records))]);
  t.equal(writer.info.bytes, lines.length);
  t.equal(writer.info.records, records.length);
  return lines.toString();
};

const ADA: PlainRecord = {
  set: 'users',
  key: 'ada',
  digest: Buffer.alloc(20, 1),
  generation: 3,
  voidTime: 1,
  bins: { age: 36, name: 'Ada, "Countess"\nof Lovelace', score: new Double(5) },
};
const NONE: PlainRecord = { digest: Buffer.alloc(20, 2), bins: { age: 1, name: '', other: [1] } };

t.test('records as lines', async (t) => {
  const bins = columns('age:integer', 'name', 'score:double');
  t.equal(
    write({ bins }, ADA, NONE),
    `set,key,digest,generation,expires,age:integer,name,score:double
users,ada,${'01'.repeat(20)},3,2010-01-01T00:00:01Z,36,"Ada, ""Countess""\nof Lovelace",5.0
,,${'02'.repeat(20)},1,,1,"",
`,
  );
});

t.test('columns, header and delimiter as they are wanted', async (t) => {
  const bins = columns('age:integer', 'name');
  const cases: readonly (readonly [CsvWriterOptions, string])[] = [
    [{ bins, recordColumns: ['key'], header: 'plain' }, 'key,age,name\n,1,""\n'],
    [{ bins, recordColumns: [], header: 'none' }, '1,""\n'],
    [
      { bins, recordColumns: ['generation', 'set'], delimiter: '\t' },
      'generation\tset\tage:integer\tname\n1\t\t1\t""\n',
    ],
    [{ bins: columns('score'), recordColumns: [] }, 'score\n""\n'],
    [{ bins: [], recordColumns: ['generation'] }, 'generation\n1\n'],
  ];
  for (const [options, expected] of cases) t.equal(write(options, NONE), expected);
});

t.test('tables that are none', async (t) => {
  const cases: readonly CsvWriterOptions[] = [
    { bins: [], recordColumns: [] },
    { bins: columns('a', 'a:integer') },
    { bins: columns('key') },
    { bins: columns('key:string'), header: 'plain' },
    { bins: [], recordColumns: ['set', 'set'] },
  ];
  for (const options of cases) t.throws(() => new CsvWriter(options), { code: 'USAGE' });
  t.doesNotThrow(() => new CsvWriter({ bins: columns('key:string') }));
  t.doesNotThrow(() => new CsvWriter({ bins: columns('key'), header: 'none' }));
});

t.test('what can be no delimiter', async (t) => {
  for (const delimiter of ['', '"', '\n', '\r', ';;']) {
    t.throws(() => new CsvWriter({ bins: [], delimiter }), { code: 'USAGE' }, delimiter);
  }
  for (const delimiter of [';', '§', '\u{1F600}']) {
    t.doesNotThrow(() => new CsvWriter({ bins: [], delimiter }));
  }
});

t.test('strings that are no UTF-8 are base64, and counted', async (t) => {
  const bad = Buffer.of(0xff);
  const writer = new CsvWriter({ bins: columns('a:string', 'b') });
  const lines = writer.write(
    batchOf({
      set: bad,
      key: 'x',
      digest: Buffer.alloc(20),
      bins: { a: new TypedBytes(ParticleType.STRING, bad), b: bad },
    }),
  );
  t.equal(lines.toString(), `/w==,x,${'0'.repeat(40)},1,,/w==,/w==\n`);
  t.equal(writer.info.notUtf8, 2);
});

t.test('values that do not fit are told with the digest', async (t) => {
  const cases: readonly (readonly [string, PlainRecord])[] = [
    ['age:string', ADA],
    ['name:integer', ADA],
    ['score:integer', ADA],
    ['x', { ...ADA, bins: { x: new TypedBytes(ParticleType.INTEGER, Buffer.of(1)) } }],
    ['x', { ...ADA, bins: { x: new TypedBytes(ParticleType.LIST, Buffer.of(0xc1)) } }],
  ];
  for (const [word, record] of cases) {
    t.throws(() => write({ bins: columns(word) }, record), {
      code: 'FORMAT',
      message: /\b(?:01){20}\b/,
    });
  }
  const builder = new BatchBuilder('test').addParticles({
    set: Buffer.alloc(0),
    key: { type: ParticleType.INTEGER, bytes: Buffer.of(1) },
    digest: Buffer.alloc(20),
    generation: 1,
    voidTime: 0,
    bins: [],
  });
  const batch = builder.build();
  t.throws(() => new CsvWriter({ bins: [] }).write(batch), { code: 'FORMAT' });
});

t.test('a batch is released, and its table counts', async (t) => {
  const { bytes, offsets } = batchOf(ADA, NONE);
  let released = 0;
  const writer = new CsvWriter({ bins: [] });
  writer.write(new RecordBatch(bytes, offsets.slice(2), () => released++));
  t.equal(released, 1);
  t.equal(writer.info.records, 1);
});

t.test('a global has no line, and is counted', async (t) => {
  const writer = new CsvWriter({ bins: [] });
  const content = Buffer.from('--');
  t.equal(writer.write({ kind: 'udf', name: 'a.lua', language: 'LUA', content }).length, 0);
  t.match(writer.info, { globals: 1, records: 0, bytes: 0 });
});

t.test('the same lines however records are cut into batches', async (t) => {
  const { bytes, offsets } = batchOf(ADA, NONE, ADA, NONE);
  const options = { bins: columns('name', 'other', 'age:integer') };
  const whole = new CsvWriter(options).write(new RecordBatch(bytes, offsets));
  for (let at = 0; at <= offsets.length; at += 2) {
    const writer = new CsvWriter(options);
    const parts = [offsets.slice(0, at), offsets.slice(at)].map((part) =>
      writer.write(new RecordBatch(bytes, part)),
    );
    t.same(Buffer.concat(parts), whole);
  }
});

t.test('every text comes back', async (t) => {
  const bin = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '"', ',', '\n', '\r\n', '""', ' ', ';'),
  );
  const bins = fc.dictionary(
    fc.string({ unit: fc.constantFrom(...'ab,"\n;:é'), maxLength: 4 }),
    bin,
  );
  fc.assert(
    fc.property(
      fc.array(bins, { minLength: 1 }),
      fc.constantFrom(',', '\t', ';'),
      (all, delimiter) => {
        const batch = batchOf(...all.map((bins, key) => ({ key, bins })));
        const finder = new ColumnFinder();
        finder.add(batch);
        const writer = new CsvWriter({
          bins: finder.columns,
          recordColumns: ['key', 'generation'],
          header: 'plain',
          delimiter,
        });
        const text = Buffer.concat([writer.head(), writer.write(batch)]).toString();
        const [names = [], ...rows] = readCsv(text, delimiter);
        const found = rows.map((row) =>
          row
            .slice(2)
            .flatMap((cell, index) => (cell === undefined ? [] : [[names[index + 2], cell]])),
        );
        const wanted = all.map((bins) =>
          finder.columns.flatMap(({ name }) => {
            const word = Buffer.from(name).toString();
            return Object.hasOwn(bins, word) ? [[word === '' ? undefined : word, bins[word]]] : [];
          }),
        );
        // A bin may have no name: in a header that is an empty string.
        const same = JSON.stringify(found).replaceAll('null', '""');
        return same === JSON.stringify(wanted).replaceAll('null', '""');
      },
    ),
    { numRuns: 60 },
  );
  t.pass();
});
