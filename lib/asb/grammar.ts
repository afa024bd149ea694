/**
 * The grammar of .asb text as tables. An item (a global or a record) is a line of steps: a number
 * below 256 is that byte itself, the others are the {@link Step}s. A step of {@link CHOICES} reads
 * one byte and goes on with the steps that the table has for it.
 */
import { MAX_BIN_NAME_LENGTH, MAX_NAMESPACE_LENGTH, MAX_SET_LENGTH } from '../record/layout.ts';

export type Steps = readonly number[];

export const Step = {
  // Names, with `\` before SP, LF and `\`; they end before an SP or LF.
  NAMESPACE: 256,
  SET: 257,
  INDEX_SET: 258,
  BIN: 259,
  NAME: 260,
  // Decimal numbers; they end before the first byte that is no digit.
  UINT16: 261,
  UINT32: 262,
  /** How many bins follow. */
  BIN_COUNT: 263,
  /** Bytes of the payload that follows. */
  SIZE: 264,
  /** Characters of the base64 that follows. */
  SIZE_BASE64: 265,
  INTEGER: 266,
  FLOAT: 267,
  /** As many bytes as the size before said. */
  PAYLOAD: 268,
  /** The first 27 characters of a digest in base64. */
  DIGEST: 269,
  BASE64: 270,
  /** Nothing, or SP and base64: an index's CDT context. */
  CONTEXT: 271,
  /** The words of an earlier stage that failed. */
  FAILURE: 272,
  /** After a record's last line, and after each bin: the next bin, or the end of the record. */
  BINS: 273,
  END: 274,
  // Choices
  ITEM: 275,
  GLOBAL: 276,
  INDEX_COLLECTION: 277,
  INDEX_TYPE: 278,
  EXPRESSION_COLLECTION: 279,
  EXPRESSION_TYPE: 280,
  FIRST_FIELD: 281,
  KEY: 282,
  BLOB_KEY: 283,
  AFTER_DIGEST: 284,
  BIN_TYPE: 285,
  BOOLEAN: 286,
  BLOB_BIN: 287,
} as const;

const line = (text: TemplateStringsArray, ...steps: readonly number[]): Steps =>
  text.flatMap((bytes, index) => [...Buffer.from(bytes), ...steps.slice(index, index + 1)]);

const { NAMESPACE, SET, INDEX_SET, BIN, NAME, UINT16, UINT32, BIN_COUNT, SIZE } = Step;
const { SIZE_BASE64, INTEGER, FLOAT, PAYLOAD, DIGEST, BASE64, CONTEXT, BINS, END } = Step;

const FROM_GENERATION = line` ${UINT16}\n+ t ${UINT32}\n+ b ${BIN_COUNT}\n${BINS}`;
const FROM_NAMESPACE = line` ${NAMESPACE}\n+ d ${DIGEST}=\n+ ${Step.AFTER_DIGEST}`;
const AFTER_KEY = [...line`\n+ n`, ...FROM_NAMESPACE];

const BLOB = line`${Step.BLOB_BIN}`;
const STRING = line` ${BIN} ${SIZE} ${PAYLOAD}\n${BINS}`;
const STRING_BASE64 = line` ${BIN} ${SIZE_BASE64} ${PAYLOAD}\n${BINS}`;
const AFTER_COLLECTION = line` 1 ${BIN} ${Step.INDEX_TYPE}`;
const AFTER_EXPRESSION_COLLECTION = line` 1 ${BIN} ${Step.EXPRESSION_TYPE}`;
const AFTER_TYPE = line`${CONTEXT}\n${END}`;
const EXPRESSION = line` ${BASE64}\n${END}`;

