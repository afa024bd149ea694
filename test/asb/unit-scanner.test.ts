import fc from 'fast-check';
import t from 'tap';
import { MAX_BASE64_LENGTH } from '../../lib/asb/grammar.ts';
import { UnitScanner } from '../../lib/asb/unit-scanner.ts';
import { MAX_DOUBLE_LENGTH } from '../../lib/record/text/read-double.ts';
import { GLOBALS, HEADER, RECORDS, splits, TEXT, UNIT_ENDS, UNITS } from '../helpers/asb-text.ts';

const COUNTS = { records: RECORDS.length, globals: GLOBALS.length };

/** Offsets behind units that pushing `chunks` reports. */
const unitEnds = (scanner: UnitScanner, chunks: Iterable<Buffer>): number[] => {
  const ends = [];
  let offset = 0;
  for (const chunk of chunks) {
    const end = scanner.push(chunk);
    if (end > 0) ends.push(offset + end);
    offset += chunk.length;
  }
  return ends;
};

t.test('finds the last unit of a chunk, at every split', async (t) => {
  for (const [at, chunks] of [...splits(TEXT)].entries()) {
    const scanner = new UnitScanner();
    const ends = unitEnds(scanner, chunks);
    scanner.end();
    const bytewise = chunks.length > 2;
    // The end of the header shows only with the first byte behind it.
    const known = UNIT_ENDS.filter((end) => end <= at && (end > HEADER.length || end < at));
    const want = bytewise ? UNIT_ENDS.slice(1) : [...known.slice(-1), TEXT.length];
    t.same([...new Set(ends)], [...new Set(want)], `cut at ${at}`);
    t.match(scanner, { ...COUNTS, offset: TEXT.length, atUnitEnd: true });
    t.match(scanner.header, { version: '3.1', escapedNamespace: 'test', bytes: HEADER });
  }
});

t.test('any cutting at all gives the same', async () => {
  const cuts = fc.array(fc.nat(TEXT.length), { maxLength: 20 });
  fc.assert(
    fc.property(cuts, (at) => {
      const edges = [0, ...at.sort((a, b) => a - b), TEXT.length];
      const chunks = edges.slice(1).map((end, index) => TEXT.subarray(edges[index], end));
      const scanner = new UnitScanner();
      const ends = unitEnds(scanner, chunks);
      scanner.end();
      return ends.every((end) => UNIT_ENDS.includes(end)) && scanner.records === RECORDS.length;
    }),
  );
});

t.test('stops at the first unit that ends at a given offset or behind', async (t) => {
  for (let stop = 0; stop <= TEXT.length; stop++) {
    const end = UNIT_ENDS.find((end) => end >= stop)!;
    const scanner = new UnitScanner();
    t.equal(scanner.push(TEXT, stop), end);
    t.equal(scanner.offset, end);
    // And goes on from there.
    scanner.push(TEXT.subarray(end));
    scanner.end();
  }
});

t.test('begins behind a header that is known', async (t) => {
  const first = new UnitScanner();
  first.push(TEXT);
  const scanner = new UnitScanner(first.header);
  t.equal(scanner.atUnitEnd, true);
  t.equal(scanner.push(RECORDS[0]!), RECORDS[0]!.length);
});

t.test('an end in the middle of a unit is an error, at every offset', async (t) => {
  const ends = new Set(UNIT_ENDS);
  ends.add('Version 3.1\n'.length).add('Version 3.1\n# namespace test\n'.length);
  for (let at = 0; at <= TEXT.length; at++) {
    const scanner = new UnitScanner();
    scanner.push(TEXT.subarray(0, at));
    if (ends.has(at)) scanner.end();
    else t.throws(() => scanner.end(), { code: 'TRUNCATED', facts: { offset: at } });
  }
});

t.test('counts the lines of an editor, in payloads too', async (t) => {
  const scanner = new UnitScanner();
  const lines = TEXT.toString('latin1').split('\n').length;
  scanner.push(TEXT);
  t.throws(() => scanner.push(Buffer.from('x')), {
    code: 'FORMAT',
    facts: { line: lines, offset: TEXT.length, expected: 'one of + * !' },
  });
});

t.test('an upset byte never crashes and never makes it lose count', async () => {
  fc.assert(
    fc.property(fc.nat(TEXT.length - 1), fc.nat(255), (at, byte) => {
      const bytes = Buffer.from(TEXT);
      bytes[at] = byte;
      const scanner = new UnitScanner();
      try {
        scanner.push(bytes);
        scanner.end();
      } catch (error) {
        return error instanceof Error && 'code' in error && error.code !== undefined;
      }
      return scanner.offset === TEXT.length;
    }),
    { numRuns: 500 },
  );
});

const NAME_31 = 'n'.repeat(31);
const RECORD = String(RECORDS[0]);
const record = (bin: string): string => `${RECORD.replace('+ b 0\n', '+ b 1\n')}${bin}`;

