import { Writable } from 'node:stream';
import { AsbError } from '../errors.ts';
import type { Storage } from '../storage/storage.ts';
import { type FileInfo, FileSeries, type WholeFile } from './file-series.ts';
import { Uncut } from './uncut.ts';

/** As asbackup's, in bytes. */
export const DEFAULT_FILE_LIMIT = 250 * 1024 * 1024;

export type { WholeFile };

export interface RotateOptions {
  /** Where the files go. It is prepared when the first file is begun. */
  readonly storage: Storage;
  /** Removes an older backup that is there when the first file is begun, instead of refusing. */
  readonly removeFiles?: boolean;
  /**
   * What comes before `_00000.asb` in every name, or a name by index. Numbers have five digits,
   * and more from 100,000 files on.
   */
  readonly name: string | ((index: number) => string);
  /**
   * Largest file in bytes, 250 MiB if left out. What goes over it goes to the next file; only a
   * file with a single unit of text, frames that cannot be parted, or a chunk with a note of what it
   * holds (`extentOf`) may be larger.
   */
  readonly fileLimit?: number;
  /**
   * Called with each file that is whole and durable, in their order, and waited for before the next
   * one becomes so. If it rejects, the stage fails.
   */
  readonly onFile?: (file: WholeFile) => Promise<void>;
}

export interface RotateInfo {
  /** Bytes of all files. */
  readonly bytes: number;
  /** The files begun so far, in order. */
  readonly files: readonly FileInfo[];
}

/** A `rotate` stage: text or frames go in. */
export interface RotateStage extends Writable {
  readonly info: RotateInfo;
}

/**
 * Text or frames in (told apart by the first bytes), files out, each complete in itself: the
 * first has the stream's own header, the others the same without `# first-file`. A stream without
 * records gives one file.
 *
 * Chunks are whole units of text or whole frames that end with a unit, as `serialize`, `units`,
 * `compress` and `alignedFrames` give them.
 *
 * `finish` means that every file is whole, synced, and seen under its name. `destroy` removes the
 * file that is open, and `close` says that it has; files that were closed before stay.
 *
 * @throws AsbError `RANGE` for a limit that is none; the stream fails with `TRUNCATED` if there is
 *   no input, and with what the storage throws
 */
export const rotate = ({
  storage,
  name,
  removeFiles = false,
  fileLimit = DEFAULT_FILE_LIMIT,
  onFile,
}: RotateOptions): RotateStage => {
  if (!(fileLimit > 0)) {
    const expected = 'a number of bytes above 0';
    throw new AsbError('RANGE', `file limit ${fileLimit}; expected ${expected}`, { expected });
  }
  const series = new FileSeries({
    storage,
    removeFiles,
    name: typeof name === 'string' ? (index) => numberedName(name, index) : name,
    fileLimit,
    onFile,
  });
  const stage = new Writable({
    objectMode: true,
    highWaterMark: 2,
    write(chunk: unknown, _encoding, callback) {
      const whole = Buffer.isBuffer(chunk);
      if (whole || chunk instanceof Uncut) {
        series.write(whole ? chunk : chunk.bytes, whole).then(() => callback(), callback);
      } else {
        callback(new AsbError('USAGE', 'rotate takes Buffers of whole units or frames'));
      }
    },
    final(callback) {
      series.end().then(() => callback(), callback);
    },
    destroy(error, callback) {
      series.abort().then(() => callback(error), callback);
    },
  });
  return Object.assign(stage, {
    info: {
      get bytes() {
        return series.bytes;
      },
      get files() {
        return series.files;
      },
    },
  });
};

/** `PREFIX_00000.asb`, as asbackup names them. */
export const numberedName = (prefix: string, index: number): string =>
  `${prefix}_${String(index).padStart(5, '0')}.asb`;
