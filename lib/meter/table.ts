import type { StageFigures } from './figures.ts';
import { type Limit, limitWords, spanOf } from './limit.ts';

const MIB = 1024 * 1024;

const HEADS = ['stage', 'items', 'MiB in', 'MiB out', 'MiB/s', 'busy', 'waiting', 'held', 'share'];

/**
 * Figures as a table for people, a stage a line, below a line of heads; and the limiting stage in the last line.
 *
 * - `items`: records, of a stage that takes or gives them; else chunks.
 * - `MiB/s`: of what it took (a source: gave), for each second of `elapsed`.
 * - `busy`, `waiting`, `held`: of the time that the row took.
 * - `share`: of all the time for which any stage was busy.
 *
 * @param elapsed milliseconds that all of it took
 * @param limit as `limitOf` finds it
 */
export const tableOf = (
  stages: readonly StageFigures[],
  elapsed: number,
  limit: Limit | undefined,
): string[] => {
  const span = spanOf(stages);
  const work = stages.reduce((sum, { busy }) => sum + busy, 0);
  const rows = stages.map((stage) => {
    const { name, itemsIn, itemsOut, bytesIn, bytesOut, busy, waiting, held } = stage;
    return [
      name,
      count(Math.max(itemsIn, itemsOut)),
      bytesIn > 0 ? mib(bytesIn) : '',
      bytesOut > 0 ? mib(bytesOut) : '',
      elapsed > 0 ? mib((throughputOf(stage) / elapsed) * 1000) : '',
      ...[busy, waiting, held].map((part) => percent(part, span)),
      percent(busy, work),
    ];
  });
  const widths = HEADS.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]!.length)),
  );
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join('  ');
  return [lineOf(HEADS), ...rows.map(lineOf), ...(limit === undefined ? [] : [limitLine(limit)])];
};

/** What limits in one line. */
export const limitLine = (limit: Limit): string => {
  const { what, why } = limitWords(limit);
  return `${what}: ${why}`;
};

/** Bytes that a stage took; of a source, those that it gave. */
export const throughputOf = ({ bytesIn, bytesOut }: StageFigures): number =>
  bytesIn > 0 ? bytesIn : bytesOut;

const mib = (bytes: number): string => count(bytes / MIB, bytes < 100 * MIB ? 1 : 0);

/** `1,234,567.8`; by hand, since Intl takes longer to start than a small backup does. */
const count = (value: number, digits = 0): string =>
  value.toFixed(digits).replaceAll(/\B(?=(?:\d{3})+(?!\d))(?<!\.\d*)/g, ',');

const percent = (part: number, whole: number): string =>
  whole > 0 ? `${Math.round((part / whole) * 100)}%` : '';
