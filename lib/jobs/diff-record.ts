/** How two versions of a record differ. */
import type { Bin } from '../record/bin.ts';
import type { AsbRecord, UserKey } from '../record/record.ts';
import { isSameParticle } from '../record/same-particle.ts';

/** What is looked at. */
export interface DiffRules {
  /** Only bins of these names. Default: all. */
  readonly bins?: ReadonlySet<string> | undefined;
  /** Does not look at generations. Default false. */
  readonly ignoreGeneration?: boolean;
  /**
   * Seconds by which void times may differ; between one and none there is no such number. `Infinity`:
   * does not look at them. Default 0.
   */
  readonly voidTimeTolerance?: number;
}

/** A bin that one of two records does not have, or that is not the same in both. */
export interface BinDifference {
  /** As bytes: the server allows any. */
  readonly name: Buffer;
  readonly before: Bin | undefined;
  readonly after: Bin | undefined;
}

/** What a record has beside its bins. */
export type RecordField = 'set' | 'key' | 'generation' | 'voidTime';

export interface RecordChanges {
  readonly fields: readonly RecordField[];
  /** In the order of the bins before; then those that came. */
  readonly bins: readonly BinDifference[];
}

/** What differs between two records. */
export const changesOf = (
  before: AsbRecord,
  after: AsbRecord,
  rules: DiffRules = {},
): RecordChanges => ({
  fields: FIELDS.filter((field) => !IS_SAME[field](before, after, rules)),
  bins: binChanges(before, after, rules),
});

/** The bins of a record that is on one side only, as far as they are looked at. */
export const binsOf = (
  before: AsbRecord | undefined,
  after: AsbRecord | undefined,
  { bins: wanted }: DiffRules = {},
): BinDifference[] => {
  const [own, others] = [binsByName(before, wanted), binsByName(after, wanted)];
  const names = new Set([...own.keys(), ...others.keys()]);
  return Array.from(names, (key) => {
    const name = Buffer.from(key, 'latin1');
    return { name, before: own.get(key), after: others.get(key) };
  });
};

const binChanges = (before: AsbRecord, after: AsbRecord, rules: DiffRules): BinDifference[] =>
  binsOf(before, after, rules).filter(
    ({ before: one, after: other }) =>
      one === undefined || other === undefined || !isSameParticle(one, other),
  );

/** If names repeat, the last one stands, as on the server. */
const binsByName = (
  record: AsbRecord | undefined,
  wanted: ReadonlySet<string> | undefined,
): ReadonlyMap<string, Bin> => {
  const bins = new Map<string, Bin>();
  for (const bin of record?.binList() ?? []) {
    if (wanted !== undefined && !wanted.has(bin.name)) continue;
    // Of names that are no UTF-8, several could be one text.
    bins.set(Buffer.from(bin.nameBytes).toString('latin1'), bin);
  }
  return bins;
};

const FIELDS = ['set', 'key', 'generation', 'voidTime'] as const satisfies readonly RecordField[];

type IsSame = (before: AsbRecord, after: AsbRecord, rules: DiffRules) => boolean;

const IS_SAME: Readonly<Record<RecordField, IsSame>> = {
  set: (before, after) => before.setBytes.equals(after.setBytes),
  key: (before, after) => isSameKey(before.userKey, after.userKey),
  generation: (before, after, { ignoreGeneration = false }) =>
    ignoreGeneration || before.generation === after.generation,
  voidTime: ({ voidTime: one }, { voidTime: other }, { voidTimeTolerance = 0 }) => {
    if (voidTimeTolerance === Number.POSITIVE_INFINITY) return true;
    if (one === 0 || other === 0) return one === other;
    return Math.abs(one - other) <= voidTimeTolerance;
  },
};

const isSameKey = (one: UserKey | undefined, other: UserKey | undefined): boolean =>
  one === undefined || other === undefined ? one === other : isSameParticle(one, other);
