/** What `Parser` makes of a text, in forms that can be compared. */
import { Parser, type ParserInfo, type ParserOptions } from '../../lib/asb/parser.ts';
import { Serializer } from '../../lib/asb/serializer.ts';
import { NdjsonReader } from '../../lib/ndjson/reader.ts';
import { NdjsonWriter } from '../../lib/ndjson/writer.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import type { Global } from '../../lib/record/globals.ts';

export interface Parsed {
  readonly info: ParserInfo;
  /** Globals and messages of records, in their order. */
  readonly items: readonly (Global | Buffer)[];
  /** What was thrown, if the text was refused. */
  readonly error: unknown;
}

/** Globals as they are, records as their messages; the batches are released. */
export const itemsOf = (chunks: Iterable<RecordChunk>): (Global | Buffer)[] => {
  const items: (Global | Buffer)[] = [];
  for (const chunk of chunks) {
    if (chunk.kind !== 'records') {
      items.push(chunk);
      continue;
    }
    const { bytes, offsets } = chunk;
    for (let index = 0; index < offsets.length; index += 2) {
      items.push(Buffer.from(bytes.subarray(offsets[index], offsets[index + 1])));
    }
    chunk.release();
  }
  return items;
};

/** Parses chunks up to the end, or to the first error. */
export const parse = (chunks: Iterable<Buffer>, options: ParserOptions = {}): Parsed => {
  const parser = new Parser(options);
  const items: (Global | Buffer)[] = [];
  try {
    for (const chunk of chunks) items.push(...itemsOf(parser.push(chunk)));
    // One by one: behind the last chunk there may be an error.
    for (const chunk of parser.end()) items.push(...itemsOf([chunk]));
    return { info: parser.info, items, error: undefined };
  } catch (error) {
    return { info: parser.info, items, error };
  }
};

/** All chunks of a text. @throws what the parser throws */
export const chunksOf = (text: Buffer): RecordChunk[] => {
  const parser = new Parser();
  return [...parser.push(text), ...parser.end()];
};

export const toNdjson = (chunks: Iterable<RecordChunk>): string => {
  const writer = new NdjsonWriter();
  return Buffer.concat([...chunks].flatMap((chunk) => writer.write(chunk))).toString();
};

export const fromNdjson = (lines: string, namespace: string): RecordChunk[] => {
  const reader = new NdjsonReader({ namespace });
  return [...lines.split('\n').flatMap((line) => [...reader.push(line)]), ...reader.end()];
};

export const toText = (
  chunks: Iterable<RecordChunk>,
  options: { readonly namespace: string; readonly compact?: boolean },
): Buffer => {
  const serializer = new Serializer(options);
  const pieces = [...chunks].flatMap((chunk) => serializer.push(chunk));
  return Buffer.concat([...pieces, ...serializer.end()]);
};
