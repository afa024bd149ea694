/** .asb text in which every letter of the format stands once, by units. */

export const HEADER = Buffer.from('Version 3.1\n# namespace test\n# first-file\n');
export const NEXT_HEADER = Buffer.from('Version 3.1\n# namespace test\n');

const DIGEST = 'AAECAwQFBgcICQoLDA0ODxAREhM=';
const tail = (bins: readonly string[], set = '+ s people\n'): string =>
  `+ n test\n+ d ${DIGEST}\n${set}+ g 65535\n+ t 4294967295\n+ b ${bins.length}\n${bins.join('')}`;

export const GLOBALS = [
  '* i test people by\\ age N 1 age N\n',
  '* i test  no-set L 1 tags S\n',
  '* i test people keys K 1 map G\n',
  '* i test people values V 1 map B khAA\n',
  '* i test people whole S 1  E\n',
  '* e test people expr N 1  N kxUB\n',
  '* u L my\\ mod.lua 13 -- a\n+ k I 1\n\n',
].map((text) => Buffer.from(text));

const BLOBS = [...'BJCPRHEYMLV'];
export const RECORDS = [
  `+ k I -9223372036854775808\n${tail([])}`,
  `+ k D 1e+300\n${tail(['- N nil\n', '- Z yes T\n', '- Z no F\n'], '')}`,
  `+ k S 7 a b\nc\\d\n${tail(['- I int 42\n', '- I min -1\n', '- D d -0\n', '- D inf -inf\n'])}`,
  `+ k B 4 AQID\n${tail(['- S s 0 \n', '- S t 12 + k I\n* i x\n\n', '- G geo 2 {}\n', '- X x 4 YWJj\n'])}`,
  `+ k B! 3 \n\n\n\n${tail(BLOBS.map((letter) => `- ${letter} ${letter} 8 AAECAwQF\n`))}`,
  `+ k X 8 a2V5IGE=\n${tail(BLOBS.map((letter) => `- ${letter}! ${letter} 4 \n- \n\n`))}`,
  tail([`- S long\\ name 200 ${'line\n'.repeat(40)}\n`], '+ s a\\ set\\\nof\\\\all\n'),
].map((text) => Buffer.from(text));

export const UNITS: readonly Buffer[] = [HEADER, ...GLOBALS, ...RECORDS];
export const TEXT = Buffer.concat([...UNITS]);
/** Offsets behind each unit. */
export const UNIT_ENDS: readonly number[] = UNITS.map((_, index) =>
  UNITS.slice(0, index + 1).reduce((sum, unit) => sum + unit.length, 0),
);

/** Many records, each a little different, so that zstd has something to do. */
export const manyRecords = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, index) =>
    Buffer.from(
      `+ k I ${index}\n${tail([`- I n ${(index * 2654435761) % 4294967296}\n`, `- S s 10 ${String((index * 48271) % 2147483647).padStart(10)}\n`])}`,
    ),
  );

/** All ways to cut `bytes` in two, and into single bytes. */
export const splits = function* (bytes: Buffer): Generator<readonly Buffer[]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
  yield Array.from(bytes, (byte) => Buffer.of(byte));
};
