import t from 'tap';
import { failureLine } from '../../lib/ndjson/failure.ts';
import { MAX_BATCH_BYTES, MAX_BATCH_RECORDS, MAX_LINE_LENGTH } from '../../lib/ndjson/limits.ts';
import { NdjsonReader } from '../../lib/ndjson/reader.ts';
import type { RecordBatch } from '../../lib/record/batch.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import { computeDigest } from '../../lib/record/digest.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { TypedBytes } from '../../lib/record/values.ts';

const DIGEST = 'AQEBAQEBAQEBAQEBAQEBAQEBAQE=';

const batchIn = (chunk: RecordChunk | undefined): RecordBatch => {
  if (chunk?.kind === 'records') return chunk;
  throw new Error('no batch');
};

const read = (...lines: string[]): readonly RecordChunk[] => {
  const reader = new NdjsonReader({ namespace: 'test' });
  return [...lines.flatMap((line) => [...reader.push(line)]), ...reader.end()];
};

t.test('a record with all it can have', async (t) => {
  const line = `{"set":"s1","key":5,"digest":"${DIGEST}","generation":7,"voidTime":9,"bins":{"a":1}}`;
  const record = batchIn(read(line)[0]).at(0)!;
  t.equal(record.namespace, 'test');
  t.equal(record.set, 's1');
  t.equal(record.key, 5);
  t.equal(record.digest.toString('base64'), DIGEST);
  t.equal(record.generation, 7);
  t.equal(record.voidTime, 9);
  t.equal(record.bins.get('a')?.value, 1);
});

t.test('what is left out, or null, has its default', async (t) => {
  for (const line of [
    '{"key":"ada","set":"s","bins":{}}',
    '{"key":"ada","set":"s","digest":null,"generation":null,"voidTime":null,"bins":{}}',
  ]) {
    const record = batchIn(read(line)[0]).at(0)!;
    const digest = computeDigest(Buffer.from('s'), ParticleType.STRING, Buffer.from('ada'));
    t.same(record.digest, digest);
    t.equal(record.generation, 1);
    t.equal(record.voidTime, 0);
  }
  const bare = batchIn(read(`{"digest":"${DIGEST}","set":null,"key":null,"bins":{}}`)[0]).at(0)!;
  t.equal(bare.set, '');
  t.equal(bare.key, undefined);
});

t.test('tagged sets, keys and bin names', async (t) => {
  const line =
    '{"set":{"$string":"/w=="},"key":{"$blob":"AQ=="},"bins":{"$base64:JA==":1,"$base64:/w==":2}}';
  const record = batchIn(read(line)[0]).at(0)!;
  t.same(record.setBytes, Buffer.of(0xff));
  t.same(record.key, Buffer.of(1));
  t.same(
    [...record.binList()].map((bin) => Buffer.from(bin.nameBytes).toString('hex')),
    ['24', 'ff'],
  );
  for (const key of ['{"$double":"5"}', '{"$java":"AQ=="}', '0.5', '{"$string":"/w=="}']) {
    t.equal(batchIn(read(`{"key":${key},"bins":{}}`)[0]).length, 1);
  }
  const odd = batchIn(read('{"key":{"$java":"AQ=="},"bins":{}}')[0]).at(0)!;
  t.strictSame(odd.key, new TypedBytes(ParticleType.JAVA_BLOB, Buffer.of(1)));
});

t.test('blank lines are passed over, but counted', async (t) => {
  const reader = new NdjsonReader({ namespace: 'test' });
  for (const line of ['', '  ', '\r', '{"key":1,"bins":{}}\r']) reader.push(line);
  t.strictSame(reader.info, { lines: 4, records: 1, globals: 0 });
  t.throws(() => reader.push('x'), { code: 'FORMAT', facts: { line: 5 } });
});

t.test('records are gathered into batches', async (t) => {
  const reader = new NdjsonReader({ namespace: 'test' });
  const lengths: number[] = [];
  for (let key = 0; key < 2 * MAX_BATCH_RECORDS + 1; key++) {
    for (const chunk of reader.push(`{"key":${key},"bins":{}}`))
      lengths.push(batchIn(chunk).length);
  }
  t.same(lengths, [MAX_BATCH_RECORDS, MAX_BATCH_RECORDS]);
  t.equal(batchIn(reader.end()[0]).length, 1);
  t.same(reader.end(), []);

  const large = `{"key":1,"bins":{"a":"${'x'.repeat(MAX_BATCH_BYTES / 2)}"}}`;
  t.equal(reader.push(large).length, 0);
  t.equal(batchIn(reader.push(large)[0]).length, 2);
});

t.test('a global comes after the records before it', async (t) => {
  const [batch, index, udf, last] = read(
    '{"key":1,"bins":{}}',
    '{"index":{"name":"i","type":"numeric","bin":"a"}}',
    '{"udf":{"name":"m","content":""}}',
    '{"key":2,"bins":{}}',
  );
  t.equal(batchIn(batch).length, 1);
  t.match(index, { kind: 'index', namespace: 'test' });
  t.match(udf, { kind: 'udf' });
  t.equal(batchIn(last).at(0)?.key, 2);
});

