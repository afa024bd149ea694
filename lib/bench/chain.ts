import { AsbError } from '../errors.ts';

/** What can be measured, in the order of a backup's way, and back. */
export const BENCH_STAGES = [
  'serialize',
  'compress',
  'encrypt',
  'rotate',
  'upload',
  'decrypt',
  'decompress',
  'parse',
  'to-ndjson',
  'from-ndjson',
] as const;
export type BenchStage = (typeof BENCH_STAGES)[number];

/** What flows between stages; encrypted bytes by what is in them. */
export type BenchLanguage =
  | 'records'
  | 'text'
  | 'frames'
  | 'encrypted text'
  | 'encrypted frames'
  | 'NDJSON';

/** What a stage takes, and what it gives for that; a place where bytes rest takes all there is. */
type Passage = readonly [takes: BenchLanguage, gives: BenchLanguage | 'nothing'];

/** The first one counts where nothing comes before. */
const PASSAGES: Readonly<Record<BenchStage, readonly [Passage, ...Passage[]]>> = {
  serialize: [['records', 'text']],
  compress: [['text', 'frames']],
  encrypt: [
    ['text', 'encrypted text'],
    ['frames', 'encrypted frames'],
  ],
  rotate: [
    ['text', 'nothing'],
    ['frames', 'nothing'],
  ],
  upload: [
    ['text', 'nothing'],
    ['frames', 'nothing'],
    ['encrypted text', 'nothing'],
    ['encrypted frames', 'nothing'],
    ['NDJSON', 'nothing'],
  ],
  decrypt: [
    ['encrypted text', 'text'],
    ['encrypted frames', 'frames'],
  ],
  decompress: [['frames', 'text']],
  parse: [['text', 'records']],
  'to-ndjson': [['records', 'NDJSON']],
  'from-ndjson': [['NDJSON', 'records']],
};

/** A stage in its chain. */
export interface Link {
  readonly stage: BenchStage;
  readonly takes: BenchLanguage;
}

/** Stages of which each takes what the one before gives. */
export interface Chain {
  readonly links: readonly [Link, ...Link[]];
  /** What comes out; of a chain that ends in a place, what is stored there. */
  readonly gives: BenchLanguage;
  /** Whether it ends in a place where bytes rest. */
  readonly ends?: 'rotate' | 'upload';
}

/** Stages of a chain at most. */
export const MAX_CHAIN = 32;

/**
 * Looks whether stages fit together.
 *
 * @throws AsbError `USAGE` for none, too many, or one that does not take what comes before it
 */
export const chainOf = (stages: readonly BenchStage[]): Chain => {
  const [first] = stages;
  if (first === undefined || stages.length > MAX_CHAIN) {
    const expected = `1 to ${MAX_CHAIN} stages`;
    throw new AsbError('USAGE', `a chain of ${stages.length} stages; expected ${expected}`, {
      expected,
    });
  }
  const walks = PASSAGES[first].map(([begins]) => walk(begins, stages));
  // Which one of its languages the first takes shows in those behind it.
  const chain = walks.find((found) => !(found instanceof AsbError)) ?? walks.at(-1)!;
  if (chain instanceof AsbError) throw chain;
  return chain;
};

const walk = (begins: BenchLanguage, stages: readonly BenchStage[]): Chain | AsbError => {
  const links: Link[] = [];
  let comes: BenchLanguage | 'nothing' = begins;
  let given: BenchLanguage = begins;
  for (const stage of stages) {
    const passage = PASSAGES[stage].find(([takes]) => takes === comes);
    if (passage === undefined) return misfit(stage, comes, links);
    const [takes, gives]: Passage = passage;
    links.push({ stage, takes });
    given = gives === 'nothing' ? takes : gives;
    comes = gives;
  }
  const [first, ...rest] = links;
  const last = stages.at(-1);
  return {
    links: [first!, ...rest],
    gives: given,
    ...(last === 'rotate' || last === 'upload' ? { ends: last } : {}),
  };
};

const misfit = (
  stage: BenchStage,
  comes: BenchLanguage | 'nothing',
  before: readonly Link[],
): AsbError => {
  const expected = PASSAGES[stage].map(([takes]) => takes).join(' or ');
  const source = before.at(-1)?.stage;
  return new AsbError('USAGE', `${stage} takes ${expected}; ${source} before it gives ${comes}`, {
    expected,
  });
};
