import t from 'tap';
import { Parser } from '../../lib/asb/parser.ts';
import { HEADER } from '../helpers/asb-text.ts';

const D = 'AAECAwQFBgcICQoLDA0ODxAREhM=';

/** A record from its lines; what is left out is right. */
const text = (lines: Readonly<Record<string, string>> = {}): string => {
  const {
    k = '',
    n = '+ n test\n',
    d = `+ d ${D}\n`,
    s = '',
    g = '+ g 1\n',
    t = '+ t 0\n',
    bin,
  } = lines;
  return `${k}${n}${d}${s}${g}${t}${lines.b ?? `+ b ${bin === undefined ? 0 : 1}\n`}${bin ?? ''}`;
};

/** What a wrong record is refused with: column and what was expected. */
const WRONG: readonly (readonly [
  record: string,
  line: number,
  column: number,
  expected: RegExp,
])[] = [
  ['+ x test\n', 1, 3, /k n/],
  ['+\nn test\n', 1, 2, /" "/],
  [text({ k: '+ k Q 1\n' }), 1, 5, /I D S B X/],
  [text({ k: '+ k Ix1\n' }), 1, 6, /" "/],
  [text({ k: '+ k I 1x\n' }), 1, 8, /\\n/],
  [text({ k: '+ k I \n' }), 1, 7, /integer/],
  [text({ k: '+ k I 9223372036854775808\n' }), 1, 25, /integer/],
  [text({ k: '+ k D x\n' }), 1, 7, /double/],
  [text({ k: '+ k S x\n' }), 1, 7, /size/],
  [text({ k: '+ k S 1,a\n' }), 1, 8, /" "/],
  [text({ k: '+ k S 1 ab\n' }), 1, 10, /\\n/],
  [text({ k: '+ k B 3 AQI\n' }), 1, 7, /base64/],
  [text({ k: '+ k B 4 AQ*D\n' }), 1, 11, /base64/],
  [text({ k: '+ k B!x1 a\n' }), 1, 7, /" "/],
  [text({ k: '+ k I 1\n', n: '+ d test\n' }), 2, 3, /"n"/],
  [text({ n: '+ n \n' }), 1, 5, /namespace/],
  [text({ n: `+ n ${'x'.repeat(32)}\n` }), 1, 5, /namespace/],
  [text({ n: '+ n te st\n' }), 1, 7, /\\n/],
  [text({ n: '+ n other\n' }), 1, 5, /test/],
  [text({ d: '+ e x\n' }), 2, 3, /"d"/],
  [text({ d: `+ d ${D.slice(0, 27)}A\n` }), 2, 32, /digest/],
  [text({ d: `+ d ${D.slice(0, 25)}A==\n` }), 2, 31, /digest/],
  [text({ d: `+ d ${D} \n` }), 2, 33, /\\n/],
  [text({ s: '+ s \n' }), 3, 5, /set/],
  [text({ s: `+ s ${'x'.repeat(64)}\n` }), 3, 5, /set/],
  [text({ s: '+ s a b\n' }), 3, 6, /\\n/],
  [text({ s: '+ s a\n', g: '+ s b\n' }), 4, 3, /"g"/],
  [text({ g: '+ h 1\n' }), 3, 3, /s g/],
  [text({ g: '+ g \n' }), 3, 5, /generation/],
  [text({ g: '+ g -1\n' }), 3, 5, /generation/],
  [text({ g: '+ g 65536\n' }), 3, 5, /generation/],
  [text({ g: '+ g 1 \n' }), 3, 6, /\\n/],
  [text({ t: '+ t 4294967296\n' }), 4, 5, /void time/],
  [text({ t: `+ t ${'0'.repeat(20)}\n` }), 4, 5, /void time/],
  [text({ b: '+ b 65536\n' }), 5, 5, /bins/],
  [text({ bin: '+ I a 1\n' }), 6, 1, /"-"/],
  [text({ bin: '-I a 1\n' }), 6, 2, /" "/],
  [text({ bin: '- Q a 1\n' }), 6, 3, /one of/],
  [text({ bin: '- U a 1\n' }), 6, 3, /one of/],
  [text({ bin: '- I! a 1\n' }), 6, 4, /" "/],
  [text({ bin: '- B? a 1\n' }), 6, 4, /one of/],
  [text({ bin: '- B!a 1 x\n' }), 6, 5, /" "/],
  [text({ bin: `- I ${'x'.repeat(16)} 1\n` }), 6, 5, /bin name/],
  [text({ bin: `- I ${'x'.repeat(40)} 1\n` }), 6, 5, /bin name/],
  [text({ bin: '- I a\n' }), 6, 6, /" "/],
  [text({ bin: '- N a \n' }), 6, 6, /\\n/],
  [text({ bin: '- Z a X\n' }), 6, 7, /T F/],
  [text({ bin: '- Z a TT\n' }), 6, 8, /\\n/],
  [text({ bin: '- I a 1.5\n' }), 6, 8, /\\n/],
  [text({ bin: '- D a 1,5\n' }), 6, 8, /\\n/],
  [text({ bin: '- D a \n' }), 6, 7, /double/],
  [text({ bin: '- S a 999999999999999999 x\n' }), 6, 7, /size/],
  [text({ bin: '- S a 3 abcd\n' }), 6, 12, /\\n/],
  [text({ bin: '- B a 5 AAECA\n' }), 6, 7, /multiple of 4/],
  [text({ bin: '- M a 4 A=CA\n' }), 6, 10, /base64/],
];

for (const [record, line, column, expected] of WRONG) {
  t.test(`refuses ${JSON.stringify(record.slice(0, 90))}`, async (t) => {
    const before = text({ bin: '- S two 3 a\nb\n' });
    const bytes = Buffer.concat([HEADER, Buffer.from(before + record + text())]);
    const parser = new Parser();
    parser.push(bytes);
    const lineStart =
      HEADER.length +
      before.length +
      record
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length +
      Number(line > 1);
    t.throws(() => parser.end(), {
      code: 'FORMAT',
      facts: { line: 10 + line, column, offset: lineStart + column - 1, expected },
    });
  });
}

t.test('large data types are refused by name', async (t) => {
  const parser = new Parser();
  t.throws(() => parser.push(Buffer.concat([HEADER, Buffer.from(text({ bin: '- U a 1\n' }))])), {
    message: /large data type/,
  });
});

t.test('a name of exactly the longest length is taken', async (t) => {
  const parser = new Parser();
  const longest = { s: `+ s ${'s'.repeat(63)}\n`, bin: `- I ${'\\ '.repeat(15)} 1\n` };
  const [batch] = parser.push(Buffer.concat([HEADER, Buffer.from(text(longest))]));
  if (batch?.kind !== 'records') throw new Error('no batch');
  t.equal(batch.at(0)?.set, 's'.repeat(63));
  t.strictSame([...(batch.at(0)?.bins.keys() ?? [])], [' '.repeat(15)]);
});
