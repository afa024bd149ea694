import type { Duplex, Readable, Transform, TransformCallback, Writable } from 'node:stream';
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

const isTransform = (stage: Writable): stage is Transform => '_transform' in stage;

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
    const { _write: write, _writev: writev } = stage;
    let isWriting = false;
    stage._write = (chunk: unknown, encoding, done) => {
      this.#count(chunk);
      this.#during((over) => {
        isWriting = true;
        write.call(stage, chunk, encoding, over);
        isWriting = false;
      }, done);
    };
    if (typeof writev === 'function') {
      stage._writev = (chunks, done) => {
        // Of a stream that has nothing else, Node's own `_write` does it.
        if (isWriting) {
          writev.call(stage, chunks, done);
          return;
        }
        for (const { chunk } of chunks) this.#count(chunk);
        this.#during((over) => writev.call(stage, chunks, over), done);
      };
    }
    this.#watchEnd(stage);
  }

  #count(chunk: unknown): void {
    const { counters } = this.clock;
    counters.itemsIn += itemsOf(chunk);
    counters.bytesIn += bytesOf(chunk);
  }

  /** The end of a Transform is its `_flush`: with a `_final` of another's it would come twice. */
  #watchEnd(stage: Writable): void {
    if (isTransform(stage)) {
      const { _flush: flush } = stage;
      if (typeof flush !== 'function') return;
      stage._flush = (done) => {
        this.clock.begin();
        const over: TransformCallback = (error, last) => {
          this.clock.done();
          done(error, last);
        };
        this.clock.run(() => flush.call(stage, over));
      };
      return;
    }
    const { _final: final } = stage;
    if (typeof final !== 'function') return;
    stage._final = (done) => this.#during((over) => final.call(stage, over), done);
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
