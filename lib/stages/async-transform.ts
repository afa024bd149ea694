import { Duplex } from 'node:stream';
import { AsbError } from '../errors.ts';

/** Gives a chunk to the reader; resolves when it wants more. */
export type Push = (chunk: unknown) => Promise<void>;

export interface AsyncTransformOptions<Chunk> {
  /** Takes a chunk; the next one comes when it resolves. */
  readonly transform: (chunk: Chunk, push: Push) => Promise<void>;
  /** The input is over; the output is when it resolves. */
  readonly flush: (push: Push) => Promise<void>;
  /** Frees what is held; called once, at the end or before it. */
  readonly close?: () => void;
  /** Bytes of input that may wait. */
  readonly writableHighWaterMark?: number;
  /** Whether the output is objects, of which one may wait. */
  readonly readableObjectMode?: boolean;
}

/**
 * A Transform of async functions that may push many chunks for one. `Transform` itself only holds
 * back what was pushed before its callback; here each push waits until the reader wants more, so
 * that memory stays bounded however much a chunk grows.
 */
export const asyncTransform = <Chunk = Buffer>({
  transform,
  flush,
  close = () => {},
  writableHighWaterMark = 64 * 1024,
  readableObjectMode = false,
}: AsyncTransformOptions<Chunk>): Duplex => {
  let wake: (() => void) | undefined;
  const push: Push = async (chunk) => {
    if (!stream.destroyed && !stream.push(chunk))
      await new Promise<void>((resolve) => (wake = resolve));
    if (stream.destroyed) throw new AsbError('ABORTED', 'the stream was destroyed');
  };
  const stream = new Duplex({
    writableHighWaterMark,
    readableObjectMode,
    readableHighWaterMark: readableObjectMode ? 1 : 64 * 1024,
    read() {
      wake?.();
    },
    write(chunk: Chunk, _encoding, callback) {
      transform(chunk, push).then(() => callback(), callback);
    },
    final(callback) {
      flush(push).then(() => {
        stream.push(null);
        callback();
      }, callback);
    },
    destroy(error, callback) {
      close();
      wake?.();
      callback(error);
    },
  });
  return stream;
};
