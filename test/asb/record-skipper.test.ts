import t from 'tap';
import { NOT_SKIPPED, RecordSkipper } from '../../lib/asb/record-skipper.ts';
import { scan } from '../helpers/agreement.ts';
import { HEADER, RECORDS } from '../helpers/asb-text.ts';

/** What follows a record, so that it is not near the end. */
const FILLING = Buffer.from('?'.repeat(600));
const DIGEST = 'AAECAwQFBgcICQoLDA0ODxAREhM=';

const record = (bins: readonly string[], { key = '', set = '' } = {}): Buffer =>
  Buffer.from(
    `${key}+ n test\n+ d ${DIGEST}\n${set}+ g 1\n+ t 0\n+ b ${bins.length}\n${bins.join('')}`,
  );

const skip = (text: Uint8Array, behind = FILLING): { end: number; lines: number } => {
  const skipper = new RecordSkipper();
  skipper.over(Buffer.concat([text, behind]));
  const end = skipper.skip(0);
  return { end, lines: skipper.lines };
};

/** So small that the scanner skips nothing. */
const pieces = function* (text: Buffer): Generator<Buffer> {
  for (let at = 0; at < text.length; at += 100) yield text.subarray(at, at + 100);
};

const linesOf = (text: Buffer): number => text.toString('latin1').split('\n').length - 1;

/** Records that must be skipped. */
const SKIPPED = [
  ...RECORDS.filter((text) => !text.includes('+ s a\\ set')),
  record([]),
  record(['- I i -9223372036854775808\n', '- D d -1.7976931348623157e+308\n', '- N \n']),
  record([`- S s 400 ${'\n'.repeat(400)}\n`, `- S s 127 ${'a'.repeat(126)}\n\n`]),
  record([`- B! b 5 a\nb\nc\n`, '- B b 4 AQID\n'], { key: '+ k I 1\n', set: '+ s people\n' }),
  record([`- I ${'i'.repeat(15)} 1\n`], { set: `+ s ${'s'.repeat(63)}\n` }),
];

for (const [index, text] of SKIPPED.entries()) {
  t.test(`skips record ${index}, and counts its lines`, async (t) => {
    t.same(skip(text), { end: text.length, lines: linesOf(text) });
  });
}

t.test('records one after the other, of one text and the next', async (t) => {
  const skipper = new RecordSkipper();
  const [first, second] = [SKIPPED[0]!, SKIPPED[1]!];
  skipper.over(Buffer.concat([first, second, FILLING]));
  t.equal(skipper.skip(0), first.length);
  t.equal(skipper.skip(first.length), first.length + second.length);
  skipper.over(Buffer.concat([second, FILLING]));
  t.equal(skipper.skip(0), second.length);
  t.equal(skipper.lines, linesOf(first) + 2 * linesOf(second));
});

/** One byte of a record in the place of another, left out, or put between. */
const changes = function* (text: Buffer): Generator<Buffer> {
  for (let at = 0; at < text.length; at++) {
    yield Buffer.concat([text.subarray(0, at), text.subarray(at + 1)]);
    for (const byte of Buffer.from(' \n\\!0-xATSU\xff', 'latin1')) {
      yield Buffer.concat([text.subarray(0, at), Buffer.of(byte), text.subarray(at + 1)]);
      yield Buffer.concat([text.subarray(0, at), Buffer.of(byte), text.subarray(at)]);
    }
  }
};

for (const [index, text] of SKIPPED.entries()) {
  t.test(
    `takes of record ${index}, however it is changed, only what the scanner takes`,
    async (t) => {
      const wrong = [...changes(text)].filter((changed) => {
        const { end, lines } = skip(changed);
        if (end === NOT_SKIPPED) return lines !== 0;
        const taken = changed.subarray(0, end);
        const { error, scanner } = scan([HEADER, ...pieces(taken)]);
        return error !== undefined || scanner.records !== 1 || lines !== linesOf(taken);
      });
      t.same(wrong.map(String), []);
    },
  );
}

for (const [what, text] of [
  ['a double as Go may write it', record([`- D d 1${'0'.repeat(300)}\n`])],
  ['an escaped name', record(['- I a\\ b 1\n'])],
  ['an integer of too many digits', record([`- I i ${'1'.repeat(20)}\n`])],
  ['a number of too many digits', record([]).subarray(0, -2)],
  ['a size of many zeros', record([`- S s ${'0'.repeat(20)}1 a\n`])],
  ['a name that is too long', record([`- I ${'i'.repeat(16)} 1\n`])],
  ['a generation that is too large', Buffer.from(String(record([])).replace('+ g 1', '+ g 65536'))],
  ['a payload over the end', record(['- S s 700 a\n'])],
  ['half a group of base64', record(['- M m 3 AQI\n'])],
  ['a letter that is none', record(['- Q q 1\n'])],
  ['a key that is no key', record([], { key: '+ k G 2 {}\n' })],
  ['a global', Buffer.from('* i test  i N 1 b N\n')],
] as const) {
  t.test(`leaves to the scanner: ${what}`, async (t) => {
    t.same(skip(text), { end: NOT_SKIPPED, lines: 0 });
  });
}

t.test('leaves to the scanner what is near the end', async (t) => {
  const [text] = SKIPPED;
  t.equal(skip(text!, Buffer.alloc(511 - text!.length)).end, NOT_SKIPPED, 'all of it');
  t.equal(skip(text!, Buffer.alloc(512)).end, text!.length);
  const bins = record(['- I a 1\n', `- S s 300 ${'s'.repeat(300)}\n`, '- I b 2\n']);
  t.equal(skip(bins, Buffer.alloc(400)).end, NOT_SKIPPED, 'the last bin');
});
