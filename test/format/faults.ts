/**
 * Everything that may be wrong in .asb text, one fault at a time. The text stops being right at
 * the byte behind `^`; a number out of its range, and a name that is too long, are wrong from where
 * they begin.
 */
import { MAX_BASE64_LENGTH, MAX_NAME_LENGTH, MAX_PAYLOAD_SIZE } from '../../lib/asb/grammar.ts';

const DIGEST = 'AAECAwQFBgcICQoLDA0ODxAREhM=';
const HEADER = 'Version 3.1\n# namespace test\n';
const HEAD = `+ n test\n+ d ${DIGEST}\n+ s set\n+ g 1\n+ t 0\n`;

export interface Fault {
  readonly what: string;
  /** The text; `^` marks the place, and is no part of it. */
  readonly text: string;
}

type Row = readonly [what: string, text: string];

const under = (head: string, tail: string, rows: readonly Row[]): Fault[] =>
  rows.map(([what, text]) => ({ what, text: `${head}${text}${tail}` }));

const long = (size: number): string => 'x'.repeat(size);

const headers = under('', '', [
  ['another word for Version', '^version 3.1\n'],
  ['something before Version', '^ Version 3.1\n'],
  ['a byte order mark', '^\u00ef\u00bb\u00bfVersion 3.1\n'],
  ['a carriage return', '^Version 3.1\r\n'],
  ['a version before 3.0', '^Version 2.9\n'],
  ['a version after 3.3', '^Version 3.4\n'],
  ['a version of two digits', '^Version 3.10\n'],
  ['no version', '^Version \n'],
  ['a space behind the version', '^Version 3.1 \n'],
  ['an unknown meta word', 'Version 3.1\n^# comment\n'],
  ['an empty meta line', 'Version 3.1\n^# \n'],
  ['no space behind #', 'Version 3.1\n^#first-file\n'],
  ['a meta line without a namespace', 'Version 3.1\n^# namespace \n'],
  ['a namespace with a bare space', 'Version 3.1\n^# namespace a b\n'],
  ['something behind first-file', 'Version 3.1\n^# first-file \n'],
  ['a blank line', 'Version 3.1\n^\n'],
  ['a meta line after an item', `${HEADER}* i test s i N 1 b N\n^# first-file\n`],
]);

const items = under(HEADER, '', [
  ['a blank line between items', '^\n'],
  ['an unknown item', '^- I a 1\n'],
  ['a space before an item', '^ + n test\n'],
  ['no space behind +', '+^n test\n'],
  ['two spaces behind +', '+ ^ n test\n'],
  ['an unknown field', '+ ^x 1\n'],
  ['a field that comes too early', '+ ^g 1\n'],
  ['no space behind *', '*^i test s i N 1 b N\n'],
  ['an unknown global', '* ^x test s i N 1 b N\n'],
]);