t.test('a wrong line is an error with its number and what was expected', async (t) => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['nonsense', 'FORMAT', 'no JSON'],
    ['{"key":1,"bins":{}', 'FORMAT', 'no JSON'],
    ['[]', 'FORMAT', '[]'],
    ['5', 'FORMAT', '5'],
    ['null', 'FORMAT', 'null'],
    ['{}', 'FORMAT', '{}'],
    ['{"bins":{}}', 'FORMAT', '{'],
    ['{"key":1}', 'FORMAT', '.bins: missing'],
    ['{"key":1,"bins":[]}', 'FORMAT', '.bins: '],
    ['{"key":1,"bins":{},"ttl":5}', 'FORMAT', '.ttl: '],
    ['{"namespace":"test","key":1,"bins":{}}', 'FORMAT', '.namespace: '],
    ['{"key":1,"index":{},"bins":{}}', 'FORMAT', '.index: '],
    ['{"key":1,"bins":{"age":9007199254740993}}', 'RANGE', '.bins.age: '],
    ['{"key":1,"bins":{"l":[1,{"$blob":5}]}}', 'FORMAT', '.bins.l[1]["$blob"]: '],
    ['{"key":1,"bins":{"sixteen_letters_":1}}', 'RANGE', '.bins.sixteen_letters_: '],
    ['{"key":1,"bins":{"$name":1}}', 'FORMAT', '.bins["$name"]: '],
    ['{"key":1,"bins":{"$base64:?":1}}', 'FORMAT', '.bins["$base64:?"]: '],
    ['{"key":1,"bins":{"a":1,"$base64:YQ==":1}}', 'FORMAT', 'two bins'],
    [`{"key":1,"set":"${'s'.repeat(64)}","bins":{}}`, 'RANGE', '.set: '],
    ['{"key":1,"set":5,"bins":{}}', 'FORMAT', '.set: '],
    ['{"key":1,"digest":"AQ==","bins":{}}', 'FORMAT', '.digest: '],
    ['{"key":1,"digest":5,"bins":{}}', 'FORMAT', '.digest: '],
    ['{"key":1,"generation":65536,"bins":{}}', 'RANGE', '.generation: '],
    ['{"key":1,"generation":"1","bins":{}}', 'RANGE', '.generation: '],
    ['{"key":1,"voidTime":4294967296,"bins":{}}', 'RANGE', '.voidTime: '],
    ['{"key":true,"bins":{}}', 'FORMAT', '.key: '],
    ['{"key":[],"bins":{}}', 'FORMAT', '.key: '],
    ['{"key":{},"bins":{}}', 'FORMAT', '.key: '],
    ['{"key":{"$geojson":"{}"},"bins":{}}', 'FORMAT', '.key: '],
  ];
  for (const [line, code, start] of rows) {
    const reader = new NdjsonReader({ namespace: 'test', file: 'in' });
    reader.push('{"key":1,"bins":{}}');
    const expected = { code, facts: { line: 2, file: 'in' }, message: `in: line 2: ${start}` };
    t.throws(() => reader.push(line), expected, line);
    t.throws(() => read(line), { code, facts: { line: 1, file: undefined } });
  }
});

t.test('too many bins are refused', async (t) => {
  const bins = Array.from({ length: 65_536 }, (_, index) => `"${index}":0`).join(',');
  t.throws(() => read(`{"key":1,"bins":{${bins}}}`), { code: 'LIMIT' });
});

t.test('more bin names than are kept in mind do no harm', async (t) => {
  const bins = Array.from({ length: 5000 }, (_, index) => `"${index}":${index}`).join(',');
  const record = batchIn(read(`{"key":1,"bins":{${bins}}}`)[0]).at(0)!;
  t.equal(record.bins.size, 5000);
  t.equal(record.bins.get('4999')?.value, 4999);
});

t.test('a line that is too long is refused', async (t) => {
  t.throws(() => read(' '.repeat(MAX_LINE_LENGTH + 1)), { code: 'LIMIT', facts: { line: 1 } });
});

t.test('a stage that failed, and a line that was cut, are no success', async (t) => {
  const reader = new NdjsonReader({ namespace: 'test' });
  t.throws(() => reader.push(failureLine('no node answered'), true), {
    code: 'TRUNCATED',
    message: 'an earlier stage failed: no node answered',
  });
  t.throws(() => reader.push('{"key":1,"bi', true), { code: 'TRUNCATED', facts: { line: 2 } });
  t.throws(() => reader.push(`{"key":1,"bi${failureLine('reset')}`, true), {
    code: 'TRUNCATED',
    message: 'an earlier stage failed: reset',
  });
  t.doesNotThrow(() => reader.push('{"key":1,"bins":{}}', true));
});

t.test('a namespace that no server takes is refused', async (t) => {
  t.throws(() => new NdjsonReader({ namespace: 'n'.repeat(32) }), { code: 'RANGE' });
});
