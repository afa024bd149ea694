import type { FilterInfo } from '../stages/filter.ts';
import { exportLines } from './export-lines.ts';
import type { Given } from './given.ts';
import { namespace } from './options/common.ts';
import { missingBinLines, type Wanted, whereLines } from './options/filtering.ts';
import type { recordInputOf } from './record-input.ts';
import { checkSource, rewrite } from './rewrite.ts';
import type { Shell } from './shell.ts';

export interface WriteWantedOptions {
  /** The backup, opened. */
  readonly read: Awaited<ReturnType<typeof recordInputOf>>;
  /** What of it is wanted. */
  readonly wanted: Wanted;
  readonly language: 'asb' | 'ndjson';
  /** What is said that was done with a backup. */
  readonly verb: 'kept' | 'wrote';
}

/**
 * Writes what is wanted of a backup: as a backup, or as lines; and warns of what may be a mistake.
 *
 * @returns what came, and what of it went on
 * @throws AsbError `FORMAT` if it is of another namespace than the command line says; as `rewrite` and
 *   `exportLines`
 */
export const writeWanted = async (
  given: Given,
  shell: Shell,
  { read, wanted, language, verb }: WriteWantedOptions,
): Promise<FilterInfo> => {
  const source = given.value(namespace);
  const { filter } = await import('../stages/filter.ts');
  const stage = filter({ ...wanted.filter, reuseMemory: true });
  if (language === 'ndjson') {
    checkSource(read.input.namespace, source);
    const { toNdjson } = await import('../stages/to-ndjson.ts');
    const stages = { filter: stage, toNdjson: toNdjson({ reuseMemory: true }) };
    await exportLines(given, shell, read, stages, 'ndjson');
  } else {
    await rewrite(given, shell, { read, stages: { filter: stage }, verb, source });
  }
  for (const line of [...whereLines(wanted), ...missingBinLines(stage)]) shell.say(line);
  return stage.info;
};
