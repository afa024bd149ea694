import { availableParallelism } from 'node:os';
import { AsbError } from '../errors.ts';
import { DEFAULT_CONCURRENCY, DEFAULT_FRAME_SIZE } from '../stages/compress.ts';
import { isS3Url } from '../storage/s3/url.ts';
import { DEFAULT_LEVEL } from '../zstd/encoder.ts';
import { bestOf, type Trials } from './advice.ts';
import { type BenchInputOptions, subjectOf, type TestBed, testBed } from './bench.ts';
import { chainOf } from './chain.ts';
import { BenchPlace } from './place.ts';
import { type BenchInput, REPORT_VERSION } from './report.ts';
import type { BenchSettings } from './settings.ts';
import { sizeOf } from './streams.ts';
import { checkText, type Prepared, type Run, runOnce, textSumOf } from './subject.ts';
import { type TrialOptions, tryAll } from './trials.ts';

const MIB = 1024 * 1024;

export const DEFAULT_ADVICE_SECONDS = 30;
export const MAX_ADVICE_SECONDS = 86_400;
/** Bytes of records that are held for advice: enough for many frames, and little enough to try much. */
export const DEFAULT_ADVICE_MEMORY = 64 * MIB;

/** The default first, then upwards: a level that would take too long is not tried, nor those above. */
const LEVELS = [DEFAULT_LEVEL, 1, 6, 9, 12, 15, 19] as const;
const FRAME_SIZES = [DEFAULT_FRAME_SIZE, MIB, 8 * MIB] as const;
const CONCURRENCIES = [DEFAULT_CONCURRENCY, 1, 4] as const;
/** Parts of these many bytes, and as many at once; the first one is what is done if nobody says. */
const UPLOADS = [
  {},
  { minPartSize: 8 * MIB, maxAsyncUploads: 2 },
  { minPartSize: 8 * MIB, maxAsyncUploads: 8 },
  { minPartSize: 16 * MIB, maxAsyncUploads: 4 },
  { minPartSize: 16 * MIB, maxAsyncUploads: 8 },
  { minPartSize: 32 * MIB, maxAsyncUploads: 4 },
] as const;
/** Bytes that are uploaded to compare them: many parts, if the place is fast enough for so much. */
const UPLOAD_SIZE = { min: 16 * MIB, max: 128 * MIB } as const;
/** Bytes that show how fast a place is. */
const RATE_SIZE = 16 * MIB;

/** How much longer the next ones may take: a level than the one below, or one frame at a time. */
const GROWTH = { levels: 2.5, others: 2 } as const;

/** By when the questions are answered, as shares of the time. */
const SHARES = { levels: 0.5, frameSizes: 0.65, concurrencies: 0.8, uploads: 1 } as const;

export interface AdviseOptions extends BenchInputOptions {
  /** About how long all trials may take, in seconds, without what comes before; 30 if left out. */
  readonly seconds?: number;
  /** Told of each question before it is tried. */
  readonly onQuestion?: (what: 'place' | keyof typeof SHARES) => void;
}

/** What is best, and what it was found by. */
export interface Advice {
  readonly version: number;
  readonly node: string;
  readonly processors: number;
  readonly input: BenchInput;
  /** Bytes of the records' text. */
  readonly textBytes: number;
  /** What is best for this data on this machine. */
  readonly best: Required<Pick<BenchSettings, 'level' | 'frameSize' | 'concurrency'>> &
    Pick<BenchSettings, 'minPartSize' | 'maxAsyncUploads'>;
  /** What `serialize` and `compress` took, one after the other as in a backup. */
  readonly levels: Trials;
  readonly frameSizes: Trials;
  readonly concurrencies: Trials;
  /** Where bytes would go; only if a place was given. */
  readonly place?: {
    readonly location: string;
    /** That it takes in a second, as it is set if nobody says. */
    readonly bytesPerSecond: number;
    /** Only of S3. */
    readonly uploads?: Trials;
  };
}

/**
 * Tries levels of zstd, sizes of frames, and how many are made at a time, on the way of a backup
 * from records to frames; and where a place in S3 is given, sizes of parts and how many are sent at
 * once. Says which are best for this data on this machine. What each setting gives is decompressed and
 * held against the text.
 *
 * @throws AsbError as `bench`; `RANGE` for a number of seconds that is none
 */
