/** The ways in which a node can fail on command; see `Faults`. */

/** What a request asks for, as faults tell requests apart. */
export type RequestKind = 'scan' | 'read' | 'write' | 'delete' | 'batch';

/** How a scan ends before its time. */
export interface ScanCut {
  /** Whole records that are sent before it happens. */
  readonly afterRecords: number;
  /**
   * `close`: the connection closes after a whole proto, without the end that a scan has. `middle`:
   * it closes amid the next message. `reset`: the same, but by a TCP reset, which may overtake what
   * was sent. `silence`: nothing more is sent, and the connection stays; the node lives on.
   * `nonsense`: bytes follow that are no proto. Each only if there is one more record.
   */
  readonly how: 'close' | 'middle' | 'reset' | 'silence' | 'nonsense';
}

/** How a write fails: a put, or a row of a batch. */
export interface RowFault {
  /** What it is answered with (a u8). */
  readonly resultCode: number;
  /** It is done nonetheless, as when a replica does not answer in time. Default false. */
  readonly applied?: boolean;
}

/** How a batch or a put is left alone: its connection closes. */
export interface WriteCut {
  /** Rows that are done before it happens; a put is one row. */
  readonly afterRows: number;
  /** Whether these rows are answered before. Default false. */
  readonly answered?: boolean;
  /** Whether the connection closes, the default, or is reset: then answers may get lost too. */
  readonly how?: 'close' | 'reset';
}

/** A fault that counts down. */
export type Counted<Fault> = Fault & { times: number };

/** The first of the faults that fits, once less often; one that is used up leaves the list. */
export const takeFirst = <Fault>(
  faults: Counted<Fault>[],
  fits: (fault: Fault) => boolean = () => true,
): Fault | undefined => {
  const index = faults.findIndex(fits);
  const first = faults[index];
  if (first !== undefined && --first.times === 0) faults.splice(index, 1);
  return first;
};
