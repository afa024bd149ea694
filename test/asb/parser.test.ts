import t from 'tap';
import { MAX_PAYLOAD_SIZE } from '../../lib/asb/grammar.ts';
import { type Gap, Parser, type ParserOptions } from '../../lib/asb/parser.ts';
import { Serializer } from '../../lib/asb/serializer.ts';
import type { AsbError } from '../../lib/errors.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import type { Global } from '../../lib/record/globals.ts';
import { GLOBALS, HEADER, RECORDS, splits, TEXT, UNIT_ENDS, UNITS } from '../helpers/asb-text.ts';
import { asBatches } from '../helpers/every-type.ts';

interface Parsed {
  /** Messages of records, in hex. */
  readonly records: readonly string[];
  readonly globals: readonly Global[];
}

const collect = (chunks: Iterable<RecordChunk>, into: { records: string[]; globals: Global[] }) => {
  for (const chunk of chunks) {
    if (chunk.kind !== 'records') into.globals.push(chunk);
    else {
      for (let at = 0; at < chunk.offsets.length; at += 2) {
        into.records.push(chunk.bytes.toString('hex', chunk.offsets[at], chunk.offsets[at + 1]));
      }
      chunk.release();
    }
  }
};

const parse = (
  pieces: readonly Buffer[],
  options: ParserOptions = {},
): Parsed & { parser: Parser } => {
  const parser = new Parser(options);
  const into = { records: [], globals: [] };
  for (const piece of pieces) collect(parser.push(piece), into);
  collect(parser.end(), into);
  return { ...into, parser };
};

/** What a text that is wrong is refused with, and what came before. */
const refuse = (pieces: readonly Buffer[], options: ParserOptions = {}) => {
  const parser = new Parser(options);
  const into = { records: [], globals: [] };
  try {
    for (const piece of pieces) collect(parser.push(piece), into);
    collect(parser.end(), into);
  } catch (error) {
    return { ...into, error: error as AsbError, parser };
  }
  throw new Error(`${Buffer.concat([...pieces])} was taken`);
};

const WHOLE = parse([TEXT]);

t.test('reads every letter of the format', async (t) => {
  t.equal(WHOLE.records.length, RECORDS.length);
  t.equal(WHOLE.globals.length, GLOBALS.length);
  t.match(WHOLE.parser.info, {
    header: { version: '3.1', firstFile: true },
    namespace: 'test',
    records: RECORDS.length,
    indexes: GLOBALS.length - 1,
    udfs: 1,
    gaps: 0,
    bytes: TEXT.length,
  });
});

t.test('however it is cut', async (t) => {
  const { records, globals } = WHOLE;
  for (const pieces of splits(TEXT)) {
    const parsed = parse(pieces, { reuseMemory: true });
    if (parsed.records.join() === records.join() && parsed.globals.length === globals.length)
      continue;
    t.fail(`cut behind ${pieces[0]?.length}`);
  }
});

t.test('a record becomes the message that it was', async (t) => {
  for (const compact of [false, true]) {
    const serializer = new Serializer({ namespace: 'test', compact });
    const text: Buffer[] = [];
    for (const batch of asBatches('test')) text.push(...serializer.push(batch));
    const { records } = parse([Buffer.concat(text)]);
    t.strictSame(
      records,
      asBatches('test').map(({ bytes }) => bytes.toString('hex')),
    );
  }
});

t.test('a cut anywhere is an error, or at the end of a unit what came before', async (t) => {
  const headerLines = [12, 29];
  for (let size = 0; size < TEXT.length; size++) {
    const part = TEXT.subarray(0, size);
    if (UNIT_ENDS.includes(size) || headerLines.includes(size)) {
      const units = UNIT_ENDS.filter((end) => end <= size).length - 1;
      const { records, globals } = parse([part]);
      t.equal(records.length + globals.length, Math.max(0, units));
      continue;
    }
    const { error } = refuse([part]);
    if (error.code !== 'TRUNCATED' || error.facts.offset !== size) t.fail(`${size}: ${error}`);
  }
});