const indexes = under(`${HEADER}* `, '', [
  ['no space behind i', 'i^test s i N 1 b N\n'],
  ['no namespace', 'i ^ s i N 1 b N\n'],
  ['a namespace of 32 bytes', `i ^${long(32)} s i N 1 b N\n`],
  ['a namespace and no more', 'i test^\n'],
  ['a set of 64 bytes', `i test ^${long(64)} i N 1 b N\n`],
  ['a set and no more', 'i test s^\n'],
  ['no name', 'i test s ^ N 1 b N\n'],
  ['an endless name', `i test s ^${long(MAX_NAME_LENGTH + 1)} N 1 b N\n`],
  ['a name and no more', 'i test s i^\n'],
  ['no collection', 'i test s i ^ 1 b N\n'],
  ['an unknown collection', 'i test s i ^X 1 b N\n'],
  ['a collection of two letters', 'i test s i N^N 1 b N\n'],
  ['no space behind the collection', 'i test s i N^1 b N\n'],
  ['no bins', 'i test s i N ^0 b N\n'],
  ['two bins', 'i test s i N ^2 a N b N\n'],
  ['a number of bins that is none', 'i test s i N ^x b N\n'],
  ['ten bins', 'i test s i N 1^0 b N\n'],
  ['a bin of 16 bytes', `i test s i N 1 ^${long(16)} N\n`],
  ['a bin and no more', 'i test s i N 1 b^\n'],
  ['no type', 'i test s i N 1 b ^\n'],
  ['the invalid type', 'i test s i N 1 b ^I\n'],
  ['a type of two letters', 'i test s i N 1 b N^S\n'],
  ['a space behind the type', 'i test s i N 1 b N ^\n'],
  ['a context that is no base64', 'i test s i N 1 b N ^*\n'],
  ['a context with something else in it', 'i test s i N 1 b N kh^*A\n'],
  ['an endless context', `i test s i N 1 b N ^${'A'.repeat(MAX_BASE64_LENGTH + 4)}\n`],
  ['something behind the context', 'i test s i N 1 b N khAA^ x\n'],
  ['a set index in an expression', 'e test s i ^S 1  N kxUB\n'],
  ['no type in an expression', 'e test s i N 1  ^E kxUB\n'],
  ['no expression', 'e test s i N 1  N^\n'],
  ['an empty expression', 'e test s i N 1  N ^\n'],
  ['a context and an expression', 'e test s i N 1 b N khAA^ kxUB\n'],
]);

const udfs = under(`${HEADER}* u`, '', [
  ['no space behind u', '^L m 1 x\n'],
  ['another language', ' ^P m 1 x\n'],
  ['no space behind the language', ' L^m 1 x\n'],
  ['no name', ' L ^ 1 x\n'],
  ['an endless name', ` L ^${long(MAX_NAME_LENGTH + 1)} 1 x\n`],
  ['a name and no more', ' L m^\n'],
  ['no size', ' L m ^ x\n'],
  ['a size that is none', ' L m ^x x\n'],
  ['a negative size', ' L m ^-1 x\n'],
  ['a size out of range', ` L m ^${MAX_PAYLOAD_SIZE + 1} x\n`],
  ['no space behind the size', ' L m 1^\n'],
  ['a size too small', ' L m 1 x^y\n'],
  ['a size too large by one', ' L m 2 x\n^+'],
]);

const keys = under(`${HEADER}+ k `, '', [
  ['no type', '^ 1\n'],
  ['an unknown type', '^Q 1\n'],
  ['a boolean', '^Z T\n'],
  ['no space behind the type', `I^1\n${HEAD}+ b 0\n`],
  ['a mark behind a type that has none', `S^! 1 x\n${HEAD}+ b 0\n`],
  ['no integer', `I ^\n${HEAD}+ b 0\n`],
  ['two spaces before an integer', `I ^ 1\n${HEAD}+ b 0\n`],
  ['a plus before an integer', `I ^+1\n${HEAD}+ b 0\n`],
  ['a sign alone', `I -^\n${HEAD}+ b 0\n`],
  ['two signs', `I -^-1\n${HEAD}+ b 0\n`],
  ['a fraction', `I 1^.5\n${HEAD}+ b 0\n`],
  ['a space behind an integer', `I 1^ \n${HEAD}+ b 0\n`],
  ['an integer above int64', `I 922337203685477580^8\n${HEAD}+ b 0\n`],
  ['an integer below int64', `I -922337203685477580^9\n${HEAD}+ b 0\n`],
  ['an integer far above int64', `I 999999999999999999^99\n${HEAD}+ b 0\n`],
  ['an integer of 20 digits', `I 0000000000000000000^1\n${HEAD}+ b 0\n`],
  ['no double', `D ^\n${HEAD}+ b 0\n`],
  ['an unknown word', `D ^none\n${HEAD}+ b 0\n`],
  ['an exponent without digits', `D 1e^\n${HEAD}+ b 0\n`],
  ['two points', `D 1.5^.5\n${HEAD}+ b 0\n`],
  ['a point alone', `D .^\n${HEAD}+ b 0\n`],
  ['a double out of range', `D ^1e309\n${HEAD}+ b 0\n`],
  ['no size', 'S ^ x\n'],
  ['a size that is none', 'S ^x x\n'],
  ['a negative size', 'S ^-1 x\n'],
  ['a size out of range', `S ^${MAX_PAYLOAD_SIZE + 1} x\n`],
  ['no space behind a size', 'S 1^x\n'],
  ['a payload longer than its size', 'S 1 x^y\n'],
  ['base64 that is too short', `B ^2 AQ\n${HEAD}+ b 0\n`],
  ['base64 that is none', `B 4 AQ^*=\n${HEAD}+ b 0\n`],
  ['base64 with padding in the middle', `B 8 AQ^==AQID\n${HEAD}+ b 0\n`],
  ['base64 of bits that mean nothing', `B 4 A^R==\n${HEAD}+ b 0\n`],
  ['base64 of bits that mean nothing, third', `B 4 AQ^J=\n${HEAD}+ b 0\n`],
  ['base64 of padding alone', `B 4 ^====\n${HEAD}+ b 0\n`],
  ['a key that is wrong before what follows', 'D ^x\n+ n other\n+ z'],
  ['base64 that is wrong before what follows', 'B 4 ^****\n+ n other\n+ z'],
  ['an unknown mark', 'B^? 1 x\n'],
  ['no space behind the mark', 'B!^1 x\n'],
  ['a string in base64 that is none', `X 4 ^****\n${HEAD}+ b 0\n`],
]);

