import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Readable } from 'node:stream';
import { type Encryption, EncryptionKey } from '../crypto/key.ts';
import { AsbError } from '../errors.ts';
import type { HomeOptions } from '../storage/homes.ts';
import { type BenchStage, type Chain, chainOf } from './chain.ts';
import type { DataOptions } from './data-options.ts';
import { type Gauge, processGauge } from './gauge.ts';
import { DEFAULT_MEMORY, type Held, holdBytes, holdGenerated } from './hold.ts';
import { BenchPlace } from './place.ts';
import {
  type BenchComparison,
  type BenchedChain,
  type BenchInput,
  type BenchReport,
  type BenchSide,
  REPORT_VERSION,
} from './report.ts';
import { type BenchSettings, inputSettingsOf, settingsFor } from './settings.ts';
import { pairsOf, spreadOf } from './statistics.ts';
import {
  check,
  checkSize,
  type Prepared,
  prepare,
  type Run,
  runOnce,
  type Subject,
  type Sum,
  type Surroundings,
  sumOf,
} from './subject.ts';

export const DEFAULT_REPEATS = 7;
export const MAX_REPEATS = 1000;

/** What is measured on, and where. */
export interface BenchInputOptions {
  /** A backup, .asb text or zstd frames of it, of which as much is held as there is memory for. */
  readonly input?: Readable | undefined;
  /** How the input is encrypted, if it is. */
  readonly encryption?: Encryption | undefined;
  /** What is generated where there is no input. */
  readonly data?: DataOptions;
  /** Bytes of records, as they are on the wire, that are held; 256 MiB if left out. */
  readonly memory?: number;
  /**
   * Where `rotate` and `upload` write: a path or `s3://bucket/prefix`, with no backup in it. All that
   * is written is removed. Left out, `rotate` has a temporary directory.
   */
  readonly directory?: string | undefined;
  /** How S3 is reached. */
  readonly s3?: HomeOptions;
  /** What is read of time and memory; those of this process if left out. */
  readonly gauge?: Gauge;
  /** Ends it; what was written is removed first. */
  readonly signal?: AbortSignal | undefined;
}

export interface BenchOptions extends BenchInputOptions {
  /** Chains of stages, each measured by itself; most often of one stage. */
  readonly chains: readonly (readonly BenchStage[])[];
  /** How the stages are set. */
  readonly settings?: BenchSettings;
  /** What is set otherwise on the other side of a comparison; no other side if left out. */
  readonly vs?: BenchSettings | undefined;
  /** How often each side is measured, 1 to 1000; 7 if left out. */
  readonly repeats?: number;
  /** Told of each run before it begins; what it takes is not measured. */
  readonly onRun?: (next: BenchProgress) => void;
}

/** How far a chain is. */
export interface BenchProgress {
  readonly stages: readonly BenchStage[];
  /** From 1; the first ones of each side check and warm up. */
  readonly run: number;
  /** Of this chain, all of them. */
  readonly runs: number;
}

/**
 * Measures stages on data that is in memory: each chain is run once and what it gives is read back
 * and held against what went in, once to warm up, and then as often as is wanted; two settings in
 * turn, so that what changes slowly counts for both.
 *
 *     const report = await bench({ chains: [['serialize', 'compress']], vs: { level: 1 } });
 *
 * @throws AsbError `USAGE` for chains that do not fit, `RANGE` for numbers; `EMPTY` for an input
 *   without records; `EXISTS` if there is a backup where it is to write; `FORMAT` if what came out is
 *   not what went in; what stages throw; the signal's reason
 */
export const bench = async (options: BenchOptions): Promise<BenchReport> => {
  const { settings = {}, vs = {}, repeats = DEFAULT_REPEATS, onRun = () => {} } = options;
  checkRepeats(repeats);
  const chains = options.chains.map(chainOf);
  const ending = chains.find(({ ends }) => ends !== undefined);
  if (options.directory === undefined && chains.some(({ ends }) => ends === 'upload')) {
    const expected = 'a directory, or s3://bucket/prefix';
    throw new AsbError('USAGE', `upload needs a place to write to: ${expected}`, { expected });
  }
  const bed = await testBed(options);
  const place =
    ending === undefined ? undefined : await BenchPlace.open(options.directory, options.s3 ?? {});
  try {
    const benched: BenchedChain[] = [];
    for (const chain of chains) {
      const ones = settingsFor(chain, settings);
      const others = settingsFor(chain, vs);
      // What changes nothing for a chain is not compared.
      const sides = Object.keys(others).length === 0 ? [ones] : [ones, { ...ones, ...others }];
      benched.push(await benchChain(bed, { chain, sides, place, repeats, onRun }));
    }
    return {
      version: REPORT_VERSION,
      node: process.versions.node,
      processors: availableParallelism(),
      input: bed.input,
      repeats,
      chains: benched,
    };
  } finally {
    await place?.close();
  }
};

const checkRepeats = (repeats: number): void => {
  if (Number.isInteger(repeats) && repeats >= 1 && repeats <= MAX_REPEATS) return;
  const expected = `a whole number from 1 to ${MAX_REPEATS}`;
  throw new AsbError('RANGE', `repeats: ${repeats}; expected ${expected}`, { expected });
};