t.test('what stands before a wrong byte is given out first', async (t) => {
  const wrong = Buffer.concat([...UNITS, Buffer.from('+ x \n')]);
  const { records, error } = refuse([wrong], { file: 'a.asb' });
  t.equal(records.length, RECORDS.length);
  t.match(error, {
    code: 'FORMAT',
    message: /^a\.asb: line \d+, column 3/,
    facts: { file: 'a.asb' },
  });
  const parser = new Parser();
  parser.push(wrong);
  t.throws(() => parser.push(TEXT), { code: 'FORMAT' }, 'and nothing behind it');
});

const NAMESPACELESS = Buffer.from('Version 3.1\n');
const DIGEST = 'AAECAwQFBgcICQoLDA0ODxAREhM=';
const record = (bins: readonly string[] = [], namespace = 'test'): Buffer =>
  Buffer.from(
    `+ n ${namespace}\n+ d ${DIGEST}\n+ g 1\n+ t 0\n+ b ${bins.length}\n${bins.join('')}`,
  );

t.test('what stands before the end of a text that is cut off is given out too', async (t) => {
  const large = (size: number): string => `- S a ${size} ${'x'.repeat(size)}\n`;
  // The first chunk is waited for with patience, so that records behind it are seen at the end.
  const text = Buffer.concat([HEADER, record([large(150_000), large(50_000)]), record()]);
  const cut = text.subarray(0, -1);
  const { records, error } = refuse([cut.subarray(0, 190_000), cut.subarray(190_000)]);
  t.equal(records.length, 1);
  t.match(error, { code: 'TRUNCATED', facts: { offset: cut.length } });
});

t.test('the first record says the namespace if the header does not', async (t) => {
  const pieces = [NAMESPACELESS, record(), record([], 't\\est')];
  const { records, parser } = parse(pieces);
  t.equal(records[0], records[1], 'however it is escaped');
  t.equal(parser.info.namespace, 'test');
  t.match(refuse([...pieces, record([], 'other')]).error, {
    code: 'FORMAT',
    facts: { line: 12, column: 5, expected: 'test' },
  });
});

t.test('names are unescaped, but not in version 3.0', async (t) => {
  const bins = ['- I a\\\\b 1\n'];
  const [escaped] = parse([NAMESPACELESS, record(bins)]).records;
  t.match(escaped, Buffer.from('a\\b').toString('hex'));
  const [plain] = parse([Buffer.from('Version 3.0\n# namespace test\n'), record(bins)]).records;
  t.match(plain, Buffer.from('a\\\\b').toString('hex'));
  t.match(refuse([Buffer.from('Version 3.0\n'), GLOBALS[0]!]).error, { code: 'FORMAT' });
  const odd = Buffer.from('Version 3.1\n# namespace a\\ b\n');
  t.match(refuse([odd, record([], 'a\\ b'), Buffer.from('x')]).error, {
    facts: { line: 8, column: 1 },
  });
});

t.test('a record larger than a piece of text', async (t) => {
  const payload = 'line\n'.repeat(200_000);
  const large = record([`- S s ${payload.length} ${payload}\n`]);
  const text = Buffer.concat([NAMESPACELESS, large, record(), Buffer.from('x')]);
  for (const size of [text.length, 10_000, 300_000]) {
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
      text.subarray(index * size, (index + 1) * size),
    );
    const { records, error } = refuse(pieces, { reuseMemory: true });
    t.equal(records.length, 2);
    t.match(records[0], Buffer.from(payload).toString('hex').slice(-100));
    t.match(error, {
      code: 'FORMAT',
      facts: { line: 200_013, column: 1, offset: text.length - 1 },
    });
  }
});

t.test('more records than fit at first', async (t) => {
  const small = record();
  const { records } = parse([NAMESPACELESS, Buffer.concat(Array(3000).fill(small))]);
  t.equal(records.length, 3000);
});

t.test('a size that lies takes no memory, and one beyond the limit is refused', async (t) => {
  const sized = (size: number): Buffer => Buffer.from(`Version 3.1\n* u L x ${size} `);
  t.strictSame(new Parser().push(sized(MAX_PAYLOAD_SIZE)), [], 'it may come');
  t.throws(() => new Parser().push(sized(MAX_PAYLOAD_SIZE + 1)), { code: 'FORMAT' });
  t.match(refuse([sized(MAX_PAYLOAD_SIZE)]).error, { code: 'TRUNCATED' });
  const bins = [`- S s 2000000 ${'x'.repeat(2_000_000)}\n`, `- S s ${MAX_PAYLOAD_SIZE} `];
  t.throws(() => new Parser().push(Buffer.concat([NAMESPACELESS, record(bins)])), {
    code: 'LIMIT',
  });
});

