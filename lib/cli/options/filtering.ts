/** Which records, bins and globals of a backup are wanted: of commands that need no cluster. */
import { isUtf8 } from 'node:buffer';
import { readBounded } from '../../bounded-file.ts';
import { AsbError, messageOf } from '../../errors.ts';
import { MAX_GENERATION } from '../../record/layout.ts';
import type { Where } from '../../select/where.ts';
import type { FilterOptions, FilterStage } from '../../stages/filter.ts';
import { countOf } from '../format.ts';
import type { Given } from '../given.ts';
import { choice, flag, list, namesOf, type Option, text } from '../option.ts';
import { EXPIRY_FORM, parseExpiry } from './expiry.ts';
import { parsed } from './parsed.ts';
import {
  afterDigest,
  bins,
  noBins,
  noIndexes,
  noRecords,
  noTtlOnly,
  noUdfs,
  partitionList,
  sets,
} from './selection.ts';

/** Most user keys that a file may list: all of them are kept in memory. */
export const MAX_LISTED_KEYS = 1_000_000;
/** Largest such file, in bytes. */
export const MAX_KEYS_SIZE = 64 * 1024 * 1024;

const group = 'Selection:';

const KEY_FORMS = '5, ada, int:5, string:5, blob:BASE64';

export const keys = list({
  name: 'key',
  group,
  describe: `Only records with these user keys, also where they were not stored: ${KEY_FORMS}; a bare 5 is the integer and the string`,
  expected: `user keys, with commas between: ${KEY_FORMS}`,
});

export const keysFrom = text({
  name: 'keys-from',
  group,
  shown: 'PATH',
  describe: 'The same, from a file with one user key a line',
  expected: 'a file',
});

export const digests = list({
  name: 'digest',
  group,
  describe: 'Only records with these digests, in hex or base64, with commas between',
  expected: 'digests, with commas between: 40 hex digits, or 28 characters of base64',
});

export const hasBin = list({
  name: 'has-bin',
  group,
  describe: 'Only records that have one of these bins, with commas between',
  expected: 'names of bins, with commas between',
});

export const expiresBefore = parsed(
  {
    name: 'expires-before',
    group,
    shown: 'TIME',
    describe: `Only records that expire before then: ${EXPIRY_FORM}`,
    expected: EXPIRY_FORM,
  },
  (given) => parseExpiry(given),
);

export const expiresAfter = parsed(
  {
    name: 'expires-after',
    group,
    shown: 'TIME',
    describe: 'Only records that expire then, later or never: a time in the same forms',
    expected: EXPIRY_FORM,
  },
  (given) => parseExpiry(given),
);

export const generation = text({
  name: 'generation',
  group,
  shown: 'N|N-N|N-',
  describe: 'Only records of this generation, or from the first to the second, or from there on',
  expected: `a generation, 0 to ${MAX_GENERATION}, or a range: 3, 2-5, 2-`,
  pattern: /^\d{1,5}(?:-(?:\d{1,5})?)?$/,
});

export const where = text({
  name: 'where',
  group,
  shown: 'EXPRESSION',
  describe:
    'Only records of which this JavaScript is true: record.bins.age > 30. It is code, run as it is. ' +
    'record has set, key, digest, generation, ttl (seconds), expiresAt, voidTime, partition and bins',
  expected: 'a JavaScript expression',
});

export const whereErrors = choice({
  name: 'where-errors',
  group,
  describe:
    'What becomes of a record on which --where fails: fail ends it all (default), skip leaves it out',
  words: ['fail', 'skip'],
});

export const invert = flag({
  name: 'invert',
  group,
  describe: 'All other records instead: those that do not meet all that is said of records',
});

export const dropBins = list({
  name: 'drop-bins',
  group,
  describe: 'Without these bins, with commas between',
  expected: 'names of bins, with commas between',
});

/** Which records. */
export const recordOptions: readonly Option<unknown>[] = [
  sets,
  keys,
  keysFrom,
  digests,
  partitionList,
  afterDigest,
  hasBin,
  expiresBefore,
  expiresAfter,
  noTtlOnly,
  generation,
  where,
  whereErrors,
  invert,
];

/** Which bins of them. */
export const binOptions: readonly Option<unknown>[] = [bins, dropBins, noBins];

/** And what beside records. */
export const partOptions: readonly Option<unknown>[] = [noRecords, noIndexes, noUdfs];

/** What the command line says is wanted. */
export interface Wanted {
  readonly filter: FilterOptions;
  /** The expression, if there is one: it counts what it has left out. */
  readonly where: Where | undefined;
}

/**
 * What the command line says is wanted, of a command that has {@link recordOptions}, and perhaps the
 * others.
 *
 * @throws AsbError `USAGE` for what has no meaning, or excludes each other; `STORAGE` for a file of
 *   user keys that cannot be read, `FORMAT` if it is not in UTF-8; `LIMIT` for a very long expression
 */