/** What each letter of a choice goes on with; in the order of the choices' numbers. */
const GRAMMAR = new Map<number, Readonly<Record<string, Steps>>>([
  [
    Step.ITEM,
    {
      '+': line` ${Step.FIRST_FIELD}`,
      '*': line` ${Step.GLOBAL}`,
      '!': line` asb: ${Step.FAILURE}`,
    },
  ],
  [
    Step.GLOBAL,
    {
      i: line` ${NAMESPACE} ${INDEX_SET} ${NAME} ${Step.INDEX_COLLECTION}`,
      e: line` ${NAMESPACE} ${INDEX_SET} ${NAME} ${Step.EXPRESSION_COLLECTION}`,
      u: line` L ${NAME} ${SIZE} ${PAYLOAD}\n${END}`,
    },
  ],
  // N: a bin's value, L: list elements, K and V: map keys and values, S: a set's records (3.3).
  [
    Step.INDEX_COLLECTION,
    {
      N: AFTER_COLLECTION,
      L: AFTER_COLLECTION,
      K: AFTER_COLLECTION,
      V: AFTER_COLLECTION,
      S: AFTER_COLLECTION,
    },
  ],
  // Numeric, string, geo2dsphere, blob; E: none, of a set index (3.3).
  [Step.INDEX_TYPE, { N: AFTER_TYPE, S: AFTER_TYPE, G: AFTER_TYPE, B: AFTER_TYPE, E: AFTER_TYPE }],
  [
    Step.EXPRESSION_COLLECTION,
    {
      N: AFTER_EXPRESSION_COLLECTION,
      L: AFTER_EXPRESSION_COLLECTION,
      K: AFTER_EXPRESSION_COLLECTION,
      V: AFTER_EXPRESSION_COLLECTION,
    },
  ],
  [Step.EXPRESSION_TYPE, { N: EXPRESSION, S: EXPRESSION, G: EXPRESSION, B: EXPRESSION }],
  [Step.FIRST_FIELD, { k: line` ${Step.KEY}`, n: FROM_NAMESPACE }],
  // Letter X is a string in base64; old tools wrote it.
  [
    Step.KEY,
    {
      I: [...line` ${INTEGER}`, ...AFTER_KEY],
      D: [...line` ${FLOAT}`, ...AFTER_KEY],
      S: [...line` ${SIZE} ${PAYLOAD}`, ...AFTER_KEY],
      B: line`${Step.BLOB_KEY}`,
      X: [...line` ${SIZE_BASE64} ${PAYLOAD}`, ...AFTER_KEY],
    },
  ],
  [
    Step.BLOB_KEY,
    {
      ' ': [...line`${SIZE_BASE64} ${PAYLOAD}`, ...AFTER_KEY],
      '!': [...line` ${SIZE} ${PAYLOAD}`, ...AFTER_KEY],
    },
  ],
  [Step.AFTER_DIGEST, { s: [...line` ${SET}\n+ g`, ...FROM_GENERATION], g: FROM_GENERATION }],
  [
    Step.BIN_TYPE,
    {
      N: line` ${BIN}\n${BINS}`,
      Z: line` ${BIN} ${Step.BOOLEAN}`,
      I: line` ${BIN} ${INTEGER}\n${BINS}`,
      D: line` ${BIN} ${FLOAT}\n${BINS}`,
      S: STRING,
      G: STRING,
      X: STRING_BASE64,
      // Blobs: plain, Java, C#, Python, Ruby, PHP, Erlang; HLL, map, list; V: vector, ours.
      B: BLOB,
      J: BLOB,
      C: BLOB,
      P: BLOB,
      R: BLOB,
      H: BLOB,
      E: BLOB,
      Y: BLOB,
      M: BLOB,
      L: BLOB,
      V: BLOB,
    },
  ],
  [Step.BOOLEAN, { T: line`\n${BINS}`, F: line`\n${BINS}` }],
  [Step.BLOB_BIN, { ' ': STRING_BASE64.slice(1), '!': STRING }],
]);

export const FIRST_CHOICE = Step.ITEM;

/** By step less `FIRST_CHOICE`, then by byte: the steps to go on with. */
export const CHOICES: readonly (readonly (Steps | undefined)[])[] = Array.from(
  GRAMMAR.values(),
  (letters) => Array.from({ length: 256 }, (_, byte) => letters[String.fromCharCode(byte)]),
);

/** Where every item begins, and every bin. */
export const ITEM_STEPS: Steps = line`${Step.ITEM}`;
export const BIN_STEPS: Steps = line`- ${Step.BIN_TYPE}`;
/** What goes on after the SP of a CDT context. */
export const CONTEXT_STEPS: Steps = line`${BASE64}\n${END}`;

/** Largest payload (a value or a UDF module), in bytes: the server's largest message in base64. */
export const MAX_PAYLOAD_SIZE = 192 * 1024 * 1024;
/** Largest unit, in bytes: it is held in memory until it is whole. A payload, and what is around it. */
export const MAX_UNIT_SIZE = MAX_PAYLOAD_SIZE + 1024 * 1024;
/** Longest name of an index or UDF module, in bytes. */
export const MAX_NAME_LENGTH = 1000;
/** Longest CDT context or expression, in characters of base64. */
export const MAX_BASE64_LENGTH = 1024 * 1024;
/** Characters of a digest before the `=` that ends it. */
export const DIGEST_LENGTH = 27;

/** By step: the fewest and most bytes of a name, or the largest number. */
export const LEAST: Readonly<Record<number, number>> = { [NAMESPACE]: 1, [SET]: 1, [NAME]: 1 };
export const MOST: Readonly<Record<number, number>> = {
  [NAMESPACE]: MAX_NAMESPACE_LENGTH,
  [SET]: MAX_SET_LENGTH,
  [INDEX_SET]: MAX_SET_LENGTH,
  [BIN]: MAX_BIN_NAME_LENGTH,
  [NAME]: MAX_NAME_LENGTH,
  [UINT16]: 65_535,
  [UINT32]: 4_294_967_295,
  [BIN_COUNT]: 65_535,
  [SIZE]: MAX_PAYLOAD_SIZE,
  [SIZE_BASE64]: MAX_PAYLOAD_SIZE,
};

const EXPECTED: Readonly<Record<number, string>> = {
  [NAMESPACE]: 'a namespace of 1 to 31 bytes',
  [SET]: 'a set name of 1 to 63 bytes',
  [INDEX_SET]: 'a set name of at most 63 bytes',
  [BIN]: 'a bin name of at most 15 bytes',
  [NAME]: `a name of 1 to ${MAX_NAME_LENGTH} bytes`,
  [UINT16]: 'a generation, 0 to 65535',
  [UINT32]: 'a void time, 0 to 4294967295',
  [BIN_COUNT]: 'a number of bins, 0 to 65535',
  [SIZE]: `a size in bytes, at most ${MAX_PAYLOAD_SIZE}`,
  [SIZE_BASE64]: `a number of base64 characters, a multiple of 4, at most ${MAX_PAYLOAD_SIZE}`,
  [INTEGER]: 'an integer',
  [FLOAT]: 'a double',
  [DIGEST]: 'a digest: 20 bytes in base64',
  [BASE64]: 'base64',
  [CONTEXT]: 'base64',
};

/** What a step takes, for messages. */
export const expectedAt = (step: number): string => {
  const choice = GRAMMAR.get(step);
  if (choice !== undefined) return `one of ${Object.keys(choice).join(' ')}`;
  return EXPECTED[step] ?? JSON.stringify(String.fromCharCode(step));
};
