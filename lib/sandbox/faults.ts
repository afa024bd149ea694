import { Result } from './result.ts';

/** What a request asks for, as faults tell requests apart. */
export type RequestKind = 'scan' | 'read' | 'write' | 'delete' | 'batch';

/** How a scan ends before its time. */
export interface ScanCut {
  /** Whole records that are sent before it happens. */
  readonly afterRecords: number;
  /**
   * `close`: the connection closes after a whole proto, without the end that a scan has. `middle`:
   * it closes amid the next message. `nonsense`: bytes follow that are no proto. Each only if
   * there is one more record.
   */
  readonly how: 'close' | 'middle' | 'nonsense';
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
}

interface PendingRowFault extends RowFault {
  times: number;
}

interface PendingWriteCut extends WriteCut {
  times: number;
}

interface Answer {
  readonly kind: RequestKind;
  readonly resultCode: number;
  times: number;
}

interface PendingCut extends ScanCut {
  times: number;
}

interface Hold {
  readonly partitions: ReadonlySet<number>;
  scans: number;
}

/**
 * How a node misbehaves. Every fault is set from outside, by tests or people who try how a
 * pipeline takes it, and counts down: nothing is random.
 *
 *     sandbox.nodes[0].faults.cutScan({ afterRecords: 100, how: 'close' });
 *     const release = sandbox.nodes[0].faults.holdPartitions([7, 8]);
 */
export class Faults {
  #answers: Answer[] = [];
  #cuts: PendingCut[] = [];
  #holds: Hold[] = [];
  #pause: (() => Promise<void>) | undefined;
  #rowFaults: PendingRowFault[] = [];
  #writeCuts: PendingWriteCut[] = [];
  #writePause: (() => Promise<void>) | undefined;

  /** The next `times` requests of this kind fail with `resultCode` (a u8, not 0). */
  answer(kind: RequestKind, resultCode: number, times = 1): void {
    this.#answers.push({ kind, resultCode, times });
  }

  /** The next `times` scans are cut. */
  cutScan(cut: ScanCut, times = 1): void {
    this.#cuts.push({ ...cut, times });
  }

  /**
   * Scans get no record of these partitions, but the mark "unavailable" (result 11).
   * @param scans how many scans find them so; all until the release if left out
   * @returns releases them
   */
  holdPartitions(partitions: Iterable<number>, scans = Number.POSITIVE_INFINITY): () => void {
    const hold = { partitions: new Set(partitions), scans };
    this.#holds.push(hold);
    return () => {
      this.#holds = this.#holds.filter((other) => other !== hold);
    };
  }

  /**
   * Scans wait before each proto for what `pause` gives: a timer, or a promise that a test
   * settles. Nothing: they no longer wait.
   */
  slow(pause?: () => Promise<void>): void {
    this.#pause = pause;
  }

  /** The next `times` puts or rows of batches fail. */
  answerRows(fault: RowFault, times = 1): void {
    this.#rowFaults.push({ ...fault, times });
  }

  /** The connections of the next `times` batches or puts close. */
  cutWrite(cut: WriteCut, times = 1): void {
    this.#writeCuts.push({ ...cut, times });
  }

  /**
   * Batches and puts, once they are done, wait for what `pause` gives before they are answered.
   * Nothing: they no longer wait.
   */
  slowWrites(pause?: () => Promise<void>): void {
    this.#writePause = pause;
  }

  /** Ends every fault. */
  clear(): void {
    this.#answers = [];
    this.#cuts = [];
    this.#holds = [];
    this.#pause = undefined;
    this.#rowFaults = [];
    this.#writeCuts = [];
    this.#writePause = undefined;
  }

  /** For the node: what to answer a request with; `OK` if it is to be served. */
  takeAnswer(kind: RequestKind): number {
    const answer = this.#answers.find((candidate) => candidate.kind === kind);
    if (answer === undefined) return Result.OK;
    if (--answer.times === 0) this.#answers = this.#answers.filter((other) => other !== answer);
    return answer.resultCode;
  }

  /** For the node: how this scan is to be cut, if it is. */
  takeCut(): ScanCut | undefined {
    return takeFirst(this.#cuts);
  }

  /** For the node: the partitions that this scan finds unavailable. */
  takeHolds(): ReadonlySet<number> {
    const held = new Set<number>();
    for (const hold of this.#holds) {
      for (const partition of hold.partitions) held.add(partition);
      hold.scans--;
    }
    this.#holds = this.#holds.filter((hold) => hold.scans > 0);
    return held;
  }

  /** For the node: settles when the next proto of a scan may go. */
  async beforeProto(): Promise<void> {
    await this.#pause?.();
  }

  /** For the node: how this put or row fails, if it does. */
  takeRowFault(): RowFault | undefined {
    return takeFirst(this.#rowFaults);
  }

  /** For the node: how this batch or put is cut, if it is. */
  takeWriteCut(): WriteCut | undefined {
    return takeFirst(this.#writeCuts);
  }

  /** For the node: settles when a write may be answered. */
  async beforeWriteAnswer(): Promise<void> {
    await this.#writePause?.();
  }
}

/** The first fault, once less often. */
const takeFirst = <Fault extends { times: number }>(faults: Fault[]): Fault | undefined => {
  const first = faults[0];
  if (first !== undefined && --first.times === 0) faults.shift();
  return first;
};