t.test('a stage that failed has said so', async (t) => {
  const said = { code: 'TRUNCATED', message: /an earlier stage failed: no space/ };
  for (const pieces of [
    [Buffer.from('! asb: no space')],
    [TEXT, Buffer.from('! asb: no space')],
    [TEXT, Buffer.from('! as'), Buffer.from('b: no space')],
    [TEXT, Buffer.from('! asb: no space\n')],
    [TEXT, Buffer.from(`! asb: no space${'!'.repeat(1000)}`)],
  ]) {
    t.match(refuse(pieces).error, said);
  }
  t.match(refuse([TEXT, Buffer.from('! asc: no space')]).error, { code: 'FORMAT' });
  t.match(refuse([TEXT, Buffer.from('! a')]).error, {
    code: 'TRUNCATED',
    message: /ends in the middle/,
  });
});

t.test('what is no .asb text', async (t) => {
  t.match(refuse([Buffer.from('{"a":1}')]).error, { code: 'FORMAT', message: /NDJSON/ });
  t.match(refuse([]).error, { code: 'TRUNCATED', message: /no input/ });
  t.match(refuse([Buffer.from('Versio'), Buffer.from('x')]).error, { code: 'FORMAT' });
});

const salvage = (pieces: readonly Buffer[]) => {
  const gaps: Gap[] = [];
  const parsed = parse(pieces, { salvage: true, onGap: (gap) => gaps.push(gap) });
  return {
    ...parsed,
    gaps: gaps.map(({ offset, length }) => [offset, length]),
    info: parsed.parser.info,
  };
};

t.test('salvages what stands around damage, however it is cut', async (t) => {
  const damaged = Buffer.from(TEXT);
  const [from, to] = [UNIT_ENDS[8]!, UNIT_ENDS[9]!]; // the second record
  damaged.write('x', damaged.indexOf('+ t', from));
  const expected = WHOLE.records.filter((_, index) => index !== 1);
  for (const pieces of splits(damaged)) {
    const { records, gaps, info } = salvage(pieces);
    if (records.join() !== expected.join()) t.fail(`cut behind ${pieces[0]?.length}`);
    t.strictSame(gaps, [[from, to - from]]);
    t.match(info, { gaps: 1, gapBytes: to - from });
  }
});

t.test('salvages behind a broken header, and up to a cut', async (t) => {
  const broken = Buffer.concat([Buffer.from('Version 9'), TEXT.subarray(9)]);
  for (const pieces of splits(broken.subarray(0, UNIT_ENDS[9]! - 3))) {
    const { records, globals, gaps } = salvage(pieces);
    t.equal(globals.length, GLOBALS.length);
    t.equal(records.length, 1);
    t.strictSame(gaps, [
      [0, HEADER.length],
      [UNIT_ENDS[8]!, UNIT_ENDS[9]! - 3 - UNIT_ENDS[8]!],
    ]);
  }
  t.match(salvage([Buffer.from('Versi')]), { records: [], gaps: [[0, 5]] });
  t.match(salvage([Buffer.from('rubbish')]), { records: [], gaps: [[0, 7]] });
});

t.test('gaps without a unit between them are one', async (t) => {
  const wrong = Buffer.from('+ n test\n+ d ?\n* i \n');
  const { gaps } = salvage([HEADER, wrong, RECORDS[0]!, wrong]);
  t.strictSame(gaps, [
    [HEADER.length, wrong.length],
    [HEADER.length + wrong.length + RECORDS[0]!.length, wrong.length],
  ]);
});

t.test('memory that was released is used again', async (t) => {
  const parser = new Parser({ reuseMemory: true });
  const memory = new Set<Buffer>();
  parser.push(HEADER);
  for (let round = 0; round < 10; round++) {
    for (const chunk of parser.push(RECORDS[0]!)) {
      if (chunk.kind !== 'records') continue;
      memory.add(chunk.bytes);
      chunk.release();
    }
  }
  t.equal(memory.size, 1);
});