const fields = under(HEADER, '', [
  ['a key and no record', '+ k I 1\n^* u L m 0 \n'],
  ['a key twice', '+ k I 1\n+ ^k I 1\n'],
  ['no namespace', '+ n ^\n'],
  ['another namespace', '+ n ^tezt\n'],
  ['a longer namespace', '+ n ^tests\n'],
  ['a shorter namespace', '+ n ^tes\n'],
  ['a space behind the namespace', '+ n test^ \n'],
  ['no digest', '+ n test\n+ ^g 1\n'],
  ['an empty digest', '+ n test\n+ d ^\n'],
  ['a digest that is too short', '+ n test\n+ d AQ^==\n+ g 1\n+ t 0\n+ b 0\n'],
  ['a digest that is no base64', '+ n test\n+ d AAECAwQFBgcICQoLDA^-ODxAREhM=\n'],
  ['a digest of 21 bytes', '+ n test\n+ d AAECAwQFBgcICQoLDA0ODxAREhM^T\n'],
  ['a digest of 19 bytes', '+ n test\n+ d AAECAwQFBgcICQoLDA0ODxAREg^==\n'],
  ['a digest of bits that mean nothing', '+ n test\n+ d AAECAwQFBgcICQoLDA0ODxAREh^N=\n'],
  ['something behind the digest', `+ n test\n+ d ${DIGEST}^=\n`],
  ['no generation', `+ n test\n+ d ${DIGEST}\n+ ^t 1\n`],
  ['an empty set', `+ n test\n+ d ${DIGEST}\n+ s ^\n`],
  ['a set of 64 bytes', `+ n test\n+ d ${DIGEST}\n+ s ^${long(64)}\n`],
  ['a set with a bare space', `+ n test\n+ d ${DIGEST}\n+ s a^ b\n`],
  ['a set twice', `+ n test\n+ d ${DIGEST}\n+ s a\n+ ^s a\n`],
]);

const numbers = under(`${HEADER}+ n test\n+ d ${DIGEST}\n+ g `, '', [
  ['an empty generation', '^\n'],
  ['a generation that is none', '^x\n'],
  ['a negative generation', '^-1\n'],
  ['a generation beyond 16 bits', '^65536\n'],
  ['a generation far beyond 16 bits', '^99999999999999999999\n'],
  ['a space behind the generation', '1^ \n'],
  ['no void time', '1\n+ ^b 0\n'],
  ['an empty void time', '1\n+ t ^\n'],
  ['a negative void time', '1\n+ t ^-1\n'],
  ['a void time beyond 32 bits', '1\n+ t ^4294967296\n'],
  ['no number of bins', '1\n+ t 0\n+ ^x\n'],
  ['an empty number of bins', '1\n+ t 0\n+ b ^\n'],
  ['a number of bins beyond 16 bits', '1\n+ t 0\n+ b ^65536\n'],
]);

