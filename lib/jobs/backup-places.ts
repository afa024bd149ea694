import { type Document, documentAt } from '../storage/documents.ts';
import { fileAt, homeAt, joinLocation } from '../storage/homes.ts';
import { kindOf } from '../storage/kind.ts';
import { MANIFEST_SUFFIX, requireSeenName, STATE_SUFFIX } from '../storage/names.ts';
import { isS3Url } from '../storage/s3/url.ts';
import type { BackupOptions } from './backup-options.ts';
import { namePrefixOf } from './shard.ts';
import { stateLocation } from './state.ts';

/** What stands beside the files of a backup. */
export interface BackupDocuments {
  /** What it goes on from; a device, or a stream for which nobody asked for one, has none. */
  readonly state: Document | undefined;
  /** What it is made of; a stream and a device have none. */
  readonly manifest: Document | undefined;
}

/**
 * Where the state and the manifest of a backup are.
 * @throws AsbError `USAGE` if a prefix leads out of the directory, or hides its files there
 */
export const documentsOf = async (options: BackupOptions): Promise<BackupDocuments> => {
  const { directory, outputFile, s3 } = options;
  const prefix = namePrefixOf(options);
  const stateName = `${prefix}.asb${STATE_SUFFIX}`;
  const at = (location: string): Document => documentAt(location, s3);
  const named = options.continueFrom ?? options.stateFile;
  const asked = named === undefined ? undefined : await stateLocation(named, stateName);
  if (directory !== undefined) {
    homeAt(directory, s3); // what names no place is told as such, and not of what stands beside it
    const inside = (name: string) => joinLocation(directory, requireSeenName(name, directory));
    return {
      state: at(asked ?? inside(stateName)),
      manifest: at(inside(`${prefix}${MANIFEST_SUFFIX}`)),
    };
  }
  if (outputFile !== undefined) fileAt(outputFile, s3);
  if (outputFile === undefined || (await isDevice(outputFile))) {
    return { state: asked === undefined ? undefined : at(asked), manifest: undefined };
  }
  return {
    state: at(asked ?? `${outputFile}${STATE_SUFFIX}`),
    manifest: at(`${outputFile}${MANIFEST_SUFFIX}`),
  };
};

/** Whether nothing can stand beside it, and nobody can go on in it. */
export const isDevice = async (location: string): Promise<boolean> =>
  !isS3Url(location) && (await kindOf(location)) === 'device';
