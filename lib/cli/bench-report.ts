/** What `asb bench` measured, as a table for people. */
import type { BenchComparison, BenchedChain, BenchReport, BenchSide } from '../bench/report.ts';
import type { BenchSettings } from '../bench/settings.ts';
import type { Pairs, Spread } from '../bench/statistics.ts';
import { countOf, formatBytes, formatCount } from './format.ts';
import { dashed } from './option.ts';
import { settingOptions } from './options/bench.ts';
import { MIB } from './options/files.ts';

const HEAD = [
  '',
  'records/s',
  'MB/s in',
  'MB/s out',
  'out/in',
  'CPU s/GB',
  'cores',
  'peak RSS',
  'seconds',
  'min – max',
  'deviation',
] as const;

/** Rows in columns, as many in each: the first to the left, the others to the right. */
export const aligned = (rows: readonly (readonly string[])[]): string[] => {
  const widths = rows.reduce<number[]>(
    (wide, row) => row.map(({ length }, column) => Math.max(length, wide[column] ?? 0)),
    [],
  );
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!);
  return rows.map((row) => row.map(pad).join('  ').trimEnd());
};

/** Three digits that count, and no more than a clock has. */
export const formatSeconds = (seconds: number): string =>
  seconds.toFixed(seconds < 1 ? 4 : seconds < 100 ? 2 : 0);

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);

const spreadCells = ({ median, min, max, deviation }: Spread): string[] => [
  formatSeconds(median),
  `${formatSeconds(min)} – ${formatSeconds(max)}`,
  `±${formatSeconds(deviation)}`,
];

const rowOf = (name: string, side: BenchSide): string[] => [
  name,
  formatCount(side.recordsPerSecond),
  megabytes(side.bytesInPerSecond),
  megabytes(side.bytesOutPerSecond),
  (side.bytesOut / side.bytesIn).toFixed(3),
  side.cpuSecondsPerGb.toFixed(2),
  side.cores.toFixed(2),
  formatBytes(side.peakMemory),
  ...spreadCells(side.seconds),
];

/** Settings as they stand on a command line. */
export const settingWords = (settings: BenchSettings): string => {
  const { frameSize, fileLimit, minPartSize, compact, ...rest } = settings;
  const values: Readonly<Record<string, string | number | undefined>> = {
    ...rest,
    frameSize: frameSize === undefined ? undefined : frameSize / MIB,
    fileLimit: fileLimit === undefined ? undefined : fileLimit / MIB,
    minPartSize: minPartSize === undefined ? undefined : minPartSize / MIB,
  };
  const words = Object.entries(settingOptions).flatMap(([name, option]) =>
    values[name] === undefined ? [] : [`${dashed(option.name)} ${values[name]}`],
  );
  const flags = compact === undefined ? [] : [compact ? '--compact' : '--compact=false'];
  return [...words, ...flags].join(' ');
};

/** A row for each side: the first one is named by its chain, the other by what is set otherwise. */
const rowsOf = ({ stages, sides }: BenchedChain, other: BenchSettings): string[][] =>
  sides.map((side, index) =>
    rowOf(index === 0 ? stages.join(' ') : `  ${settingWords(other)}`, side),
  );

const inputLine = ({ input, repeats, processors, node }: BenchReport): string =>
  `${countOf(input.records, 'record')} ${input.source}, ${formatBytes(input.bytes)} on the wire, ` +
  `SHA-256 ${input.sha256.slice(0, 12)}…; ${countOf(repeats, 'run')} each; ` +
  `${countOf(processors, 'processor')}, Node ${node}`;

/** What there is to say of pairs. */
const WORDS = {
  more: 'more than the scatter',
  less: 'more than the scatter',
  'within the scatter': 'within the scatter: no difference that this shows',
  'too few pairs': 'too few pairs to tell',
} as const satisfies Readonly<Record<Pairs['verdict'], string>>;

const pairWords = (pairs: Pairs, what: string): string =>
  `${pairs.median.toFixed(2)}× ${what} (${countOf(pairs.ratios.length, 'pair')}, ` +
  `${pairs.min.toFixed(2)} – ${pairs.max.toFixed(2)}, ±${pairs.deviation.toFixed(2)}; ` +
  `${WORDS[pairs.verdict]})`;

const comparisonLines = (
  { stages }: BenchedChain,
  { speed, cpu, bytesOut }: BenchComparison,
  other: BenchSettings,
): string[] => [
  `${stages.join(' ')}: ${settingWords(other)} against the settings above it`,
  `  ${pairWords(speed, 'the speed')}`,
  `  ${pairWords(cpu, 'the CPU time')}`,
  `  ${bytesOut.toFixed(3)}× the bytes`,
];

/**
 * What was measured, in lines.
 * @param other what is set otherwise on the other side, if there is one
 */
export const benchLines = (report: BenchReport, other: BenchSettings = {}): string[] => {
  const { chains } = report;
  const rows = chains.flatMap((chain) => rowsOf(chain, other));
  const comparisons = chains.flatMap((chain) =>
    chain.comparison === undefined ? [] : ['', ...comparisonLines(chain, chain.comparison, other)],
  );
  return [
    inputLine(report),
    '',
    ...aligned([HEAD, ...rows]),
    ...comparisons,
    '',
    'MB and GB are 10^6 and 10^9 bytes, CPU by what goes in, records as they are on the wire; rates and',
    'cores by the median; deviation: half of the runs are nearer to the median. Peak RSS has what is held.',
  ];
};