/** Data that is held, and what all measurements on it have in common. */
export interface TestBed extends Surroundings {
  readonly held: Held;
  readonly sum: Sum;
  readonly input: BenchInput;
  readonly key: EncryptionKey;
}

/** Holds what is to be measured on. */
export const testBed = async ({
  input,
  encryption,
  data = {},
  memory = DEFAULT_MEMORY,
  gauge = processGauge,
  signal,
}: BenchInputOptions): Promise<TestBed> => {
  const around = { gauge, signal };
  const held = await (input === undefined
    ? holdGenerated(data, { memory, signal })
    : holdBytes(input, { encryption, memory, signal }));
  const sum = await sumOf(held, around);
  const { records, bytes, isCut } = held;
  return {
    ...around,
    held,
    sum,
    input: {
      source: input === undefined ? 'generated' : 'read',
      records,
      bytes,
      isCut,
      sha256: sum.sha256,
    },
    key: new EncryptionKey(randomBytes(32)),
  };
};

interface ChainOptions {
  readonly chain: Chain;
  readonly sides: readonly BenchSettings[];
  readonly place: BenchPlace | undefined;
  readonly repeats: number;
  readonly onRun: (next: BenchProgress) => void;
}

/** Runs of each side before those that count: one is checked, and one warms up. */
const RUNS_BEFORE = 2;

const benchChain = async (
  bed: TestBed,
  { chain, sides, place, repeats, onRun }: ChainOptions,
): Promise<BenchedChain> => {
  const stages = chain.links.map(({ stage }) => stage);
  const all = sides.length * (RUNS_BEFORE + repeats);
  let begun = 0;
  const tell = (): void => onRun({ stages, run: ++begun, runs: all });

  const prepared = new Map<string, Prepared>();
  const subjects: Subject[] = [];
  for (const settings of sides)
    subjects.push(await subjectOf(bed, { chain, settings, place, prepared }));
  const sizes: number[] = [];
  for (const subject of subjects) {
    tell();
    await check(subject, bed.sum, bed);
    tell();
    sizes.push((await runOnce(subject, bed)).bytesOut);
  }
  const runs = subjects.map((): Run[] => []);
  for (let turn = 0; turn < repeats; turn++) {
    for (const [index, subject] of subjects.entries()) {
      tell();
      const run = await runOnce(subject, bed);
      checkSize(chain, run.bytesOut, sizes[index]!);
      runs[index]!.push(run);
    }
  }
  const measured = subjects.map((subject, index) => sideOf(subject, runs[index]!, bed.sum.records));
  const [ones, others] = runs;
  return {
    stages,
    takes: chain.links[0].takes,
    gives: chain.gives,
    sides: measured,
    ...(ones === undefined || others === undefined ? {} : { comparison: compare(ones, others) }),
  };
};

export interface SubjectOptions {
  readonly chain: Chain;
  readonly settings: BenchSettings;
  readonly place: BenchPlace | undefined;
  /** What was prepared for others, by what it was made by. */
  readonly prepared: Map<string, Prepared>;
}

/** A chain with its settings, and what goes in. */
export const subjectOf = async (
  bed: TestBed,
  { chain, settings, place, prepared }: SubjectOptions,
): Promise<Subject> => {
  const { held, key } = bed;
  const encryption = { mode: settings.mode ?? 'aes128', key } as const;
  const setting = { namespace: held.namespace, settings, encryption };
  const name = JSON.stringify(inputSettingsOf(chain).map((each) => settings[each] ?? null));
  const input = prepared.get(name) ?? (await prepare(held, chain.links[0].takes, setting, bed));
  prepared.set(name, input);
  return { ...setting, chain, input, place };
};

const sideOf = ({ settings, input }: Subject, runs: readonly Run[], records: number): BenchSide => {
  const seconds = spreadOf(runs.map((run) => run.seconds));
  const cpuSeconds = spreadOf(runs.map((run) => run.cpuSeconds));
  const bytesOut = runs[0]!.bytesOut;
  return {
    settings,
    bytesIn: input.bytes,
    bytesOut,
    seconds,
    cpuSeconds,
    recordsPerSecond: records / seconds.median,
    bytesInPerSecond: input.bytes / seconds.median,
    bytesOutPerSecond: bytesOut / seconds.median,
    cpuSecondsPerGb: (cpuSeconds.median / input.bytes) * 1e9,
    cores: cpuSeconds.median / seconds.median,
    peakMemory: Math.max(...runs.map((run) => run.peakMemory)),
  };
};

const compare = (ones: readonly Run[], others: readonly Run[]): BenchComparison => ({
  speed: pairsOf(
    ones.map(({ seconds }) => seconds),
    others.map(({ seconds }) => seconds),
  ),
  cpu: pairsOf(
    others.map(({ cpuSeconds }) => cpuSeconds),
    ones.map(({ cpuSeconds }) => cpuSeconds),
  ),
  bytesOut: others[0]!.bytesOut / ones[0]!.bytesOut,
});
