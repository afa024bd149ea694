/**
 * Question: what do `asb compress` and `asb decompress` take beside the `zstd` command, at the same
 * level and with as many threads? Whole processes, in turn, from a file to nowhere.
 */
import { rmSync, statSync } from 'node:fs';
import type { Measured } from './job.ts';
import { ASB, makeText, runCommand } from './process.ts';
import { inTurn, type Section } from './table.ts';

const LEVELS = [1, 3, 9];
const THREADS = [1, 2];

/** @param records that the text holds which is compressed */
export const benchCompression = async (
  records: number,
  repeats: number,
  place: string,
): Promise<Section[]> => {
  const text = await makeText(records, place);
  const frames = `${place}/bench.zst`;
  const bytes = statSync(text).size;
  const measure = (input: string, command: readonly string[]) => async (): Promise<Measured> => ({
    ...(await runCommand(command, 0, { input })),
    bytes,
  });
  const sections: Section[] = [];
  for (const level of LEVELS) {
    for (const threads of THREADS) {
      const theirs = ['zstd', '-q', `-${level}`, `-T${threads}`, '-c'];
      const ours = [...ASB, 'compress', '--level', `${level}`, '--concurrency', `${threads}`];
      const rows = await inTurn(
        [
          [`zstd -${level} -T${threads}`, measure(text, theirs)],
          [`asb compress --level ${level} --concurrency ${threads}`, measure(text, ours)],
        ],
        repeats,
      );
      sections.push({ title: `Compression, level ${level}`, rows, by: 'bytes' });
    }
  }
  await runCommand([...ASB, 'compress'], 0, { input: text, output: frames });
  const rows = await inTurn(
    [
      ['zstd -d', measure(frames, ['zstd', '-q', '-d', '-c'])],
      ['asb decompress', measure(frames, [...ASB, 'decompress'])],
    ],
    repeats,
  );
  for (const file of [text, frames, `${place}/bench.ndjson`]) rmSync(file);
  return [...sections, { title: 'Decompression', rows, by: 'bytes' }];
};
