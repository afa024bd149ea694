/** What `verify` found: as a table for people, and as JSON for programs. */
import { isUtf8 } from 'node:buffer';
import { AsbError, messageOf } from '../errors.ts';
import type { VerifiedFile } from '../jobs/verified-file.ts';
import type { VerifiedNamespace, VerifiedPlace, VerifyReport } from '../jobs/verify.ts';
import type { TypeCount } from '../record/census.ts';
import { PARTICLE_NAMES } from '../record/particle.ts';
import { formatBytes, formatCount } from './format.ts';
import { printable } from './report.ts';

/** What is counted, how often, and what there is to add. */
type Row = readonly [what: string, count: string, note?: string];

/** Rows in columns: names to the left, numbers to the right. */
const columns = (rows: readonly Row[], indent = ''): string[] => {
  const nameWidth = Math.max(...rows.map(([what]) => what.length));
  const countWidth = Math.max(...rows.map(([, count]) => count.length));
  return rows.map(([what, count, note]) => {
    const cells = [what.padEnd(nameWidth), count.padStart(countWidth), ...(note ? [note] : [])];
    return `${indent}${cells.join('  ')}`;
  });
};

const section = (title: string, rows: readonly Row[]): string[] => [
  '',
  title,
  ...columns(rows, '  '),
];

/** A particle type's name; its number if nobody knows it. */
export const nameOf = (type: number): string => PARTICLE_NAMES.get(type) ?? `particle type ${type}`;

const typeRows = (counts: readonly TypeCount[]): Row[] =>
  counts.map(({ type, count }): Row => [nameOf(type), formatCount(count)]);

const namespaceLines = ({ namespace, census }: VerifiedNamespace): string[] => {
  const keyed = census.userKeys.reduce((total, { count }) => total + count, 0);
  const other = census.inUncountedSets;
  const sets = census.sets.map(({ name, records }): Row => {
    const shown = name.length === 0 ? '(no set)' : printable(name.toString());
    return [shown, formatCount(records)];
  });
  if (census.records === 0) return [];
  return [
    ...section(`records by set, namespace ${printable(namespace)}`, [
      ...sets,
      ...(other > 0 ? [['(more sets)', formatCount(other)] as const] : []),
    ]),
    ...section('bins by type', census.bins.length > 0 ? typeRows(census.bins) : [['(none)', '0']]),
    ...section('user keys by type', [
      ...typeRows(census.userKeys),
      ['(not stored)', formatCount(census.records - keyed)],
    ]),
  ];
};

/** Who says what the files of a place must be. */
const placeRows = ({ location, manifests }: VerifiedPlace): Row[] => {
  if (manifests.length === 0) {
    const note = 'a missing file, or one cut exactly between two records, is not noticed';
    return [[printable(location), 'none', note]];
  }
  return manifests.map(({ location, complete, tool, begun, ended }): Row => {
    // 1970: it was made of a backup that does not say when it was begun.
    const begin = begun.getTime() === 0 ? 'a begin nobody knows' : begun.toISOString();
    const when = `${begin} to ${ended.toISOString()}`;
    const state = complete ? 'complete' : 'incomplete';
    return [printable(location), state, `${printable(tool)}, ${when}`];
  });
};

const sumOf = (report: VerifyReport, of: (namespace: VerifiedNamespace) => number): number =>
  report.namespaces.reduce((total, namespace) => total + of(namespace), 0);

/** The report in lines for people. */
export const tableLines = (report: VerifyReport): string[] => {
  const damaged = report.files.filter(({ failure }) => failure !== undefined).length;
  const never = sumOf(report, ({ census }) => census.neverExpire);
  const summary: Row[] = [
    ['files', formatCount(report.files.length), `${formatBytes(report.bytes)} as stored`],
    ['damaged', formatCount(damaged)],
    ['versions', report.versions.join(', ') || 'none', `${formatBytes(report.textBytes)} of text`],
    [
      'namespaces',
      formatCount(report.namespaces.length),
      report.namespaces.map(({ namespace }) => printable(namespace)).join(', '),
    ],
    ['records', formatCount(report.records)],
    ['  expired', formatCount(report.expired), 'a restore leaves them out'],
    ['  never expire', formatCount(never)],
    ['secondary indexes', formatCount(report.indexes)],
    ['UDF modules', formatCount(report.udfs)],
  ];
  const places = report.places.flatMap(placeRows);
  return [
    ...columns(summary),
    ...(places.length > 0 ? section('manifests', places) : []),
    ...report.namespaces.flatMap(namespaceLines),
  ];
};

/** A name as JSON: text, or what is no UTF-8 as in NDJSON. */
export const jsonName = (name: Buffer): string | { readonly $string: string } =>
  isUtf8(name) ? name.toString() : { $string: name.toString('base64') };

/** How many of each type, by its name, as JSON has it. */
export const countsByName = (counts: readonly TypeCount[]): Record<string, number> =>
  Object.fromEntries(counts.map(({ type, count }) => [nameOf(type), count]));

const failureJson = (failure: Error) => {
  const { code, facts = {} } = failure instanceof AsbError ? failure : {};
  const { cause: _, ...known } = facts;
  return { code, message: messageOf(failure), ...known };
};

const fileJson = ({ failure, ...facts }: VerifiedFile) =>
  failure === undefined ? facts : { ...facts, failure: failureJson(failure) };

const namespaceJson = ({ namespace, census }: VerifiedNamespace) => ({
  namespace,
  records: census.records,
  expired: census.expired,
  neverExpire: census.neverExpire,
  sets: census.sets.map(({ name, records }) => ({ set: jsonName(name), records })),
  inUncountedSets: census.inUncountedSets,
  bins: countsByName(census.bins),
  userKeys: countsByName(census.userKeys),
});

/** The report as one line of JSON. */
export const reportJson = (report: VerifyReport): string =>
  JSON.stringify({
    ...report,
    files: report.files.map(fileJson),
    namespaces: report.namespaces.map(namespaceJson),
    failures: report.failures.map(failureJson),
  });
