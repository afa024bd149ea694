/**
 * The time of one node, as far as its answers tell. The wire has void times as seconds from now on,
 * and "now" is the second in which the node applies a write: so to keep a void time exactly, that
 * second must be known before the write is sent.
 *
 * Every answer that tells a second bounds the difference between the two clocks: the node was in
 * this second at some time between question and answer. After the first change of a second, the
 * difference is known to a few ms. Until then, if that agrees with the answers, the clocks are
 * taken to be the same: they are on one machine, and NTP makes them so on others.
 *
 * All times are ms of the local clock since 1970; seconds are the node's, since 2010.
 */
import { EPOCH_SECONDS } from '../../record/layout.ts';

/** A difference known to so many ms needs no further guess. */
const GOOD_WIDTH = 50;
/** How far clocks that are the same may still be apart, in ms. */
const SAME_WITHIN = 2;
/** Least and most ms that a write is reckoned to be on its way until it is applied. */
const LEAST_FLIGHT = 5;
const MOST_FLIGHT = 700;
/** The same before any has come back: a server may be cold. */
const FIRST_FLIGHT = 100;
/** How much longer than those before a write may take, as a factor. */
const MARGIN = 1.5;
/** The share of the longest flight that is remembered with each new one. */
const FLIGHT_DECAY = 0.95;

const SAME_CLOCK = -EPOCH_SECONDS * 1000;

export class ServerClock {
  /** Bounds of what is to be added to the local time to get the node's, in ms since 2010. */
  #low = Number.NEGATIVE_INFINITY;
  #high = Number.POSITIVE_INFINITY;
  /** ms that a write takes if it is alone; several share the node, and take as much longer. */
  #flight: number | undefined;

  /**
   * Whether the difference is known to some ms.
   * @param sameMachine the node has this machine's clock, unless its answers say otherwise
   */
  isKnown(sameMachine: boolean): boolean {
    return this.#high - this.#low <= GOOD_WIDTH || (sameMachine && this.#mayBeSame);
  }

  /** Takes in that the node was in `second` at some time from `sent` to `received`. */
  observe(second: number, sent: number, received: number): void {
    const low = second * 1000 - received - 1; // a time of 5 ms is one from 5 to 6
    const high = (second + 1) * 1000 - sent;
    const width = this.#high - this.#low;
    this.#low = Math.max(this.#low, low);
    this.#high = Math.min(this.#high, high);
    if (this.#low < this.#high) return;
    // One of the clocks was set, or they drift apart: the newer answer is right.
    if (this.#low === low) this.#high = Math.min(high, low + width);
    else this.#low = Math.max(low, high - width);
  }

  /**
   * Takes in how long a write took from being sent to being answered.
   * @param company how many were on their way then, with it
   */
  took(ms: number, company = 1): void {
    const remembered = (this.#flight ?? 0) * FLIGHT_DECAY;
    this.#flight = Math.min(MOST_FLIGHT, Math.max(ms / company, remembered));
  }

  /** The node's second at `now`, as well as it is known. */
  second(now: number): number {
    const [low, high] = this.#range();
    return Math.floor((now + (low + high) / 2) / 1000);
  }

  /**
   * ms to wait before a write is sent, so that it is applied in the second that is reckoned with.
   * @param company how many are on their way, with it
   */
  wait(now: number, company = 1): number {
    const [low, high] = this.#range();
    const flight = this.#expected(company);
    const first = Math.floor((now + low) / 1000);
    const last = Math.floor((now + high + flight) / 1000);
    return first === last ? 0 : Math.ceil((first + 1) * 1000 - low - now);
  }

  #expected(company: number): number {
    if (this.#flight === undefined) return FIRST_FLIGHT;
    return Math.min(MOST_FLIGHT, Math.max(LEAST_FLIGHT, MARGIN * this.#flight * company));
  }

  get #mayBeSame(): boolean {
    return this.#low <= SAME_CLOCK && SAME_CLOCK < this.#high;
  }

  #range(): readonly [low: number, high: number] {
    const [low, high] = [this.#low, this.#high];
    if (high - low <= GOOD_WIDTH) return [low, high];
    const guess = this.#mayBeSame ? SAME_CLOCK : Math.floor((low + high) / 2);
    return [guess - SAME_WITHIN, guess + SAME_WITHIN];
  }
}
