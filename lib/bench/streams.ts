import { createHash } from 'node:crypto';
import { type Duplex, Readable, Writable } from 'node:stream';
import type { Encryption } from '../crypto/key.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import type { RecordChunk } from '../record/chunk.ts';
import { alignedFrames } from '../stages/aligned-frames.ts';
import { compress } from '../stages/compress.ts';
import { decompress } from '../stages/decompress.ts';
import { decrypt } from '../stages/decrypt.ts';
import { encrypt } from '../stages/encrypt.ts';
import { fromNdjson } from '../stages/from-ndjson.ts';
import { parse } from '../stages/parse.ts';
import { serialize } from '../stages/serialize.ts';
import { toNdjson } from '../stages/to-ndjson.ts';
import { units } from '../stages/units.ts';
import { unpack } from '../stages/unpack.ts';
import type { BenchLanguage, BenchStage, Chain } from './chain.ts';
import type { Gauge } from './gauge.ts';
import { extentOfBatch } from './hold.ts';
import type { BenchSettings } from './settings.ts';

/** What the stages of a chain are made for. */
export interface Setting {
  readonly namespace: string;
  readonly settings: BenchSettings;
  /** Of `encrypt` and `decrypt`. */
  readonly encryption: Encryption;
}

/** The settings that `compress` takes. */
const compressOptions = ({ level, frameSize, concurrency }: BenchSettings) => ({
  ...(level === undefined ? {} : { level }),
  ...(frameSize === undefined ? {} : { frameSize }),
  ...(concurrency === undefined ? {} : { concurrency }),
});

/** Stages as jobs and filters set them: memory is used again. */
const MAKERS: Readonly<
  Record<Exclude<BenchStage, 'rotate' | 'upload'>, (setting: Setting) => Duplex>
> = {
  serialize: ({ namespace, settings: { compact = false } }) =>
    serialize({ namespace, compact, reuseMemory: true }),
  compress: ({ settings }) => compress(compressOptions(settings)),
  encrypt: ({ encryption }) => encrypt(encryption),
  decrypt: ({ encryption }) => decrypt(encryption),
  decompress: () => decompress(),
  parse: () => parse({ reuseMemory: true }),
  'to-ndjson': () => toNdjson({ reuseMemory: true }),
  'from-ndjson': ({ namespace }) => fromNdjson({ namespace }),
};

/** Stages behind which chunks are cut anywhere. */
const CUTTING: readonly BenchStage[] = ['decrypt', 'decompress'];
/** Stages that take whole units. */
const WHOLE: readonly BenchStage[] = ['compress', 'rotate'];

/** New streams for the stages of a chain, but for a place at its end. */
export const stagesOf = ({ links }: Chain, setting: Setting): Duplex[] => {
  const stages: Duplex[] = [];
  let isCut = false;
  for (const { stage, takes } of links) {
    if (isCut && WHOLE.includes(stage)) stages.push(takes === 'text' ? units() : alignedFrames());
    isCut = CUTTING.includes(stage);
    if (stage !== 'rotate' && stage !== 'upload') stages.push(MAKERS[stage](setting));
  }
  return stages;
};

/** New streams that make of records what goes into a chain. */
export const makersOf = (
  language: Exclude<BenchLanguage, 'records'>,
  setting: Setting,
): Duplex[] => {
  if (language === 'NDJSON') return [MAKERS['to-ndjson'](setting)];
  return [
    MAKERS.serialize(setting),
    ...(language.endsWith('frames') ? [MAKERS.compress(setting)] : []),
    ...(language.startsWith('encrypted') ? [MAKERS.encrypt(setting)] : []),
  ];
};

/** New streams that read a language back to records. */
export const readersOf = (
  language: BenchLanguage,
  { namespace, encryption }: Omit<Setting, 'settings'>,
): Duplex[] => {
  if (language === 'records') return [];
  if (language === 'NDJSON') return [fromNdjson({ namespace })];
  return [unpack({ encryption }), parse({ reuseMemory: true })];
};

/** Bytes between two looks at the memory, each of which takes some microseconds. */
const LOOK_EVERY = 8 * 1024 * 1024;

/** Gives what is held, once, and looks at the memory on the way. */
export class Feed extends Readable {
  readonly #chunks: Iterator<RecordChunk | Buffer>;
  readonly #gauge: Gauge;
  #sinceLook = 0;
  /** Most memory that was seen, in bytes. */
  peakMemory = 0;

  constructor(chunks: readonly (RecordChunk | Buffer)[], gauge: Gauge) {
    super({ objectMode: true, highWaterMark: 2 });
    this.#chunks = chunks.values();
    this.#gauge = gauge;
  }

  override _read(): void {
    const { value, done } = this.#chunks.next();
    this.#sinceLook += done === true ? LOOK_EVERY : sizeOf(value);
    if (this.#sinceLook >= LOOK_EVERY) this.look();
    this.push(done === true ? null : value);
  }

  look(): void {
    this.#sinceLook = 0;
    this.peakMemory = Math.max(this.peakMemory, this.#gauge.memory());
  }
}

/** Bytes of a chunk; what indexes and UDF modules have does not count. */
export const sizeOf = (chunk: RecordChunk | Buffer): number => {
  if (Buffer.isBuffer(chunk)) return chunk.length;
  return chunk.kind === 'records' ? extentOfBatch(chunk) : 0;
};

/** Takes what comes out and forgets it. */
export class Nowhere extends Writable {
  /** Bytes that came; of records, as they are on the wire. */
  bytes = 0;
  /** Records that came, where records come. */
  records = 0;

  constructor() {
    super({ objectMode: true, highWaterMark: 2 });
  }

  override _write(chunk: RecordChunk | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.bytes += sizeOf(chunk);
    if (Buffer.isBuffer(chunk)) {
      giveBack(chunk);
    } else if (chunk.kind === 'records') {
      this.records += chunk.length;
      chunk.release();
    }
    done();
  }
}

/** Makes a sum of all bytes that come. */
export class Summing extends Writable {
  readonly #hash = createHash('sha256');

  constructor() {
    super({ objectMode: true, highWaterMark: 2 });
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#hash.update(chunk);
    giveBack(chunk);
    done();
  }

  /** SHA-256, as 64 hexadecimal digits; once, when all has come. */
  sum(): string {
    return this.#hash.digest('hex');
  }
}
