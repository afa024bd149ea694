import {
  type Counted,
  type RequestKind,
  type RowFault,
  type ScanCut,
  takeFirst,
  type WriteCut,
} from './fault.ts';
import { Result } from './result.ts';

interface Answer {
  readonly kind: RequestKind;
  readonly resultCode: number;
}

interface InfoValue {
  readonly command: string;
  readonly value: string;
}

interface Hold {
  readonly partitions: ReadonlySet<number>;
  scans: number;
}

/**
 * How a node misbehaves. Every fault is set from outside, by tests or people who try how a
 * pipeline takes it, and counts down: nothing is random. Besides, a node can be killed and come
 * back, and partitions can move (`Sandbox`); its connections can be reset, and its port closed while
 * the others still count on it (`SandboxNode`).
 *
 *     sandbox.nodes[0].faults.cutScan({ afterRecords: 100, how: 'close' });
 *     const release = sandbox.nodes[0].faults.holdPartitions([7, 8]);
 */
export class Faults {
  #answers: Counted<Answer>[] = [];
  #infoValues: Counted<InfoValue>[] = [];
  #cuts: Counted<ScanCut>[] = [];
  #holds: Hold[] = [];
  #rowFaults: Counted<RowFault>[] = [];
  #writeCuts: Counted<WriteCut>[] = [];
  #refusals = 0;
  #silence: PromiseWithResolvers<void> | undefined;
  #pause: (() => Promise<void>) | undefined;
  #writePause: (() => Promise<void>) | undefined;

  /** The next `times` requests of this kind fail with `resultCode` (a u8, not 0). */
  answer(kind: RequestKind, resultCode: number, times = 1): void {
    this.#answers.push({ kind, resultCode, times });
  }

  /**
   * The next `times` answers to an info command have this value, whatever it is.
   * @param command as a client asks it, with its arguments: `replicas`, `sets/test`
   */
  garbleInfo(command: string, value: string, times = 1): void {
    this.#infoValues.push({ command, value, times });
  }

  /** The next `times` connections are reset as soon as they have come about. */
  refuseConnections(times = 1): void {
    this.#refusals += times;
  }

  /**
   * The node still takes connections and requests, but sends nothing, as a process that is stopped.
   * @returns ends it: what was asked in the meantime is answered
   */
  silence(): () => void {
    this.#silence ??= Promise.withResolvers();
    return () => this.#endSilence();
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
    this.#infoValues = [];
    this.#cuts = [];
    this.#holds = [];
    this.#rowFaults = [];
    this.#writeCuts = [];
    this.#refusals = 0;
    this.#pause = undefined;
    this.#writePause = undefined;
    this.#endSilence();
  }

  /** For the node: whether this connection is to be reset. */
  takeRefusal(): boolean {
    if (this.#refusals === 0) return false;
    this.#refusals--;
    return true;
  }

  /** For the node: settles when a request that came may be looked at. */
  async beforeRequest(): Promise<void> {
    await this.#silence?.promise;
  }

  /** For the node: what to answer a request with; `OK` if it is to be served. */
  takeAnswer(kind: RequestKind): number {
    return takeFirst(this.#answers, (answer) => answer.kind === kind)?.resultCode ?? Result.OK;
  }

  /** For the node: the answer to info commands, a line each, with the values that are set. */
  garble(reply: string): string {
    if (this.#infoValues.length === 0) return reply;
    const lines = reply.split('\n').map((line) => {
      const fault = takeFirst(this.#infoValues, ({ command }) => line.startsWith(`${command}\t`));
      return fault === undefined ? line : `${fault.command}\t${fault.value}`;
    });
    return lines.join('\n');
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
    await this.#silence?.promise;
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
    await this.#silence?.promise;
  }

  #endSilence(): void {
    this.#silence?.resolve();
    this.#silence = undefined;
  }
}
