import type { Duplex } from 'node:stream';
import { Decryptor } from '../crypto/ctr.ts';
import type { Encryption } from '../crypto/key.ts';
import { AsbError } from '../errors.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import { failureIn } from '../ndjson/failure.ts';
import { FrameReader, type FrameReaderOptions } from '../zstd/frame-reader.ts';
import { asyncTransform, type Push } from './async-transform.ts';
import { BACKUP_BEGINNING, type Content, contentOf, isBackup, MAGIC_SIZE } from './content.ts';

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

export interface UnpackOptions extends FrameReaderOptions {
  /** How the backup is encrypted, if it is: one that is not is read as it is. */
  readonly encryption?: Encryption | undefined;
}

/** An `unpack` stage: a backup's bytes go in, its text comes out. */
export interface UnpackStage extends Duplex {
  readonly info: {
    /** What the bytes are, when that is known. */
    readonly content: 'text' | 'frames' | undefined;
  };
}

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
  const encrypted = 'or an encrypted one (--encrypt and --encryption-key-file would decrypt it)';
  return refused(isPlain ? 'this is no backup' : `this is no backup, ${encrypted}`);
};

/**
 * A backup's bytes in, cut anywhere; its .asb text out, cut anywhere: zstd frames are decompressed,
 * text goes on as it is, in the chunks in which it came. The first bytes tell which it is; the text
 * itself is not looked at. What is neither is decrypted, if there is a key, and then told apart.
 *
 *     pipeline(createReadStream('test_00000.asb'), unpack(), parse(), …)
 *
 * The stream fails with AsbError `FORMAT`, with a hint, for anything else; `KEY` if key or mode are
 * not those of the backup; `TRUNCATED` for no input, and for NDJSON of a stage that failed; and
 * else as `decompress` does. With `onDamage` damaged frames are passed over.
 */
export const unpack = ({ encryption, ...options }: UnpackOptions = {}): UnpackStage => {
  const frames = new FrameReader(options);
  let decryptor: Decryptor | undefined;
  let content: 'text' | 'frames' | undefined;
  let head: Buffer = NOTHING;

  const take = async (chunk: Buffer, push: Push): Promise<void> => {
    if (content === 'text') {
      await push(chunk);
      return;
    }
    for await (const text of frames.read(chunk)) await push(text);
    giveBack(chunk);
  };

  const decrypted = (bytes: Buffer, by: Decryptor): Buffer => {
    const plain = by.push(bytes);
    giveBack(bytes);
    return plain;
  };

  /** Takes what has come so far, for what it is. */
  const begin = async (push: Push): Promise<void> => {
    const found = contentOf(head);
    if (isBackup(found)) {
      content = found;
      const first = head;
      head = NOTHING;
      await take(first, push);
    } else if (encryption !== undefined && head.length > 0) {
      decryptor = new Decryptor(encryption, BACKUP_BEGINNING);
      head = decryptor.push(head);
      if (head.length > 0) await begin(push);
    } else {
      throw found === 'ndjson' ? noNdjson(head) : noBackup(head);
    }
  };

  const stage = asyncTransform({
    readableObjectMode: true,
    async transform(bytes, push) {
      const chunk = decryptor === undefined ? bytes : decrypted(bytes, decryptor);
      if (content !== undefined) {
        await take(chunk, push);
        return;
      }
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      if (isClear(head, contentOf(head))) await begin(push);
    },
    async flush(push) {
      if (content === undefined && decryptor === undefined) await begin(push);
      decryptor?.end();
      if (content === 'frames') frames.end();
    },
    close: () => frames.close(),
  });
  const info = {
    get content() {
      return content;
    },
  };
  return Object.assign(stage, { info });
};
