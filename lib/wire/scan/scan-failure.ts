/** Why partitions are not done. */
import { AsbError, messageOf } from '../../errors.ts';
import { describeResult, ResultCode } from '../result-code.ts';
import { ranges } from './partition-list.ts';

/** Partitions that a scan left undone. */
export interface Lack {
  readonly partitions: readonly number[];
  readonly why: AsbError;
  /** A record came nonetheless, or other partitions of the same share are done. */
  readonly gained: boolean;
}

/**
 * No node that answers, or none of the racks to read from, says that it holds them; none even has the
 * namespace if `known` is false.
 */
export const nobodyHolds = (
  partitions: readonly number[],
  namespace: string,
  { known, racks }: { readonly known: boolean; readonly racks: readonly number[] },
): AsbError => {
  if (!known) {
    return new AsbError('NO_NAMESPACE', `no node has namespace ${namespace} any more`, {
      namespace,
    });
  }
  const node = racks.length === 0 ? 'no node' : `no node of rack ${racks.join(', ')}`;
  const what = `${node} holds ${count(partitions)} of namespace ${namespace}`;
  const advice =
    racks.length === 0
      ? ''
      : '; name more racks (--rack-list), or only prefer these (--prefer-racks)';
  return new AsbError('PARTITIONS', what + advice, { namespace, partitions });
};

/** All nodes that held them have left: whoever has them now has none of their records. */
export const bereft = (
  partitions: readonly number[],
  namespace: string,
  nodes: readonly string[],
): AsbError =>
  new AsbError(
    'PARTITIONS',
    `${count(partitions)} of namespace ${namespace} were only on node ${nodes.join(', ')}, which is ` +
      'gone; nobody else has their records, though others answer for them: bring it back',
    { namespace, partitions },
  );

/** The node marked them: they moved away, or are not there yet. */
export const unavailableAt = (node: string, partitions: readonly number[]): AsbError =>
  new AsbError('SERVER', `${node} has ${count(partitions)} unavailable`, {
    node,
    partitions,
    resultCode: ResultCode.UNAVAILABLE,
  });

/** The node ended a whole scan with a result code. */
export const refusedBy = (node: string, namespace: string, resultCode: number): AsbError =>
  new AsbError(
    'SERVER',
    `${node} ended the scan of namespace ${namespace} with ${describeResult(resultCode)}`,
    { node, resultCode, namespace },
  );

/** The scan ends without these, for what `cause` was in the end. */
export const missing = (
  partitions: readonly number[],
  namespace: string,
  why: string,
  cause: AsbError | undefined,
): AsbError =>
  new AsbError(
    'PARTITIONS',
    `${count(partitions)} of namespace ${namespace} could not be read (${ranges(partitions)}): ` +
      `${why}${cause === undefined ? '' : `; at last: ${messageOf(cause)}`}`,
    { namespace, partitions, ...(cause === undefined ? {} : { cause }) },
  );

/** `1 partition`, `7 partitions` */
export const count = ({ length }: readonly number[]): string =>
  `${length} ${length === 1 ? 'partition' : 'partitions'}`;
