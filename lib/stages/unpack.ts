import type { Duplex } from 'node:stream';
import { AsbError } from '../errors.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import { failureIn } from '../ndjson/failure.ts';
import { type DecoderOptions, FrameDecoder } from '../zstd/decoder.ts';
import { asyncTransform, type Push } from './async-transform.ts';
import { type Content, contentOf, MAGIC_SIZE } from './content.ts';

const LF = 0x0a;
const NOTHING = Buffer.alloc(0);
/** Bytes that are looked at of what is no backup, to tell what it may be. */
const HINT_SIZE = 32;
/** The same of NDJSON: its first line may be the words of an earlier stage that failed. */
const LINE_SIZE = 2048;

/** How other things begin that a backup is sometimes packed in, as latin1. */
const PACKED: readonly (readonly [magic: string, name: string, command: string])[] = [
  ['\x1f\x8b', 'gzip', 'gzip -d'],
  ['\xfd7zXZ', 'xz', 'xz -d'],
  ['BZh', 'bzip2', 'bzip2 -d'],
  ['\x04"M\x18', 'lz4', 'lz4 -d'],
];

const EXPECTED = '.asb text or zstd frames';
const START = { offset: 0 };

const refused = (what: string): AsbError =>
  new AsbError('FORMAT', `byte 0: ${what}; expected ${EXPECTED}`, { ...START, expected: EXPECTED });

/** Whether these first bytes are enough to tell what follows, or what to say of it. */
const isClear = (head: Buffer, content: Content): boolean => {
  if (content === 'unknown') return head.length >= HINT_SIZE;
  if (content === 'ndjson') return head.length >= LINE_SIZE || head.includes(LF);
  return head.length >= MAGIC_SIZE;
};

const noNdjson = (head: Buffer): AsbError => {
  const [line = ''] = head.toString().split('\n');
  const failure = failureIn(line);
  return failure === undefined
    ? refused('this looks like NDJSON; asb serialize makes .asb text of it')
    : new AsbError('TRUNCATED', `an earlier stage failed: ${failure}`, START);
};

const noBackup = (head: Buffer): AsbError => {
  if (head.length === 0) {
    return new AsbError('TRUNCATED', 'no input; did the stage before this one fail?', START);
  }
  const begin = head.toString('latin1', 0, HINT_SIZE);
  const packed = PACKED.find(([magic]) => begin.startsWith(magic));
  if (packed !== undefined) {
    const [, name, command] = packed;
    return refused(`this looks like ${name}; unpack it first (${command})`);
  }
  const isPlain = /^[\t\n\r -~]*$/.test(begin);
  return refused(isPlain ? 'this is no backup' : 'this is no backup, or an encrypted one');
};

/**
 * A backup's bytes in, cut anywhere; its .asb text out, cut anywhere: zstd frames are decompressed,
 * text goes on as it is, in the chunks in which it came. The first bytes tell which it is; the text
 * itself is not looked at.
 *
 *     pipeline(createReadStream('test_00000.asb'), unpack(), parse(), …)
 *
 * The stream fails with AsbError `FORMAT`, with a hint, for anything else; `TRUNCATED` for no input,
 * and for NDJSON of a stage that failed; and else as `decompress` does.
 */
export const unpack = (options: DecoderOptions = {}): Duplex => {
  const decoder = new FrameDecoder(options);
  let content: 'text' | 'frames' | undefined;
  let head: Buffer = NOTHING;

  const take = async (chunk: Buffer, push: Push): Promise<void> => {
    if (content === 'text') {
      await push(chunk);
      return;
    }
    for (const piece of decoder.split(chunk)) {
      for await (const text of decoder.decode(piece)) await push(text);
    }
    giveBack(chunk);
  };

  /** Takes what has come so far, for what it is. */
  const begin = async (push: Push): Promise<void> => {
    const found = contentOf(head);
    if (found === 'ndjson') throw noNdjson(head);
    if (found === 'unknown') throw noBackup(head);
    content = found;
    const first = head;
    head = NOTHING;
    await take(first, push);
  };

  return asyncTransform({
    readableObjectMode: true,
    async transform(chunk, push) {
      if (content !== undefined) {
        await take(chunk, push);
        return;
      }
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      if (isClear(head, contentOf(head))) await begin(push);
    },
    async flush(push) {
      if (content === undefined) await begin(push);
      if (content === 'frames') decoder.end();
    },
    close: () => decoder.close(),
  });
};
