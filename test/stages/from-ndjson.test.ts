import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { failureLine } from '../../lib/ndjson/failure.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import { type FromNdjsonOptions, fromNdjson } from '../../lib/stages/from-ndjson.ts';
import { toNdjson } from '../../lib/stages/to-ndjson.ts';

/** Feeds the chunks one by one and gives what comes out. */
const read = async (
  chunks: Iterable<Uint8Array>,
  options: Partial<FromNdjsonOptions> = {},
): Promise<RecordChunk[]> => {
  const found: RecordChunk[] = [];
  await pipeline(
    Readable.from(chunks, { objectMode: true }),
    fromNdjson({ namespace: 'test', ...options }),
    async (source: AsyncIterable<RecordChunk>) => {
      for await (const chunk of source) found.push(chunk);
    },
  );
  return found;
};

const shown = (chunks: readonly RecordChunk[]): unknown[] =>
  chunks.flatMap((chunk) =>
    chunk.kind === 'records'
      ? [...chunk].map((record) => record.bins.get('a')?.value)
      : [chunk.name],
  );

const INPUT = Buffer.from(
  '{"udf":{"name":"é","content":""}}\n{"key":1,"bins":{"a":"😀"}}\n\n{"key":2,"bins":{"a":"€"}}',
);
const EXPECTED = ['é', '😀', '€'];

t.test('lines become chunks, wherever the bytes are cut', async (t) => {
  for (let at = 0; at <= INPUT.length; at++) {
    t.strictSame(shown(await read([INPUT.subarray(0, at), INPUT.subarray(at)])), EXPECTED);
  }
  t.strictSame(shown(await read(Array.from(INPUT, (byte) => Buffer.of(byte)))), EXPECTED);
  t.strictSame(shown(await read([Buffer.concat([INPUT, Buffer.from('\n')])])), EXPECTED);
  t.strictSame(await read([]), []);
});

t.test('it counts', async (t) => {
  const stage = fromNdjson({ namespace: 'test' });
  await pipeline(Readable.from([INPUT]), stage.resume());
  t.strictSame(stage.info, { lines: 4, records: 2, globals: 1 });
});

t.test('what went out as NDJSON comes in as it was', async (t) => {
  const chunks = await read([INPUT]);
  const pieces: Buffer[] = await Readable.from(chunks).pipe(toNdjson()).toArray();
  const again = await read(pieces);
  t.strictSame(shown(again), EXPECTED);
  t.match(again[0], { kind: 'udf' });
});

t.test('what is wrong ends the stage with the line it is in', async (t) => {
  const good = '{"key":1,"bins":{}}\n';
  const rows: readonly (readonly [string | Buffer, string, number])[] = [
    [`${good}nonsense\n${good}`, 'FORMAT', 2],
    [`${good}{"key":1,"bins":{"a":1e300}}\n`, 'RANGE', 2],
    [`${good}{"key":1,"bi`, 'TRUNCATED', 2],
    [good + failureLine('no node answered'), 'TRUNCATED', 2],
    [Buffer.from(`${good}\n{"key":"ü","bins":{}}\n`, 'latin1'), 'FORMAT', 3],
    [Buffer.concat([Buffer.from(`${good}{"key":"`), Buffer.of(0xf0, 0x9f)]), 'TRUNCATED', 2],
    [`${good}{"key":"${'x'.repeat(2000)}`, 'LIMIT', 2],
  ];
  for (const [input, code, line] of rows) {
    const bytes = Buffer.from(input);
    const expected = { code, facts: { line } };
    const inFile = { code, facts: { line, file: 'in' } };
    await t.rejects(read([bytes], { maxLineLength: 1000, file: 'in' }), inFile, `${code} ${line}`);
    const cut = Array.from(bytes, (byte) => Buffer.of(byte));
    await t.rejects(read(cut, { maxLineLength: 1000 }), expected, `${code} ${line}, by bytes`);
  }
});

t.test('a reader that stalls stalls the writer', async (t) => {
  const stage = fromNdjson({ namespace: 'test' });
  const lines = Buffer.from('{"key":1,"bins":{}}\n'.repeat(2000));
  let accepted = 0;
  while (stage.write(lines) && accepted < 1000) accepted++;
  t.ok(accepted < 1000, 'it asks to wait');
  stage.destroy();
});
