/** What `inspect` found: as tables with bars for people, and as JSON for programs. */
import type { Inspection } from '../jobs/inspect.ts';
import type { TypeCount } from '../record/census.ts';
import { type BinProfile, EXPIRY_RANGES, type SetProfile } from '../select/profile.ts';
import { bar, percent } from './bar.ts';
import { countOf, formatBytes, formatCount } from './format.ts';
import { printable } from './report.ts';
import { countsByName, jsonName, nameOf } from './verify-report.ts';

/** Sets that are shown, and how many of them with their bins; JSON has all. */
const SETS_SHOWN = 50;
const SETS_WITH_BINS = 10;
const BINS_SHOWN = 50;

/** Longest name in a table, in characters. */
const NAME_SHOWN = 32;

/** Narrowest and widest bar, in characters. */
const NARROWEST = 8;
const WIDEST = 40;

/** What a set's profile counts records by, in its order. */
const EXPIRY_NAMES = [...EXPIRY_RANGES.map(({ name }) => name), 'never'] as const;

/** Where a report is of. */
export interface InspectedBackup {
  readonly namespace: string | undefined;
  readonly files: number;
  /** Bytes that were read, as they are stored. */
  readonly bytes: number;
}

/** Cells to the left, numbers to the right, a share as a bar, and what there is to add. */
interface Row {
  readonly cells: readonly string[];
  readonly share: number;
  readonly note?: string;
}

/** Rows under a heading, in columns that fit. */
const table = (heading: readonly string[], rows: readonly Row[], columns: number): string[] => {
  const lines = [heading, ...rows.map(({ cells }) => cells)];
  const widths = heading.map((_, index) =>
    Math.max(...lines.map((cells) => String(cells[index]).length)),
  );
  const notes = Math.max(0, ...rows.map(({ note = '' }) => note.length));
  const taken = widths.reduce((sum, width) => sum + width + 2, 0) + 6 + 2 + notes;
  const width = Math.min(WIDEST, Math.max(NARROWEST, columns - taken));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!)))
      .join('  ');
  return [
    line(heading),
    ...rows.map(({ cells, share, note = '' }) =>
      `${line(cells)}  ${percent(share).padStart(5)} ${bar(share, width).padEnd(width)}  ${note}`.trimEnd(),
    ),
  ];
};

const setName = ({ name }: SetProfile): string =>
  name.length === 0 ? '(no set)' : shortened(printable(name.toString()));

/** A name that would push its column too far to the right. */
const shortened = (name: string): string =>
  name.length > NAME_SHOWN ? `${name.slice(0, NAME_SHOWN - 1)}…` : name;

/** `integer`; where there are several, how many of each: `integer 12, string 3`. */
const typesText = (types: readonly TypeCount[]): string =>
  types.length === 1
    ? nameOf(types[0]!.type)
    : types.map(({ type, count }) => `${nameOf(type)} ${formatCount(count)}`).join(', ');

const meanOf = (bytes: number, records: number): string => formatBytes(Math.round(bytes / records));

const setsTable = (sets: readonly SetProfile[], columns: number): string[] => {
  const total = sets.reduce((sum, { bytes }) => sum + bytes, 0);
  const rows = sets.slice(0, SETS_SHOWN).map(
    (set): Row => ({
      cells: [
        setName(set),
        formatCount(set.records),
        formatBytes(set.bytes),
        meanOf(set.bytes, set.records),
        formatBytes(set.largest),
      ],
      share: set.bytes / total,
    }),
  );
  return table(['set', 'records', 'bytes', 'mean', 'largest'], rows, columns);
};

const binRow = ({ name, records, bytes, largest, types }: BinProfile, whole: number): Row => ({
  cells: [
    shortened(printable(name.toString())),
    formatCount(records),
    formatBytes(bytes),
    meanOf(bytes, records),
    formatBytes(largest),
  ],
  share: bytes / whole,
  note: typesText(types),
});