export const wantedOf = async (given: Given): Promise<Wanted> => {
  for (const [one, other] of [
    [bins, noBins],
    [bins, dropBins],
    [dropBins, noBins],
    [partitionList, afterDigest],
  ] as const) {
    given.exclusive(one, other);
  }
  given.needs(whereErrors, where);
  const expression = await whereOf(given);
  return {
    where: expression,
    filter: {
      ...(await namedRecordsOf(given)),
      ...timesOf(given),
      ...binsOf(given),
      ...(expression === undefined ? {} : { where: expression.test }),
      ...(given.has(sets) ? { sets: given.value(sets) } : {}),
      ...(given.has(hasBin) ? { hasBins: given.value(hasBin) } : {}),
      invert: given.value(invert),
      noRecords: given.value(noRecords),
      noIndexes: given.value(noIndexes),
      noUdfs: given.value(noUdfs),
    },
  };
};

const whereOf = async (given: Given): Promise<Where | undefined> => {
  const expression = given.value(where);
  if (expression === undefined) return undefined;
  const { compileWhere } = await import('../../select/where.ts');
  return compileWhere(expression, { errors: given.value(whereErrors) ?? 'fail' });
};

/** Records that are named one by one, or by their partitions. */
const namedRecordsOf = async (given: Given): Promise<FilterOptions> => {
  const { parseDigest, parseKey } = await import('../../select/record-names.ts');
  const path = given.value(keysFrom);
  const listed = path === undefined ? [] : await linesOf(path);
  return {
    ...(given.has(keys) || path !== undefined
      ? { keys: [...given.value(keys), ...listed].flatMap(parseKey) }
      : {}),
    ...(given.has(digests) ? { digests: given.value(digests).map(parseDigest) } : {}),
    ...(given.value(partitionList) ?? given.value(afterDigest)),
  };
};

const linesOf = async (path: string): Promise<string[]> => {
  const content = await readBounded(path, MAX_KEYS_SIZE).catch((cause: unknown) => {
    throw new AsbError('STORAGE', `${namesOf(keysFrom)}: ${messageOf(cause)}`, {
      file: path,
      cause,
    });
  });
  if (content === undefined) throw tooMany(path, `more than ${MAX_KEYS_SIZE} bytes`);
  const lines = textOf(content, path)
    .split(/\r?\n/)
    .filter((line) => line !== '');
  if (lines.length <= MAX_LISTED_KEYS) return lines;
  throw tooMany(path, `${lines.length} user keys; ${MAX_LISTED_KEYS} is the limit`);
};

const tooMany = (file: string, what: string): AsbError =>
  new AsbError('LIMIT', `${namesOf(keysFrom)}: ${file} has ${what}; filter in several runs`, {
    file,
  });

/** Without the mark that some editors begin a text with: it would be a part of the first key. */
const textOf = (content: Uint8Array, path: string): string => {
  if (isUtf8(content)) return new TextDecoder().decode(content);
  const what = `${namesOf(keysFrom)}: ${path} is no text in UTF-8; other keys are blob:BASE64`;
  throw new AsbError('FORMAT', what, { file: path, expected: 'UTF-8' });
};

const timesOf = (given: Given): FilterOptions => {
  const before = given.value(expiresBefore);
  const after = given.value(expiresAfter);
  return {
    ...(before === undefined ? {} : { expiresBefore: before }),
    ...(after === undefined ? {} : { expiresAfter: after }),
    neverExpires: given.value(noTtlOnly),
    ...generationsOf(given.value(generation)),
  };
};

const generationsOf = (range: string | undefined): FilterOptions => {
  if (range === undefined) return {};
  const [first, last = first] = range.split('-');
  const lowest = Number(first);
  const highest = last === '' ? MAX_GENERATION : Number(last);
  if (lowest > Math.min(highest, MAX_GENERATION)) {
    const expected = `${MAX_GENERATION} at most, the lowest first`;
    throw new AsbError(
      'USAGE',
      `${namesOf(generation)}: no generation is ${range}; expected ${expected}`,
      { expected },
    );
  }
  return { generations: { lowest, highest } };
};

const binsOf = (given: Given): FilterOptions => ({
  ...(given.has(bins) ? { bins: given.value(bins) } : {}),
  ...(given.has(dropBins) ? { dropBins: given.value(dropBins) } : {}),
  noBins: given.value(noBins),
});

/** What is said when it is over of records on which the expression failed; nothing if there are none. */
export const whereLines = ({ where }: Wanted): string[] => {
  const { skipped = 0, firstError } = where?.info ?? {};
  if (firstError === undefined) return [];
  return [
    `warning: left out ${countOf(skipped, 'record')} on which the expression fails; the first: ` +
      firstError.message,
  ];
};

/** What is said of bins that were named and that no record has: who mistypes a name keeps nothing, or all. */
export const missingBinLines = ({ info, missingBins }: FilterStage): string[] =>
  info.kept === 0 ? [] : missingBinWords(missingBins().map((name) => Buffer.from(name).toString()));

/** @param names of bins that no record has */
export const missingBinWords = (names: readonly string[]): string[] =>
  names.length === 0
    ? []
    : [`warning: no record has a bin ${names.map((name) => `"${name}"`).join(' or ')}`];
