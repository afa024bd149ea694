import type { Transform, TransformCallback } from 'node:stream';
import split2 from 'split2';
import type { AsbError, ErrorCode } from '../errors.ts';
import { MAX_LINE_LENGTH } from '../ndjson/limits.ts';
import { Place } from '../ndjson/place.ts';
import { NdjsonReader, type NdjsonReaderInfo, type NdjsonReaderOptions } from '../ndjson/reader.ts';
import { Utf8Check } from '../ndjson/utf8.ts';

/** A stage from NDJSON to records. */
export interface FromNdjson extends Transform {
  /** Counts what was read; live. */
  readonly info: NdjsonReaderInfo;
}

export interface FromNdjsonOptions extends NdjsonReaderOptions {
  /** Characters that a line may have; `MAX_LINE_LENGTH` if left out, and at most that. */
  readonly maxLineLength?: number;
}

/**
 * Reads NDJSON, as {@link toNdjson} or a person wrote it: bytes in, however they are cut,
 * `RecordChunk`s out. A line that is wrong ends it with an `AsbError` that has the line's number.
 *
 *     await pipeline(process.stdin, fromNdjson({ namespace: 'test' }), serialize(…), …);
 */
export const fromNdjson = (options: FromNdjsonOptions): FromNdjson => {
  const maxLineLength = options.maxLineLength ?? MAX_LINE_LENGTH;
  const reader = new NdjsonReader(options);
  const utf8 = new Utf8Check();
  let cut = false;
  let reading = false;
  const mapper = (line: string): void => {
    reading = true;
    for (const chunk of reader.push(line, cut)) stage.push(chunk);
    reading = false;
  };
  const stage = split2('\n', mapper, {
    maxLength: maxLineLength,
    readableHighWaterMark: 2, // batches: more would only wait in memory
  });
  const splitLines = stage._transform;
  const splitLast = stage._flush;

  /** What is thrown while no line is read comes from split2: a line is too long for it. */
  const located = (error: Error): Error =>
    reading ? error : lineError('LIMIT', 1, 'too long', `at most ${maxLineLength} characters`);
  const place = new Place(options.file);
  const lineError = (code: ErrorCode, ahead: number, fact: string, expected: string): AsbError => {
    place.line = reader.info.lines + ahead;
    return place.error(code, fact, expected);
  };

  stage._transform = (chunk: Buffer, encoding, done: TransformCallback) => {
    const ahead = utf8.push(chunk);
    if (ahead >= 0) done(lineError('FORMAT', ahead + 1, 'bytes that are no UTF-8', 'UTF-8'));
    else splitLines.call(stage, chunk, encoding, (error) => done(error ? located(error) : null));
  };
  stage._flush = (done: TransformCallback) => {
    cut = true;
    if (!utf8.end()) {
      done(lineError('TRUNCATED', 1, 'it ends within a character', 'a whole line'));
      return;
    }
    splitLast.call(stage, (error) => {
      if (!error) for (const chunk of reader.end()) stage.push(chunk);
      done(error);
    });
  };
  return Object.assign(stage, { info: reader.info });
};
