import type { AdviseOptions } from '../../bench/advise.ts';
import type { BenchInputOptions } from '../../bench/bench.ts';
import { BENCH_STAGES, type BenchStage } from '../../bench/chain.ts';
import { BIN_TYPES, type DataOptions, type GeneratedBin } from '../../bench/data-options.ts';
import { AsbError } from '../../errors.ts';
import { benchSettings, otherSettings } from '../bench-settings.ts';
import type { Command } from '../command.ts';
import { countOf, formatBytes } from '../format.ts';
import type { Given } from '../given.ts';
import { nearest } from '../nearest.ts';
import { namesOf, type Option } from '../option.ts';
import {
  advise,
  bins,
  binTypes,
  blobSize,
  dataOptions,
  directory,
  input,
  json,
  keyType,
  memory,
  records,
  repeats,
  seconds,
  seed,
  sets,
  settingOptions,
  stringSize,
  vs,
} from '../options/bench.ts';
import { verbose } from '../options/common.ts';
import { MIB } from '../options/files.ts';
import { maxAsyncDownloads, s3Of, s3WritingOptions } from '../options/s3.ts';
import type { Shell } from '../shell.ts';
import { WIPE } from '../words.ts';

/** The word that makes one chain of the stages behind it. */
const PIPELINE = 'pipeline';

const STANDARD_INPUT = '-';

const OF_S3: readonly Option<unknown>[] = [
  settingOptions.minPartSize,
  settingOptions.maxAsyncUploads,
];

export const benchCommand: Command = {
  name: 'bench',
  heading: 'Beside these',
  summary: 'Measure stages, compare settings, find the best ones for some data',
  description:
    'Measures stages, each by itself, or behind the word pipeline as one chain, on records in memory:\n' +
    'generated ones, which are always the same, or those of a backup. What a stage takes is made before\n' +
    'the clock starts, and what it gives is checked once and then thrown away; --vs compares two\n' +
    'settings in turn, and --advise finds the best.',
  options: [
    ...dataOptions,
    input,
    memory,
    ...Object.values(settingOptions).filter((option) => !OF_S3.includes(option)),
    directory,
    repeats,
    vs,
    advise,
    seconds,
    json,
    ...s3WritingOptions,
    maxAsyncDownloads,
    verbose,
  ],
  operands: {
    name: 'STAGE',
    describe: `${BENCH_STAGES.join(', ')}; or ${PIPELINE} and a chain of them`,
    min: 0,
    words: [PIPELINE, ...BENCH_STAGES],
  },
  examples: [
    ['asb bench serialize parse compress', 'Three stages, each by itself'],
    [
      "asb bench compress --input out/test_00000.asb --vs '--level 1'",
      'Level 3 against level 1, on a file',
    ],
    ['asb bench pipeline serialize compress rotate -d out', 'A chain to a disk, with its syncs'],
    ['asb bench parse --bin-types blob --blob-size 65536 --json', 'Large blobs, for programs'],
    ['asb cat out | asb bench --advise --input -', 'Which settings are best for a backup'],
  ],
  async run(given, shell) {
    if (given.value(advise)) await runAdvise(given, shell);
    else await runBench(given, shell);
  },
};

const runBench = async (given: Given, shell: Shell): Promise<void> => {
  given.needs(seconds, advise);
  const chains = chainsOf(given.operands);
  const settings = benchSettings(given, chains);
  const words = given.value(vs);
  const other = words === undefined ? undefined : otherSettings(words, chains);
  const options = await inputOf(given, shell);
  const { bench } = await import('../../bench/bench.ts');
  const report = await bench({
    ...options,
    chains,
    settings,
    vs: other,
    repeats: given.value(repeats),
    onRun: ({ stages, run, runs }) => {
      const what = `measuring ${stages.join(' ')}`;
      tellStep(shell, `${what}, run ${run} of ${runs}`, run === 1 ? what : undefined);
    },
  }).finally(() => wipe(shell));
  tellCut(shell, report.input);
  const { benchLines } = await import('../bench-report.ts');
  await print(given, shell, report, () => benchLines(report, other));
};

const runAdvise = async (given: Given, shell: Shell): Promise<void> => {
  const notForThat = [vs, repeats, ...Object.values(settingOptions)].find((option) =>
    given.isTyped(option),
  );
  const [stage] = given.operands;
  if (notForThat !== undefined || stage !== undefined) {
    const what = notForThat === undefined ? stage : namesOf(notForThat);
    throw new AsbError('USAGE', `${what} has no meaning with ${namesOf(advise)}, which tries them`);
  }
  const options: AdviseOptions = {
    ...(await inputOf(given, shell)),
    seconds: given.value(seconds),
    onQuestion: (what) => {
      const step = `trying ${QUESTIONS[what]}`;
      tellStep(shell, step, step);
    },
  };
  const { adviseSettings } = await import('../../bench/advise.ts');
  const advice = await adviseSettings(options).finally(() => wipe(shell));
  tellCut(shell, advice.input);
  const { adviceLines } = await import('../advice-report.ts');
  await print(given, shell, advice, () => adviceLines(advice));
};

