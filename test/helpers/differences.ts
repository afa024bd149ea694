/** Differences between two records that a test has made itself. */
import type { RecordDifference } from '../../lib/jobs/diff.ts';
import { binsOf, changesOf } from '../../lib/jobs/diff-record.ts';
import { BatchBuilder, type PlainRecord } from '../../lib/record/builder.ts';
import type { AsbRecord } from '../../lib/record/record.ts';

const recordOf = (record: PlainRecord | undefined): AsbRecord | undefined =>
  record && new BatchBuilder('test').add(record).build().at(0);

export const differenceOf = (
  one: PlainRecord | undefined,
  other: PlainRecord | undefined,
): RecordDifference => {
  const [before, after] = [recordOf(one), recordOf(other)];
  if (before !== undefined && after !== undefined) {
    return { what: 'record', kind: 'changed', before, after, ...changesOf(before, after) };
  }
  const kind = after === undefined ? 'removed' : 'added';
  return { what: 'record', kind, before, after, fields: [], bins: binsOf(before, after) };
};