const setLines = (set: SetProfile, columns: number): string[] => {
  const { records, bytes, bins, userKeys } = set;
  const keyed = userKeys.reduce((sum, { count }) => sum + count, 0);
  const beside = bytes - bins.reduce((sum, bin) => sum + bin.bytes, 0);
  const keys = [
    ...userKeys.map(({ type, count }) => `${nameOf(type)} ${formatCount(count)}`),
    ...(keyed < records ? [`not stored ${formatCount(records - keyed)}`] : []),
  ];
  const expiry = EXPIRY_NAMES.flatMap((name, index) => {
    const count = set.expiry[index]!;
    return count === 0 ? [] : [{ cells: [name, formatCount(count)], share: count / records }];
  });
  return [
    '',
    `set ${setName(set)}: ${countOf(records, 'record')}, ${formatBytes(bytes)}`,
    `user keys: ${keys.join(', ')}`,
    `largest record: ${formatBytes(set.largest)}, digest ${set.largestDigest.toString('hex')}`,
    '',
    ...table(
      ['bin', 'records', 'bytes', 'mean', 'largest'],
      [
        ...bins.slice(0, BINS_SHOWN).map((bin) => binRow(bin, bytes)),
        {
          cells: [
            '(beside the bins)',
            formatCount(records),
            formatBytes(beside),
            meanOf(beside, records),
          ],
          share: beside / bytes,
          note: 'names, keys, digests',
        },
      ],
      columns,
    ),
    ...more(bins.length - BINS_SHOWN, 'bin'),
    '',
    ...table(['expires', 'records'], expiry, columns),
  ];
};

/** What is not shown is told. */
const more = (count: number, one: string): string[] =>
  count > 0 ? [`(and ${countOf(count, `more ${one}`)}: --json has all)`] : [];

/**
 * The report in lines for people.
 * @param columns width of the terminal
 */
export const inspectLines = (
  { records, profile, indexes, udfs }: Inspection,
  { namespace, files, bytes }: InspectedBackup,
  columns: number,
): string[] => {
  const { sets, uncountedBins, uncountedRecords } = profile;
  const head = [
    `namespace ${printable(namespace ?? 'unknown')}: ${countOf(records, 'record')}`,
    countOf(indexes.length, 'secondary index', 'secondary indexes'),
    `${countOf(udfs.length, 'UDF module')} in ${countOf(files, 'file')} of ${formatBytes(bytes)}`,
  ];
  return [
    head.join(', '),
    ...(sets.length > 0 ? ['', ...setsTable(sets, columns)] : []),
    ...more(sets.length - SETS_SHOWN, 'set'),
    ...(uncountedRecords > 0
      ? [`(and ${countOf(uncountedRecords, 'record')} of more sets than are told apart)`]
      : []),
    ...sets.slice(0, SETS_WITH_BINS).flatMap((set) => setLines(set, columns)),
    ...(sets.length > SETS_WITH_BINS
      ? [
          '',
          `(the bins of the ${SETS_WITH_BINS} largest sets; --set tells of others, --json of all)`,
        ]
      : []),
    ...(uncountedBins > 0
      ? [`(${countOf(uncountedBins, 'bin')} of more names than are told apart)`]
      : []),
    '',
    'Bytes are those of records as they travel: not compressed, and not in base64.',
  ];
};

const binJson = ({ name, records, bytes, largest, types }: BinProfile) => ({
  bin: jsonName(name),
  records,
  bytes,
  largest,
  types: countsByName(types),
});

const setJson = (set: SetProfile) => ({
  set: jsonName(set.name),
  records: set.records,
  bytes: set.bytes,
  largest: set.largest,
  largestDigest: set.largestDigest.toString('base64'),
  userKeys: countsByName(set.userKeys),
  expiry: Object.fromEntries(EXPIRY_NAMES.map((name, index) => [name, set.expiry[index]])),
  bins: set.bins.map(binJson),
});

/** The report as one line of JSON. */
export const inspectJson = (
  { records, profile, indexes, udfs }: Inspection,
  backup: InspectedBackup,
): string =>
  JSON.stringify({
    ...backup,
    records,
    indexes,
    udfs: udfs.map(({ name, content }) => ({ name, bytes: content.length })),
    sets: profile.sets.map(setJson),
    uncountedRecords: profile.uncountedRecords,
    uncountedBins: profile.uncountedBins,
  });