const QUESTIONS = {
  place: 'how fast the place is',
  levels: 'levels',
  frameSizes: 'sizes of frames',
  concurrencies: 'frames at a time',
  uploads: 'sizes of parts, and parts at a time',
} as const;

/** @throws AsbError `USAGE` for none, and for words that are no stages */
const chainsOf = (words: readonly string[]): readonly (readonly BenchStage[])[] => {
  const isChain = words[0] === PIPELINE;
  const stages = (isChain ? words.slice(1) : words).map(stageOf);
  if (stages.length > 0) return isChain ? [stages] : stages.map((stage) => [stage]);
  const expected = BENCH_STAGES.join(', ');
  throw new AsbError('USAGE', `a stage is needed, or ${namesOf(advise)}: ${expected}`, {
    expected,
  });
};

const stageOf = (word: string): BenchStage => {
  const stage = BENCH_STAGES.find((known) => known === word);
  if (stage !== undefined) return stage;
  const expected = nearest(word, BENCH_STAGES) ?? BENCH_STAGES.join(', ');
  throw new AsbError('USAGE', `there is no stage "${word}"; expected ${expected}`, { expected });
};

const inputOf = async (given: Given, shell: Shell): Promise<BenchInputOptions> => {
  const from = given.value(input);
  const place = given.value(directory);
  const notForThat = dataOptions.find((option) => from !== undefined && given.isTyped(option));
  if (notForThat !== undefined) given.exclusive(input, notForThat);
  const s3 = s3Of(given, shell, [from, place]);
  const size = given.value(memory);
  return {
    ...(from === undefined ? { data: dataOf(given) } : { input: await opened(from, shell, s3) }),
    ...(size === undefined ? {} : { memory: size * MIB }),
    ...(place === undefined ? {} : { directory: place }),
    s3,
    signal: shell.signal,
  };
};

const opened = async (path: string, shell: Shell, s3: ReturnType<typeof s3Of>) => {
  if (path === STANDARD_INPUT) return shell.input('text');
  const { backupFiles } = await import('../../storage/homes.ts');
  const { cat } = await import('../../stages/cat.ts');
  return cat(await backupFiles(path, s3));
};

const dataOf = (given: Given): DataOptions => {
  const count = given.value(bins);
  const key = given.value(keyType);
  return {
    records: given.value(records),
    ...(count === undefined ? {} : { bins: count }),
    ...(given.has(binTypes) ? { binTypes: given.value(binTypes).map(binTypeOf) } : {}),
    stringSize: given.value(stringSize),
    blobSize: given.value(blobSize),
    ...(key === undefined ? {} : { keyType: key }),
    sets: given.value(sets),
    seed: given.value(seed),
  };
};

const binTypeOf = (word: string): GeneratedBin => {
  const type = BIN_TYPES.find((known) => known === word);
  if (type !== undefined) return type;
  const expected = nearest(word, BIN_TYPES) ?? BIN_TYPES.join(', ');
  throw new AsbError('USAGE', `${namesOf(binTypes)}: no type "${word}"; expected ${expected}`, {
    expected,
  });
};

/** Draws what is being done on a terminal; elsewhere says it, if more is to be told. */
const tellStep = (shell: Shell, drawn: string, said: string | undefined): void => {
  const { columns } = shell;
  if (columns !== undefined) shell.draw(`\r${drawn.slice(0, columns - 1)}\x1b[K`);
  else if (shell.verbose && said !== undefined) shell.say(said);
};

const wipe = (shell: Shell): void => {
  if (shell.columns !== undefined) shell.draw(WIPE);
};

const tellCut = (
  shell: Shell,
  { isCut, records: held, bytes }: { isCut: boolean; records: number; bytes: number },
): void => {
  if (!isCut) return;
  shell.say(
    `note: measured on the first ${countOf(held, 'record')}, ${formatBytes(bytes)}; there are more, ` +
      `and ${namesOf(memory)} holds more of them`,
  );
};

const print = async (
  given: Given,
  shell: Shell,
  report: object,
  lines: () => readonly string[],
): Promise<void> => {
  // Text for people may go to a terminal, as NDJSON may.
  const output = shell.output('ndjson');
  const text = given.value(json) ? [JSON.stringify(report)] : lines();
  await output.write(Buffer.from(text.map((line) => `${line}\n`).join('')));
  await output.end();
};