for (const [what, item] of [
  [
    'a namespace of 31 bytes, escapes not counted',
    `* i ${NAME_31.replaceAll('n', '\\n')} s i N 1 b N\n`,
  ],
  ['a bin without a name, as of a single-bin namespace', record('- I  5\n')],
  ['words for numbers that are none', record('- D d -nan\n')],
  ['a double of absctl', record(`- D d 1${'0'.repeat(300)}\n`)],
] as const) {
  t.test(`takes ${what}`, async () => {
    const scanner = new UnitScanner();
    scanner.push(HEADER);
    scanner.push(Buffer.from(item));
    scanner.end();
  });
}

t.test('in version 3.0 a backslash is a byte like others, and globals are unknown', async (t) => {
  const text = Buffer.from(`Version 3.0\n${record('- I a\\ 5\n')}`);
  const scanner = new UnitScanner();
  t.equal(scanner.push(text), text.length);
  t.throws(() => scanner.push(GLOBALS[0]!), { code: 'FORMAT' });
});

// The byte that is wrong stands behind the ^.
const refused: readonly (readonly [string, string])[] = [
  ['no space behind +', '+^k I 1\n'],
  ['an unknown field', '+ ^z 1\n'],
  ['a field that comes too early', '+ ^d AAAA'],
  ['an unknown key type', '+ k ^Q 1\n'],
  ['an integer without digits', '+ k I -^\n'],
  ['an integer with two signs', '+ k I -^-1\n'],
  ['an integer of 20 digits', '+ k I 1234567890123456789^0\n'],
  ['a double without text', '+ k D ^\n'],
  ['an endless double', `+ k D ${'1'.repeat(MAX_DOUBLE_LENGTH)}^1`],
  ['a payload without a size', '+ k S ^x\n'],
  ['a payload of more than all messages', '+ k S 20132659^3 x'],
  ['a payload longer than its size', '+ k S 1 a^b\n'],
  ['base64 of no whole group', '+ k B 5^ AAAAA\n'],
  ['a mark that is none', '+ k B^? 1 x\n'],
  ['an empty namespace', '+ n ^\n'],
  ['a namespace of 32 bytes', `+ n ${NAME_31}^n\n`],
  ['a digest that is too short', '+ n test\n+ d AA==^\n'],
  ['a digest that is no base64', '+ n test\n+ d ^****'],
  ['a digest of 21 bytes', `+ n test\n+ d ${'A'.repeat(27)}^A\n`],
  ['a generation beyond 16 bits', RECORD.replace('65535', '6553^6')],
  ['a void time beyond 32 bits', RECORD.replace('4294967295', '429496729^6')],
  ['a number that does not end', RECORD.replace('65535', `${'0'.repeat(19)}^0`)],
  ['no bins where there should be', record('^+ k')],
  ['an unknown bin type', record('- ^Q b 1\n')],
  ['a boolean that is none', record('- Z b ^X\n')],
  ['a bin name of 16 bytes', record(`- I ${'b'.repeat(15)}^b 1\n`)],
  ['a bin name of 15 bytes and a newline', record(`- I ${'b'.repeat(15)}\\^\n 1\n`)],
  ['an unknown global', '* ^x test\n'],
  ['an index of two bins', '* i test s i N ^2 a N b N\n'],
  ['an index of an unknown collection', '* i test s i ^X 1 a N\n'],
  ['an index of an unknown type', '* i test s i N 1 a ^X\n'],
  ['a context that is no base64', '* i test s i N 1 a N ^*\n'],
  ['something behind an index', '* i test s i N 1 a N^x\n'],
  ['an expression that is missing', '* e test s i N 1  N ^\n'],
  ['an endless expression', `* e test s i N 1  N ${'A'.repeat(MAX_BASE64_LENGTH)}^A`],
  ['a UDF module in another language', '* u ^P m 1 x\n'],
  ['a bang that is no failure', '! ^oops'],
];
for (const [what, item] of refused) {
  t.test(`refuses ${what}, at every split`, async (t) => {
    const offset = item.indexOf('^');
    const bytes = Buffer.from(item.replace('^', ''));
    const line = `${HEADER}${item.slice(0, offset)}`.split('\n').length;
    for (const chunks of bytes.length > 1000 ? [[bytes]] : splits(bytes)) {
      const scanner = new UnitScanner();
      scanner.push(HEADER);
      const push = () => {
        for (const chunk of chunks) scanner.push(chunk);
      };
      const facts = { offset: HEADER.length + offset, line, expected: /./ };
      t.throws(push, { code: 'FORMAT', facts });
    }
  });
}

t.test('says what a large data type is', async (t) => {
  const scanner = new UnitScanner();
  scanner.push(HEADER);
  t.throws(() => scanner.push(Buffer.from(record('- U b'))), { code: 'FORMAT', message: /LDT/ });
});

t.test('no input at all is cut off', async (t) => {
  t.throws(() => new UnitScanner().end(), { code: 'TRUNCATED', facts: { offset: 0 } });
  t.equal(UNITS.length, 1 + COUNTS.records + COUNTS.globals);
});
