import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import type { Continuation } from '../asb/serializer.ts';
import { AsbError } from '../errors.ts';
import { Coverage } from '../record/coverage.ts';
import { encrypt } from '../stages/encrypt.ts';
import { type OneFileOptions, oneFile } from '../stages/one-file.ts';
import { DEFAULT_FILE_LIMIT, type RotateStage } from '../stages/rotate.ts';
import { hashed } from '../storage/hashed.ts';
import { fileAt, homeAt } from '../storage/homes.ts';
import { kindOf } from '../storage/kind.ts';
import type { Home } from '../storage/storage.ts';
import { backupFiles, sealedStorage } from './backup-files.ts';
import type { BackupLedger } from './backup-ledger.ts';
import { freeNames, isNumbered } from './backup-names.ts';
import type { BackupOptions } from './backup-options.ts';
import type { Stages } from './backup-pipe.ts';
import { isDevice } from './backup-places.ts';
import type { BackupState } from './backup-state.ts';
import { byteCounter } from './byte-counter.ts';
import { isFirstShard, namePrefixOf, shardSharing } from './shard.ts';

/** Where the text, or its frames, go. */
export interface Destination {
  /** Makes the stages that bring them there. */
  readonly open: () => Stages;
  /** Bytes that reached the storage, and files, with those of before. */
  readonly written: () => { readonly bytes: number; readonly files: number };
  /** Whether a backup that ends early leaves something to go on from. */
  readonly keeps: boolean;
  /** Amid which the text goes on; `undefined` for a backup that begins. */
  readonly continues: Continuation | undefined;
  /** Nothing is left to be done: whoever was killed had got to the very end. */
  readonly isWhole?: boolean;
  /** All stages have finished, with the whole backup or with the begin of one. */
  readonly finished: (complete: boolean) => Promise<void>;
  /** Of a directory: what is to be done before the first file is begun, by whatever thread. */
  readonly begin?: () => Promise<void>;
}

/** What there is to do once files are whole. */
const nothing = async (): Promise<void> => {};
const noStages = (): Stages => ({});

export interface DestinationOptions {
  readonly options: BackupOptions;
  /** What is safe already. */
  readonly safe: BackupState;
  /** Whether that is gone on with. */
  readonly continuing: boolean;
  readonly ledger: BackupLedger;
  /** Bytes that there will be at most, as far as somebody knows. */
  readonly largestFile: number | undefined;
  /** Whether what came was all; asked at the end. */
  readonly isComplete: () => boolean;
}

/**
 * Makes the place of a backup ready, as far as that may be done before there is anything to write.
 *
 * @throws AsbError `EXISTS` if a backup is there; for one that goes on, `NOT_FOUND`, `TRUNCATED` or
 *   `FORMAT` if a file is not as the state has it; and what the storage throws
 */
export const openDestination = async (context: DestinationOptions): Promise<Destination> => {
  const { directory, outputFile, output } = context.options;
  if (output !== undefined) return toStream(context, output);
  return outputFile === undefined ? toDirectory(context, directory!) : toFile(context, outputFile);
};

const toStream = (
  { options, safe, continuing, ledger }: DestinationOptions,
  output: Writable,
): Destination => {
  // Where nobody can see later how much came, it must not come twice.
  const blind = continuing && options.outputSize === undefined;
  const counter = byteCounter(async () => {
    if (blind) await ledger.forget();
  });
  const before = safe.part?.bytes ?? 0;
  const { encryption } = options;
  const sealed = encryption === undefined ? noStages() : { encrypt: encrypt(encryption) };
  return {
    open: () => ({ ...sealed, count: counter, output }),
    written: () => ({ bytes: before + counter.info.bytes, files: 1 }),
    keeps: ledger.location !== undefined,
    continues: safe.part === undefined ? undefined : 'text',
    async finished(complete) {
      if (complete) return;
      await ledger.begin();
      await ledger.reach(before + counter.info.bytes, undefined, counter.info.coverage);
    },
  };
};

