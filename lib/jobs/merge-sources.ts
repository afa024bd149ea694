/** What must be known of the backups of a chain before any of their records is read. */
import { AsbError } from '../errors.ts';
import type { BackupInput } from './backup-input.ts';

/** What is known of a backup before its records are read. */
export type SourceFacts = Pick<
  BackupInput,
  'files' | 'namespace' | 'begun' | 'modifiedAfter' | 'bins'
>;

/** For messages: where the first file of a backup is. */
export const placeOf = ({ files: [first] }: Pick<SourceFacts, 'files'>): string =>
  first?.location ?? 'a backup without files';

/**
 * @param sources in the order in which they were given, which should be the oldest first
 * @throws AsbError `USAGE` if manifests say that one was begun before the one that is given before it
 */
export const checkTimeOrder = (sources: readonly SourceFacts[]): void => {
  let last: { readonly begun: Date; readonly input: SourceFacts } | undefined;
  for (const input of sources) {
    const { begun } = input;
    if (begun === undefined) continue;
    if (last !== undefined && begun < last.begun) {
      const file = placeOf(input);
      const earlier = `${file} (begun ${begun.toISOString()})`;
      const later = `${placeOf(last.input)} (begun ${last.begun.toISOString()})`;
      const message =
        `${earlier} is older than ${later}, which stands before it; give the oldest first, or take ` +
        'the order as it is given (--as-given)';
      throw new AsbError('USAGE', message, { file, expected: 'the oldest backup first' });
    }
    last = { begun, input };
  }
};

/**
 * The newest version of a record takes the place of all others: one with some of its bins would be
 * all that is left of it.
 *
 * @throws AsbError `USAGE` if manifests say that backups are of different bins
 */
export const checkBins = (sources: readonly SourceFacts[]): void => {
  const [first, ...rest] = sources;
  const other = rest.find(({ bins }) => binsText(bins) !== binsText(first?.bins));
  if (first === undefined || other === undefined) return;
  const file = placeOf(other);
  const expected = binsText(first.bins);
  throw new AsbError(
    'USAGE',
    `${file} has ${binsText(other.bins)}, and ${placeOf(first)} has ${expected}: its records would take ` +
      'the place of whole ones; merge backups of the same bins, or take them as they are (--as-given)',
    { file, expected },
  );
};

const binsText = (bins: readonly string[] | undefined): string => {
  if (bins === undefined) return 'all bins';
  return bins.length === 0 ? 'no bins' : `the bins ${bins.toSorted().join(', ')} only`;
};

/** What is known of a merged backup: see {@link begunOf}. */
export const originOf = (
  sources: readonly SourceFacts[],
): Pick<SourceFacts, 'begun' | 'modifiedAfter' | 'bins'> => ({
  begun: begunOf(sources),
  modifiedAfter: sources[0]?.modifiedAfter,
  bins: sources[0]?.bins,
});

/**
 * What was changed since then may not be in what sources are merged to: an incremental backup that
 * begins there leaves out nothing. It is the begin of the last source, unless one does not go on from
 * those before it: then it is that of the last before. A full one behind others may be of other sets
 * or partitions, so it does not go on from them.
 */
const begunOf = (sources: readonly SourceFacts[]): Date | undefined => {
  const gaps = new Set(gapsIn(sources).map(({ input }) => input));
  const ends = sources.filter((_, index) => {
    const next = sources[index + 1];
    return next?.modifiedAfter === undefined || gaps.has(next);
  });
  const begun = Math.min(...ends.map((end) => end.begun?.getTime() ?? Number.NaN));
  return Number.isFinite(begun) ? new Date(begun) : undefined;
};

/** A backup that begins later than where those before it end. */
interface Gap {
  readonly input: SourceFacts;
  readonly from: Date;
  readonly to: Date;
}

const gapsIn = (sources: readonly SourceFacts[]): Gap[] => {
  const gaps: Gap[] = [];
  let known: Date | undefined;
  for (const input of sources) {
    const { begun, modifiedAfter } = input;
    if (known !== undefined && modifiedAfter !== undefined && modifiedAfter > known) {
      gaps.push({ input, from: known, to: modifiedAfter });
    }
    if (begun !== undefined && (known === undefined || begun > known)) known = begun;
  }
  return gaps;
};

/**
 * Looks for what is in no backup: an incremental one must begin where the one before it was begun, or
 * earlier.
 *
 * @param sources the oldest first
 * @returns what is missing, in words, for each backup with a gap before it
 */
export const gapsBefore = (sources: readonly SourceFacts[]): string[] =>
  gapsIn(sources).map(
    ({ input, from, to }) =>
      `${placeOf(input)} has only what was written since ${to.toISOString()}, and those ` +
      `before it what was written until ${from.toISOString()}: what was written between is in none`,
  );

/**
 * The namespace that backups are merged to.
 *
 * @param wanted what was asked for; whatever they are of, they become that
 * @throws AsbError `FORMAT` if they are of different ones and nothing was asked for, `USAGE` if nothing
 *   says one
 */
export const commonNamespace = (
  sources: readonly SourceFacts[],
  wanted: string | undefined,
): string => {
  if (wanted !== undefined) return wanted;
  let said: { readonly namespace: string; readonly input: SourceFacts } | undefined;
  for (const input of sources) {
    const { namespace } = input;
    if (namespace === undefined) continue;
    said ??= { namespace, input };
    if (namespace === said.namespace) continue;
    const [file, expected] = [placeOf(input), said.namespace];
    const message =
      `${file} is of namespace "${namespace}", but ${placeOf(said.input)} of "${expected}"; say ` +
      'which one the merged backup is to be of (-n, --namespace)';
    throw new AsbError('FORMAT', message, { file, namespace, expected });
  }
  if (said !== undefined) return said.namespace;
  throw new AsbError(
    'USAGE',
    'nothing says of which namespace this is; say it with -n, --namespace',
    { expected: 'a namespace' },
  );
};
