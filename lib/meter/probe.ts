import type { Duplex, Readable, Writable } from 'node:stream';
import { bytesOf, itemsOf } from './size.ts';
import { StageClock } from './stage-clock.ts';
import type { ThreadTime } from './thread-time.ts';

/** What can be watched. */
export type Stage = Readable | Writable | Duplex;

/**
 * A stage whose work goes on between its calls, on libuv's pool, emits this with the number of pieces under
 * way, whenever that changes.
 */
export const BACKGROUND = 'background';

type Done = (error?: Error | null) => void;

/**
 * Watches a stream from the inside, by methods of its own in front of those that Node calls: so that nothing
 * stands between two stages, and nothing is copied. It reads the clock a few times a chunk.
 */
export class Probe {
  readonly clock: StageClock;

  constructor(
    stage: Stage,
    options: {
      readonly now: () => number;
      readonly thread: ThreadTime;
      readonly onOver: () => void;
    },
  ) {
    const isSource = !('_write' in stage);
    this.clock = new StageClock({
      ...options,
      isSource,
      isFull: '_read' in stage && stage.readableLength >= Math.max(1, stage.readableHighWaterMark),
    });
    if ('_write' in stage) this.#watchInput(stage);
    if ('_read' in stage) this.#watchOutput(stage, isSource);
    stage.on(BACKGROUND, (pieces: number) => this.clock.background(pieces));
    // What was given out and waits for its reader is held back, until it is gone.
    stage.once('_read' in stage ? 'end' : 'finish', () => this.clock.end());
    stage.once('close', () => {
      this.clock.end();
      options.onOver();
    });
  }

  #watchInput(stage: Writable): void {
    const { clock } = this;
    const { counters } = clock;
    const { _write: write, _writev: writev, _final: final } = stage;
    stage._write = (chunk: unknown, encoding, done) => {
      counters.itemsIn += itemsOf(chunk);
      counters.bytesIn += bytesOf(chunk);
      this.#during((over) => write.call(stage, chunk, encoding, over), done);
    };
    if (typeof writev === 'function') {
      stage._writev = (chunks, done) => {
        for (const { chunk } of chunks) {
          counters.itemsIn += itemsOf(chunk);
          counters.bytesIn += bytesOf(chunk);
        }
        this.#during((over) => writev.call(stage, chunks, over), done);
      };
    }
    if (typeof final === 'function') {
      stage._final = (done) => this.#during((over) => final.call(stage, over), done);
    }
  }

  #watchOutput(stage: Readable, isSource: boolean): void {
    const { clock } = this;
    const { counters } = clock;
    const { _read: read, push } = stage;
    stage._read = (size) => {
      clock.asked();
      // Of a stage that has an input, others may run within this call: it lets the next chunk come.
      if (isSource) clock.run(() => read.call(stage, size));
      else read.call(stage, size);
    };
    stage.push = (chunk: unknown, encoding) => {
      if (chunk !== null && chunk !== undefined) {
        counters.itemsOut += itemsOf(chunk);
        counters.bytesOut += bytesOf(chunk);
      }
      return clock.push(() => push.call(stage, chunk, encoding));
    };
  }

  /** Busy from the call until its callback comes. */
  #during(call: (over: Done) => void, done: Done): void {
    const { clock } = this;
    clock.begin();
    clock.run(() =>
      call((error) => {
        clock.done();
        done(error);
      }),
    );
  }
}