const bins = under(`${HEADER}${HEAD}+ b 1\n`, '', [
  ['no bin', '^+ n test\n'],
  ['a blank line', '^\n'],
  ['no space behind -', '-^I a 1\n'],
  ['no type', '- ^ a 1\n'],
  ['an unknown type', '- ^Q a 1\n'],
  ['a large data type', '- ^U a 4 AAAA\n'],
  ['no space behind the type', '- I^a 1\n'],
  ['a mark behind a type that has none', '- S^! a 1 x\n'],
  ['an unknown mark', '- B^? a 1 x\n'],
  ['no space behind the mark', '- B!^a 1 x\n'],
  ['a name of 16 bytes', `- I ^${long(16)} 1\n`],
  ['a name and no more', '- I a^\n'],
  ['a value where there is none', '- N a^ 1\n'],
  ['no boolean', '- Z a ^\n'],
  ['a boolean in small letters', '- Z a ^t\n'],
  ['a boolean of two letters', '- Z a T^F\n'],
  ['no integer', '- I a ^\n'],
  ['an integer that is none', '- I a ^x\n'],
  ['an integer in hexadecimal', '- I a 0^x10\n'],
  ['an integer above int64', '- I a 922337203685477580^8\n'],
  ['a double as an integer', '- I a 1^e3\n'],
  ['no double', '- D a ^\n'],
  ['a double in hexadecimal', '- D a 0^x1p3\n'],
  ['a double with a large E', '- D a 1^E5\n'],
  ['a double with two signs', '- D a -^-1\n'],
  ['a double with a comma', '- D a 0^,5\n'],
  ['a word and more', '- D a ^nans\n'],
  ['a double out of range', '- D a ^-1e400\n'],
  ['a double that is nearly 0', '- D a ^1e-400\n'],
  ['no size', '- S a ^\n'],
  ['two spaces before the size', '- S a ^ 1 x\n'],
  ['no space behind the size', '- S a 1^\n'],
  ['a size out of range', `- S a ^${MAX_PAYLOAD_SIZE + 1} x\n`],
  ['a payload longer than its size', '- S a 1 x^y\n'],
  ['a payload shorter than its size', '- S a 2 x\n^+ n test\n'],
  ['a line end in place of the payload', '- S a 0 ^x\n'],
  ['base64 that is too short', '- B a ^3 AQI\n'],
  ['base64 with a line end', '- B a 8 AQID^\nAQI\n'],
  ['base64 that is none', '- M a 4 gQ^_A\n'],
  ['base64 of padding alone', '- L a 4 ^====\n'],
  ['long base64 that is none', `- B a 400 ${'A'.repeat(333)}^-${'A'.repeat(66)}\n`],
  ['raw bytes that go on', '- B! a 1 x^y\n'],
  ['one bin too many', '- I a 1\n^- I b 2\n'],
]);

const legacy = under('Version 3.0\n', '', [
  ['a space in the namespace in version 3.0', '^# namespace a\\ b\n'],
  ['a global in version 3.0', '^* i test s i N 1 b N\n'],
  [
    'a space in a name in version 3.0',
    `+ n test\n+ d ${DIGEST}\n+ g 1\n+ t 0\n+ b 1\n- I a\\ ^b 1\n`,
  ],
]);

/** Every fault, by the part of the text that it is in. */
export const FAULTS: readonly (readonly [part: string, faults: readonly Fault[]])[] = [
  ['header', headers],
  ['item', items],
  ['index', indexes],
  ['UDF', udfs],
  ['key', keys],
  ['field', fields],
  ['number', numbers],
  ['bin', bins],
  ['version 3.0', legacy],
];