export const adviseSettings = async (options: AdviseOptions): Promise<Advice> => {
  const { seconds = DEFAULT_ADVICE_SECONDS, directory, onQuestion = () => {} } = options;
  if (!(seconds >= 1 && seconds <= MAX_ADVICE_SECONDS)) {
    const expected = `1 to ${MAX_ADVICE_SECONDS}`;
    throw new AsbError('RANGE', `seconds: ${seconds}; expected ${expected}`, { expected });
  }
  const bed = await testBed({ memory: DEFAULT_ADVICE_MEMORY, ...options });
  const text = await textSumOf(bed.held, bed);
  const begin = bed.gauge.now();
  const until = (question: keyof typeof SHARES): number => {
    onQuestion(question);
    return begin + seconds * 1000 * SHARES[question];
  };
  const target = directory === undefined ? undefined : await targetAt(bed, directory, options);
  const rate = target?.bytesPerSecond;
  const packing = packingOf(bed, text.sha256);

  const levels = await tryAll({
    ...packing,
    candidates: withRest(LEVELS, (level) => ({ level })),
    growth: GROWTH.levels,
    deadline: until('levels'),
  });
  const level = chosenFrom(LEVELS, levels, rate);
  const frameSizes = await tryAll({
    ...packing,
    candidates: withRest(FRAME_SIZES, (frameSize) => ({ level, frameSize })),
    growth: GROWTH.others,
    deadline: until('frameSizes'),
  });
  const frameSize = chosenFrom(FRAME_SIZES, frameSizes, rate);
  const concurrencies = await tryAll({
    ...packing,
    candidates: withRest(CONCURRENCIES, (concurrency) => ({ level, frameSize, concurrency })),
    growth: GROWTH.others,
    deadline: until('concurrencies'),
  });
  const concurrency = chosenFrom(CONCURRENCIES, concurrencies, rate);
  const uploads =
    target !== undefined && isS3Url(target.location)
      ? await uploadsOf(bed, target, until('uploads'))
      : undefined;
  const upload = uploads === undefined ? {} : bestOf(uploads).settings;
  return {
    version: REPORT_VERSION,
    node: process.versions.node,
    processors: availableParallelism(),
    input: bed.input,
    textBytes: text.bytes,
    best: { level, frameSize, concurrency, ...upload },
    levels,
    frameSizes,
    concurrencies,
    ...(target === undefined
      ? {}
      : {
          place: {
            location: target.location,
            bytesPerSecond: target.bytesPerSecond,
            ...(uploads === undefined ? {} : { uploads }),
          },
        }),
  };
};

/** What the best settings have of the values that were tried, in their order. */
const chosenFrom = <Value>(
  values: readonly Value[],
  trials: Trials,
  rate: number | undefined,
): Value => values[trials.tried.indexOf(bestOf(trials, rate))]!;

const withRest = <Value>(
  [first, ...rest]: readonly [Value, ...Value[]],
  settingsOf: (value: Value) => BenchSettings,
): [BenchSettings, ...BenchSettings[]] => [settingsOf(first), ...rest.map(settingsOf)];

/** The way of a backup, from records to frames. */
const packingOf = (bed: TestBed, sha256: string): Pick<TrialOptions, 'check' | 'run' | 'gauge'> => {
  const chain = chainOf(['serialize', 'compress']);
  const prepared = new Map();
  const subject = (settings: BenchSettings) =>
    subjectOf(bed, { chain, settings, place: undefined, prepared });
  return {
    gauge: bed.gauge,
    check: async (settings) => checkText(await subject(settings), sha256, bed),
    run: async (settings) => runOnce(await subject(settings), bed),
  };
};

/** A place, and how fast it is. */
interface Target {
  readonly location: string;
  /** Writes so many bytes of text, by the clock: what they are does not matter there. */
  readonly send: (settings: BenchSettings, size: number) => Promise<Run>;
  readonly bytesPerSecond: number;
}

/** Measures a place, as it is set if nobody says. */
const targetAt = async (
  bed: TestBed,
  location: string,
  { s3 = {}, onQuestion = () => {} }: AdviseOptions,
): Promise<Target> => {
  onQuestion('place');
  const place = await BenchPlace.open(location, s3);
  const chain = chainOf(['upload']);
  const subject = await subjectOf(bed, { chain, settings: {}, place, prepared: new Map() });
  const send: Target['send'] = (settings, size) =>
    runOnce({ ...subject, settings, input: ofSize(subject.input, size) }, bed);
  const { bytesOut, seconds } = await send({}, RATE_SIZE);
  return { location, send, bytesPerSecond: bytesOut / seconds };
};

/** Chunks from the beginning, again and again, until there is as much as `size`. */
const ofSize = ({ chunks }: Prepared, size: number): Prepared => {
  const taken: (typeof chunks)[number][] = [];
  let bytes = 0;
  for (let at = 0; bytes < size; at = (at + 1) % chunks.length) {
    const chunk = chunks[at]!;
    taken.push(chunk);
    bytes += sizeOf(chunk);
  }
  return { chunks: taken, bytes };
};

/** Tries sizes of parts, on as many bytes as there is time for. */
const uploadsOf = (
  { gauge }: TestBed,
  { send, bytesPerSecond }: Target,
  deadline: number,
): Promise<Trials> => {
  const seconds = (deadline - gauge.now()) / 1000 / UPLOADS.length;
  const size = Math.min(UPLOAD_SIZE.max, Math.max(UPLOAD_SIZE.min, bytesPerSecond * seconds));
  return tryAll({
    gauge,
    candidates: UPLOADS,
    // An upload compares what arrived by itself, each time.
    check: async () => {},
    run: (settings) => send(settings, size),
    growth: GROWTH.others,
    deadline,
  });
};
