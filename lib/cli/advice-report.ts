/** What `asb bench --advise` found, in plain words. */
import {
  bestOf,
  fastestOf,
  MIN_GAIN,
  secondsAt,
  smallestOf,
  type Trial,
  type Trials,
  WORTH_OF_BYTES,
} from '../bench/advice.ts';
import type { Advice } from '../bench/advise.ts';
import type { BenchSettings } from '../bench/settings.ts';
import { aligned, formatSeconds, settingWords } from './bench-report.ts';
import { countOf, formatBytes } from './format.ts';
import { MIB } from './options/files.ts';

const HEAD = ['', 'seconds', 'deviation', 'runs', 'MB/s of text', 'CPU s/GB', 'bytes', 'ratio'];

const rowsOf = ({ tried }: Trials, textBytes: number): string[][] =>
  tried.map(({ settings, seconds, cpuSeconds, bytesOut, runs }) => [
    settingWords(settings),
    formatSeconds(seconds.median),
    `±${formatSeconds(seconds.deviation)}`,
    String(runs),
    (textBytes / seconds.median / 1e6).toFixed(0),
    ((cpuSeconds / textBytes) * 1e9).toFixed(2),
    formatBytes(bytesOut),
    (textBytes / bytesOut).toFixed(2),
  ]);

/** `22 % less`, `4.1 times`, `as much`. */
export const shareWords = (ratio: number, less: string, more: string): string => {
  const percent = Math.round(Math.abs(ratio - 1) * 100);
  if (percent === 0) return 'as much';
  if (ratio >= 2) return `${ratio.toFixed(1)} times as much`;
  return ratio < 1 ? `${percent} % ${less}` : `${percent} % ${more}`;
};

/** What one takes against another: its time, for its bytes. */
const against = (one: Trial, other: Trial, rate: number | undefined): string => {
  const time = shareWords(secondsAt(one, rate) / secondsAt(other, rate), 'less', 'more');
  const bytes = shareWords(one.bytesOut / other.bytesOut, 'fewer', 'more');
  return `time: ${time}; bytes: ${bytes}`;
};

const leftOutLines = ({ leftOut }: Trials): string[] =>
  leftOut.length === 0
    ? []
    : [`not tried, for lack of time (--seconds): ${leftOut.map(settingWords).join(', ')}`];

const levelLines = ({ levels, place }: Advice): string[] => {
  const rate = place?.bytesPerSecond;
  const [preset] = levels.tried;
  const best = bestOf(levels, rate);
  const smallest = smallestOf(levels);
  const level = ({ settings }: Trial): string => `level ${settings.level}`;
  const named = (trial: Trial, what: string): string[] =>
    trial === best || trial === preset
      ? []
      : [`${level(trial)} ${what}; against ${level(best)}: ${against(trial, best, rate)}`];
  return [
    best === preset
      ? `${level(best)}, the default${levels.tried.length > 1 ? ', is best' : ONLY_ONE}`
      : `${level(best)} is best; against the default, ${level(preset)}: ${against(best, preset, rate)}`,
    ...named(fastestOf(levels), 'is fastest'),
    ...named(smallest, 'makes the fewest bytes'),
  ];
};

/** What there is to say where there was no time for anything else. */
const ONLY_ONE = ': there was no time for others';

const otherLine = (trials: Trials, what: (settings: BenchSettings) => string, rate?: number) => {
  const [preset] = trials.tried;
  const best = bestOf(trials, rate);
  if (trials.tried.length === 1) return `${what(best.settings)}, the default${ONLY_ONE}`;
  return best === preset
    ? `${what(best.settings)}, the default: no other is better by ${MIN_GAIN * 100} %`
    : `${what(best.settings)}; against the default: ${against(best, preset, rate)}`;
};

const UPLOAD_HEAD = ['', 'seconds', 'deviation', 'runs', 'MB/s'];

const uploadRow = ({ settings, seconds, bytesOut, runs }: Trial): string[] => [
  partWords(settings),
  formatSeconds(seconds.median),
  `±${formatSeconds(seconds.deviation)}`,
  String(runs),
  (bytesOut / seconds.median / 1e6).toFixed(0),
];

const partWords = (settings: BenchSettings): string =>
  settings.minPartSize === undefined ? 'parts as they are' : settingWords(settings);

const placeLines = ({ place }: Advice): string[] => {
  if (place === undefined) return [];
  const { location, bytesPerSecond, uploads } = place;
  const speed = `${location} takes ${(bytesPerSecond / 1e6).toFixed(0)} MB/s`;
  if (uploads === undefined) return [speed];
  return [
    speed,
    otherLine(uploads, partWords),
    ...leftOutLines(uploads),
    '',
    ...aligned([UPLOAD_HEAD, ...uploads.tried.map(uploadRow)]),
  ];
};

/** Command lines with the settings that were found. */
export const commandLines = ({ best, place }: Advice): string[] => {
  const { level, frameSize, concurrency, minPartSize, maxAsyncUploads } = best;
  const parts = settingWords({
    ...(minPartSize === undefined ? {} : { minPartSize }),
    ...(maxAsyncUploads === undefined ? {} : { maxAsyncUploads }),
  });
  const where = place?.location ?? 'DIRECTORY';
  const backup = `asb backup -n NAMESPACE -d ${where} -z zstd --compression-level ${level}`;
  return [
    parts === '' ? backup : `${backup} ${parts}`,
    `asb compress ${settingWords({ level, frameSize, concurrency })}`,
  ];
};

/** What was found, in lines. */
export const adviceLines = (advice: Advice): string[] => {
  const { input, levels, frameSizes, concurrencies, textBytes, processors, node, place } = advice;
  const rate = place?.bytesPerSecond;
  const frames = ({ frameSize = 0 }: BenchSettings): string => `frames of ${frameSize / MIB} MiB`;
  const atOnce = ({ concurrency = 0 }: BenchSettings): string =>
    `${countOf(concurrency, 'frame')} at a time`;
  const packing = [levels, frameSizes, concurrencies].flatMap((trials) =>
    rowsOf(trials, textBytes),
  );
  return [
    `${countOf(input.records, 'record')} ${input.source}, ${formatBytes(textBytes)} of text; ` +
      `${countOf(processors, 'processor')}, Node ${node}`,
    '',
    ...aligned([HEAD, ...packing]),
    '',
    ...levelLines(advice),
    ...leftOutLines(levels),
    otherLine(frameSizes, frames, rate),
    ...leftOutLines(frameSizes),
    otherLine(concurrencies, atOnce, rate),
    ...leftOutLines(concurrencies),
    ...placeLines(advice),
    '',
    `1 % fewer bytes are reckoned to be worth ${WORTH_OF_BYTES} % more time. On this data, on this machine:`,
    ...commandLines(advice).map((line) => `  ${line}`),
  ];
};
