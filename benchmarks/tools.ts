/**
 * Question: what do the tools without a cluster take over reading the file? Whole processes, in turn;
 * the limit is a process of Node that reads the file and does nothing else.
 */
import { rmSync, statSync } from 'node:fs';
import type { Measured } from './job.ts';
import { ASB, jobCommand, makeText, runCommand } from './process.ts';
import { inTurn, type Section } from './table.ts';

/** @param file a backup of text; @param place for what is written */
const TOOLS: readonly (readonly [
  title: string,
  command: (file: string, place: string) => readonly string[],
])[] = [
  ['asb cat', (file) => ['cat', file]],
  ['asb verify', (file) => ['verify', file]],
  ['asb inspect', (file) => ['inspect', file]],
  ['asb filter --set', (file) => ['filter', file, '--set', 'bench', '-o', '-']],
  ['asb filter --where', (file) => ['filter', file, '--where', 'record.bins.i > 0', '-o', '-']],
  ['asb convert --to ndjson', (file) => ['convert', file, '--to', 'ndjson']],
  ['asb convert --to csv', (file) => ['convert', file, '--to', 'csv', '--bins', 'i,d,s']],
  ['asb rename-namespace', (file) => ['rename-namespace', file, '-n', 'bench,copy', '-o', '-']],
  ['asb recompress', (file, place) => ['recompress', file, '-d', `${place}/made`, '-r']],
  [
    'asb split --parts 4',
    (file, place) => ['split', file, '--parts', '4', '-d', `${place}/made`, '-r'],
  ],
  ['asb diff, of a file with itself', (file) => ['diff', file, file]],
  ['asb merge, of a file with itself', (file) => ['merge', file, file, '-o', '-']],
];

/** @param records that the file holds */
export const benchTools = async (
  records: number,
  repeats: number,
  place: string,
): Promise<Section[]> => {
  const file = await makeText(records, place);
  const bytes = statSync(file).size;
  const measure = (command: readonly string[]) => async (): Promise<Measured> => {
    const measured = await runCommand(command, records);
    rmSync(`${place}/made`, { recursive: true, force: true });
    return { ...measured, bytes };
  };
  const limit = ['read the file (the limit)', measure(jobCommand('read', place))] as const;
  const tools = TOOLS.map(
    ([title, command]) => [title, measure([...ASB, ...command(file, place)])] as const,
  );
  const rows = await inTurn([limit, ...tools], repeats);
  for (const made of [file, `${place}/bench.ndjson`]) rmSync(made);
  return [{ title: 'Tools without a cluster', rows, by: 'records' }];
};
