import { AsbError } from '../../errors.ts';
import { describeResult, ResultCode } from '../result-code.ts';
import type { WriteCounts } from './write-info.ts';
import type { WritePolicy } from './write-policy.ts';
import { NO_ANSWER, type WriteReply } from './write-reply.ts';
import { RowFlag, type WriteRequest } from './write-request.ts';
import { writeAdvice, writeResultOf } from './write-result.ts';

/** Void times no more seconds apart: the write met another second than it was to. */
export const EDGE = 2;

export interface SettlePolicy extends Pick<WritePolicy, 'namespace' | 'exists'> {
  readonly ignoreRecordErrors?: boolean;
}

/** A request that was sent to a node, and what came of it. */
export interface Exchange {
  /** The node's `host:port`. */
  readonly location: string;
  readonly request: WriteRequest;
  readonly reply: WriteReply;
  /** Why the connection ended, if it ended before the reply did. */
  readonly failure: AsbError | undefined;
}

/** Decides what the answer to each row means: counts it, sends it again, or ends all. */
export class RowSettler {
  readonly #policy: SettlePolicy;
  readonly #counts: WriteCounts;
  #off = 0;
  #batchesOff = false;

  constructor(policy: SettlePolicy, counts: WriteCounts) {
    this.#policy = policy;
    this.#counts = counts;
  }

  /** Records written whose void time is not the one that they were to have. */
  get off(): number {
    return this.#off;
  }

  /** A node has said that it takes no batches. */
  get batchesOff(): boolean {
    return this.#batchesOff;
  }

  /**
   * Counts the rows that are settled.
   *
   * @param again gets the others
   * @returns why there are others; nothing if their void times are to be mended, or they are to be
   *   sent as puts
   * @throws AsbError `SERVER` for a result that no retry mends and no option ignores
   */
  settle(exchange: Exchange, again: WriteRequest): AsbError | undefined {
    const { request, reply, failure } = exchange;
    if (reply.allWritten && !request.expiring && !request.flagged) {
      this.#counts.inserted += request.rows;
      return undefined;
    }
    let last: { readonly row: number; readonly code: number } | undefined;
    for (let row = 0; row < request.rows; row++) {
      const answered = reply.result(row) !== NO_ANSWER;
      if (!answered && failure !== undefined) {
        request.setFlag(row, RowFlag.IN_DOUBT);
        again.addRow(request, row);
        continue;
      }
      const code = answered ? reply.result(row) : reply.resultCode;
      if (code === ResultCode.BATCH_DISABLED && !answered) {
        this.#batchesOff = true; // the batch as a whole: no row of it was looked at
        again.addRow(request, row);
      } else if (writeResultOf(code) === 'passing') {
        // A write that timed out on the server may be done there yet.
        if (code === ResultCode.TIMEOUT) request.setFlag(row, RowFlag.IN_DOUBT);
        again.addRow(request, row);
        last = { row, code };
      } else {
        this.#final(exchange, row, code, again);
      }
    }
    return failure ?? (last && this.#error(exchange, last.row, last.code));
  }

  /**
   * Ends rows that may not be sent again. Those that only were to be mended are written, if not to
   * the second.
   *
   * @param why the last reason
   * @throws AsbError of the code that the reason has, if a row is lost
   */
  giveUp(rows: WriteRequest, tries: number, why: AsbError): void {
    let lost = 0;
    for (let row = 0; row < rows.rows; row++) {
      if (rows.hasFlag(row, RowFlag.MENDING)) this.#off++;
      else lost++;
    }
    if (lost === 0) return;
    throw new AsbError(
      why.code,
      `${lost} records could not be written in ${tries} tries: ${why.message}; is the cluster up, ` +
        'and can it take so many writes at once?',
      { ...why.facts, cause: why },
    );
  }

  #final(exchange: Exchange, row: number, code: number, again: WriteRequest): void {
    const { request, reply } = exchange;
    if (request.hasFlag(row, RowFlag.MENDING)) {
      if (code === ResultCode.OK && reply.voidTime(row) !== request.voidTime(row)) this.#off++;
      return;
    }
    this.#count(exchange, row, code);
    if (code === ResultCode.OK) this.#checkVoidTime(exchange, row, again);
  }

  #count(exchange: Exchange, row: number, code: number): void {
    const counts = this.#counts;
    const result = writeResultOf(code);
    if (result === 'written') counts.inserted++;
    else if (result === 'existed' || result === 'fresher') {
      if (exchange.request.hasFlag(row, RowFlag.IN_DOUBT)) counts.inDoubt++;
      // "Exists" where it is not asked for: the answer to a record of generation 0.
      else if (result === 'existed' && this.#policy.exists === 'create') counts.existed++;
      else counts.fresher++;
    } else if (result === 'record' && this.#policy.ignoreRecordErrors === true) counts.ignored++;
    else throw this.#error(exchange, row, code);
  }

  /**
   * A row that met another second than it was to is written again with the ttl that is right now,
   * if nobody has written the record since. That makes its generation one larger; so only where
   * that is not beyond the backup's, or the record of a later backup would be taken for older.
   */
  #checkVoidTime({ request, reply }: Exchange, row: number, again: WriteRequest): void {
    const wanted = request.voidTime(row);
    const off = Math.abs(reply.voidTime(row) - wanted);
    if (off === 0) return;
    if (off <= EDGE && wanted !== 0 && reply.generation(row) < request.generation(row)) {
      request.mend(row, reply.generation(row));
      again.addRow(request, row);
    } else {
      this.#off++;
    }
  }

  #error({ location, request }: Exchange, row: number, code: number): AsbError {
    const { namespace } = this.#policy;
    return new AsbError(
      'SERVER',
      `${location} refused the record with digest ${request.digest(row).toString('base64')} in ` +
        `namespace ${namespace}: ${describeResult(code)}${writeAdvice(code)}`,
      { node: location, resultCode: code, namespace },
    );
  }
}
