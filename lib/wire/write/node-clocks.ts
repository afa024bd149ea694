import { setTimeout } from 'node:timers/promises';
import { AsbError } from '../../errors.ts';
import { parsePairs } from '../info.ts';
import type { ClusterNode } from '../node.ts';
import { ResultCode } from '../result-code.ts';
import { EDGE, type Exchange } from './row-settler.ts';
import { ServerClock } from './server-clock.ts';

/** A node is asked anew after so many ms: its clock may have been set. */
const ASK_AFTER = 5000;

/** How often a node is asked for its time until it goes on to the next second, in ms. */
const ASK_EVERY = 25;
/** No second takes longer, in ms: a node that is so far away can't be known better. */
const ASK_AT_MOST = 1100;

/** Addresses of this machine. Behind a tunnel is another, whose answers will tell. */
const HERE = /^(?:127\.|::1$|localhost$)/;

/** The time of this machine. */
export interface LocalTime {
  /** ms since 1970. */
  now(): number;
  /** Settles after `ms`, or at once when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const LOCAL_TIME: LocalTime = {
  now: () => Date.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
};

interface Known {
  readonly clock: ServerClock;
  asked: number;
  /** The question under way. */
  asking: Promise<void> | undefined;
}

/** The clocks of all nodes that take records which expire. */
export class NodeClocks {
  readonly #namespace: string;
  readonly time: LocalTime;
  readonly #stop = new AbortController();
  readonly #clocks = new WeakMap<ClusterNode, Known>();

  constructor(namespace: string, time?: LocalTime) {
    this.#namespace = namespace;
    this.time = time ?? LOCAL_TIME;
  }

  /**
   * The second in which the node will apply a write that is sent at once; waits, for some ms, if
   * that second is about to end, and, the first time, up to a second until one has ended.
   *
   * @param company how many writes are on their way to the node, with this one
   * @returns seconds since 2010
   * @throws AsbError `NETWORK` if the node can't be asked, `PROTOCOL` if it does not say its time
   */
  async now(node: ClusterNode, company = 1): Promise<number> {
    const known = this.#known(node);
    if (this.time.now() - known.asked > ASK_AFTER) {
      known.asking ??= this.#getToKnow(node, known).finally(() => {
        known.asking = undefined;
      });
      await known.asking;
    }
    const { signal } = this.#stop;
    for (;;) {
      const now = this.time.now();
      const wait = known.clock.wait(now, company);
      if (wait === 0 || signal.aborted) return known.clock.second(now);
      await this.time.sleep(wait, signal);
    }
  }

  /** Ends every wait. */
  close(): void {
    this.#stop.abort();
  }

  /**
   * Takes in what the answers to a request tell: a record's void time, less the ttl that it was
   * sent with, is the second in which it was applied.
   *
   * @param now the second for which the request was stamped
   * @param sent when it was sent, in ms since 1970
   * @param company how many were on their way then, with it
   */
  learn(
    node: ClusterNode,
    { request, reply, failure }: Exchange,
    now: number,
    sent: number,
    company = 1,
  ): void {
    const { clock } = this.#known(node);
    const received = this.time.now();
    if (failure === undefined) clock.took(received - sent, company);
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < request.rows; row++) {
      if (request.voidTime(row) === 0 || reply.result(row) !== ResultCode.OK) continue;
      const off = reply.voidTime(row) - request.voidTime(row);
      if (Math.abs(off) > EDGE) continue;
      least = Math.min(least, off);
      most = Math.max(most, off);
    }
    if (least > most) return; // no row that tells
    clock.observe(now + least, sent, received);
    clock.observe(now + most, sent, received);
  }

  #known(node: ClusterNode): Known {
    let known = this.#clocks.get(node);
    if (known === undefined) {
      known = { clock: new ServerClock(), asked: 0, asking: undefined };
      this.#clocks.set(node, known);
    }
    return known;
  }

  async #getToKnow(node: ClusterNode, known: Known): Promise<void> {
    const { signal } = this.#stop;
    const sameMachine = HERE.test(node.address.host);
    const end = this.time.now() + ASK_AT_MOST;
    await this.#ask(node, known.clock);
    while (!known.clock.isKnown(sameMachine) && this.time.now() < end && !signal.aborted) {
      await this.time.sleep(ASK_EVERY, signal);
      await this.#ask(node, known.clock);
    }
    known.asked = this.time.now();
  }

  async #ask(node: ClusterNode, clock: ServerClock): Promise<void> {
    const sent = this.time.now();
    const answer = await node.askOne(`namespace/${this.#namespace}`);
    const time = parsePairs(answer, ';').get('current_time') ?? '';
    if (!/^\d{1,10}$/.test(time)) {
      throw new AsbError('PROTOCOL', `${node.location} does not say its time`, {
        node: node.location,
        expected: 'current_time=… in the answer to namespace/…',
      });
    }
    clock.observe(Number(time), sent, this.time.now());
  }
}