const toDirectory = async (context: DestinationOptions, location: string): Promise<Destination> => {
  const { options, safe, continuing, ledger } = context;
  const { fileLimit = DEFAULT_FILE_LIMIT, removeFiles = false, shard, s3 } = options;
  const prefix = namePrefixOf(options);
  const sharing = shard === undefined ? {} : { sharing: shardSharing({ ...options, shard }) };
  const home = homeAt(location, { ...s3, largestFile: fileLimit, ...sharing });
  const kept = safe.files;
  const names = freeNames(
    prefix,
    kept.map(({ name }) => name),
  );
  if (continuing) await home.prepareToContinue(kept, (name) => isNumbered(name, prefix));
  // What is in the way is told before the scan, and not after.
  else if (!removeFiles) await home.prepare({ removeFiles });
  // With the first byte, and not before: until then an older backup stays.
  const prepare = async (): Promise<void> => {
    if (!continuing) await home.prepare({ removeFiles });
    await ledger.begin();
  };
  let begun: Promise<void> | undefined;
  const begin = (): Promise<void> => (begun ??= prepare());
  let rotate: RotateStage | undefined;
  const bytesBefore = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    open: () => {
      rotate = backupFiles({
        options,
        storage: home,
        begin,
        nameOf: names.at,
        onFile: (file, coverage) => ledger.addFile(file, coverage),
      });
      return { rotate };
    },
    written: () => ({
      bytes: bytesBefore + (rotate?.info.bytes ?? 0),
      files: kept.length + (rotate?.info.files.length ?? 0),
    }),
    keeps: true,
    // Of several shards, the first file of the first is where readers look for indexes and modules.
    continues: names.lacksFirst && isFirstShard(options) ? undefined : 'file',
    finished: nothing,
    begin,
  };
};

const toFile = async (context: DestinationOptions, location: string): Promise<Destination> => {
  const { options, safe, continuing, ledger, largestFile } = context;
  const { removeFiles = false, fileLimit = DEFAULT_FILE_LIMIT, s3 } = options;
  const home = fileAt(location, { ...s3, ...(largestFile === undefined ? {} : { largestFile }) });
  const device = await isDevice(location);
  const place = hashed(home);
  // What is in a device is in no manifest; without a state, nobody asks for its sum.
  const isSummed = !device || ledger.location !== undefined;
  const storage = sealedStorage(isSummed ? place : home, options);
  const { part } = safe;
  if (part !== undefined && !device && storage.resume === undefined) throw elsewhere(location);
  const sum = part === undefined ? undefined : await sumOf(home, part.bytes);
  if (part !== undefined && sum !== undefined && sum === part.sha256) {
    // It got its name, and was killed before it could say so.
    await ledger.begin();
    ledger.setFile(home.name, part.bytes, sum, new Coverage());
    return nothingLeft(part.bytes);
  }
  const replaces = continuing ? safe.replaces : removeFiles;
  if (!replaces) {
    await (continuing ? home.prepareToContinue([], () => false) : home.prepare({ removeFiles }));
  }
  const begin = async () => {
    // Of a run that was killed, what it had made safe is gone on with, and nothing else.
    await home.prepare({ removeFiles: replaces || continuing });
    await ledger.begin();
    return storage.create(home.name);
  };
  const goOn = async (bytes: number) => {
    const file = await storage.resume!(home.name, bytes, () => {});
    if (place.sha256Of(home.name) !== part?.sha256) {
      await file.abort();
      throw changed(file.location);
    }
    await ledger.begin();
    return file;
  };
  const onCheckpoint: OneFileOptions['onCheckpoint'] = ({ bytes, coverage }) =>
    ledger.reach(bytes, place.sha256Of(home.name), coverage);
  // Without a state nobody could go on behind a checkpoint: it would only be left behind.
  const keeps = storage.resume !== undefined && ledger.location !== undefined;
  const file = oneFile({
    open: () => (part === undefined || device ? begin() : goOn(part.bytes)),
    openAtOnce: part !== undefined && !device,
    begin: part?.bytes ?? storage.overhead ?? 0,
    ...(keeps ? { checkpointEvery: fileLimit, onCheckpoint } : {}),
    isComplete: context.isComplete,
    onWhole: async ({ bytes, coverage }) => {
      if (isSummed) ledger.setFile(home.name, bytes, place.sha256Of(home.name), coverage);
    },
  });
  return {
    open: () => ({ file }),
    written: () => ({ bytes: file.info.bytes, files: 1 }),
    keeps,
    continues: part === undefined ? undefined : 'text',
    finished: nothing,
  };
};

const nothingLeft = (bytes: number): Destination => ({
  open: noStages,
  written: () => ({ bytes, files: 1 }),
  keeps: false,
  continues: undefined,
  isWhole: true,
  finished: nothing,
});

/** SHA-256, in hex, of the local file under its name; `undefined` unless it has so many bytes. */
const sumOf = async (home: Home, bytes: number): Promise<string | undefined> => {
  if ((await kindOf(home.location)) !== 'file') return undefined;
  const [file] = await home.files();
  if (file?.size !== bytes) return undefined;
  const hash = createHash('sha256');
  for await (const chunk of file.open()) hash.update(chunk);
  return hash.digest('hex');
};

const elsewhere = (file: string): AsbError =>
  new AsbError('USAGE', `a part of a local file is safe, and ${file} is none; go on where it is`, {
    file,
    expected: 'a local file',
  });

const changed = (file: string): AsbError =>
  new AsbError(
    'FORMAT',
    `${file} was changed since its backup was cut off; begin anew (--remove-files)`,
    { file },
  );
