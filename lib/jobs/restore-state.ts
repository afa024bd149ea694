import { DocumentFields } from './document-fields.ts';
import { checkWhat, documentText, shapeOf } from './manifest.ts';
import type { RestoreOptions } from './restore-options.ts';
import { pathsOf } from './restore-source.ts';
import { type Shape, shapeOfGiven, sortedNames } from './state.ts';

/** What a state says it is, and the version of its form. */
const WHAT = 'asb-streams restore state';
const FORM = 1;

/** A file of which every record is acknowledged, or was left out as asked for. */
export interface RestoredFile {
  /** Which of the places it is in, from 0. */
  readonly place: number;
  /** In its directory or prefix. */
  readonly name: string;
  /** As it is stored. */
  readonly bytes: number;
  /** SHA-256 of these bytes, in hex, if a manifest told it. */
  readonly sha256?: string;
  /** Records read from it. */
  readonly records: number;
}

/** What a restore goes on from when it was cut off. */
export interface RestoreState {
  /** Who wrote it, with its version. */
  readonly tool: string;
  /** When the restore was begun, the first time. */
  readonly begun: Date;
  /** What must be the same when it goes on. */
  readonly options: Shape;
  /** In the order in which they were done. */
  readonly files: readonly RestoredFile[];
}

/** The options that shape what a restore does; the places are named as they were given. */
export const shapeOfRestore = (options: RestoreOptions): Shape => {
  const { source, namespace, sets, bins, exists = 'update', extraTtl = 0 } = options;
  const { noIndexes, noUdfs, checkGeneration = true } = options;
  return shapeOfGiven({
    places: pathsOf(options),
    source,
    namespace,
    sets: sortedNames(sets),
    bins: sortedNames(bins),
    noIndexes: noIndexes === true ? true : undefined,
    noUdfs: noUdfs === true ? true : undefined,
    exists: exists === 'update' ? undefined : exists,
    checkGeneration: checkGeneration ? undefined : false,
    extraTtl: extraTtl === 0 ? undefined : extraTtl,
  });
};

/** A state as JSON, a file a line. */
export const restoreStateText = ({ files, ...head }: RestoreState): string =>
  documentText({ what: WHAT, form: FORM, ...head }, 'files', files);

/**
 * Reads a state.
 *
 * @param file for messages
 * @throws AsbError `FORMAT`, with the file and the field, for what is none, or is of a later form
 */
export const parseRestoreState = (text: string, file: string): RestoreState => {
  const fields = DocumentFields.parse(text, file);
  checkWhat(fields, file, WHAT, FORM);
  return {
    tool: fields.text('tool'),
    begun: fields.time('begun'),
    options: shapeOf(fields),
    files: fields.list('files', (entry) => ({
      place: entry.count('place'),
      name: entry.text('name'),
      bytes: entry.count('bytes'),
      ...(entry.has('sha256') ? { sha256: entry.text('sha256', /^[0-9a-f]{64}$/) } : {}),
      records: entry.count('records'),
    })),
  };
};
