/** What the threads of a backup say to each other: all that can be copied. */
import type { KeyObject } from 'node:crypto';
import type { Continuation } from '../asb/serializer.ts';
import type { EncryptionMode } from '../crypto/key.ts';
import type { StageFigures } from '../meter/meter.ts';
import type { PackedExtent } from '../record/extent.ts';
import type { Global } from '../record/globals.ts';
import type { SerializerInfo } from '../stages/serialize.ts';
import type { S3LogLine } from '../storage/s3/copied-log.ts';
import type { S3Options } from '../storage/s3/options.ts';
import type { Failure } from '../threads/failure.ts';
import type { HolderBitmaps } from '../wire/scan/holders.ts';
import type { BackupOptions } from './backup-options.ts';
import type { BackupScanOptions } from './backup-scan.ts';
import type { ManifestFile } from './manifest.ts';
import type { SharedPiece } from './piece-sink.ts';

/** Files that a worker writes by itself, in a directory. */
export interface FilesOrder {
  readonly directory: string;
  readonly s3: Omit<S3Options, 'client' | 'logger' | 'onNotice'>;
  /** Whether somebody wants to know what the SDK does. */
  readonly logged: boolean;
  readonly encryption: { readonly mode: EncryptionMode; readonly key: KeyObject } | undefined;
  /** What the names begin with, and those that are there. */
  readonly prefix: string;
  readonly kept: readonly string[];
  /** One number: the index of the next free name, for all workers. */
  readonly nextName: SharedArrayBuffer;
}

/** What a worker begins with. */
export interface BackupOrder {
  /** What is its share: its partitions, and scans at once. */
  readonly scan: BackupScanOptions;
  readonly text: Pick<
    BackupOptions,
    'namespace' | 'compact' | 'compress' | 'compressionLevel' | 'directory' | 'fileLimit'
  >;
  /** Left out: text or frames go to who started the worker, in pieces. */
  readonly files: FilesOrder | undefined;
  /** Whether what was read is worth being kept when the scan fails. */
  readonly keeps: boolean;
  /** Of `BackupCounts`: where it counts. */
  readonly counts: SharedArrayBuffer;
  /** Whether its stages are watched. */
  readonly metered: boolean;
}

/** How the text of a worker begins. */
export interface TextBegin {
  readonly continues: Continuation | undefined;
  /** Of the first file. */
  readonly globals: readonly Global[];
}

/** Of a worker that has no file of its own; and of no meaning in answers to other questions. */
export const AMID_TEXT: TextBegin = { continues: 'text', globals: [] };

/** What a worker asks, and waits until it is answered. */
export type BackupQuestion =
  /** It has a first record: how does its text begin? */
  | { readonly what: 'text' }
  /** It is about to make a file: the place must be ready. */
  | { readonly what: 'place' }
  /** A file is whole and durable. */
  | { readonly what: 'file'; readonly file: ManifestFile; readonly coverage: PackedExtent };

/** What a worker tells. */
export type BackupReport =
  | { readonly kind: 'question'; readonly id: number; readonly question: BackupQuestion }
  /** Who held its partitions, before they are asked for. */
  | { readonly kind: 'holders'; readonly holders: HolderBitmaps }
  | { readonly kind: 'piece'; readonly piece: SharedPiece }
  | { readonly kind: 'notice'; readonly notice: string }
  /** For the logger of S3. */
  | { readonly kind: 'log'; readonly line: S3LogLine }
  | { readonly kind: 'figures'; readonly figures: readonly StageFigures[] };

/** What a worker is told. */
export type BackupAnswer =
  | { readonly kind: 'answer'; readonly id: number; readonly begin: TextBegin }
  | { readonly kind: 'refusal'; readonly id: number; readonly failure: Failure }
  | { readonly kind: 'taken'; readonly back: readonly number[] }
  /** All ends at once. */
  | { readonly kind: 'cut'; readonly failure: Failure };

/** What a worker has written; `undefined` if it has found no record, and written nothing. */
export type BackupResult = SerializerInfo | undefined;
