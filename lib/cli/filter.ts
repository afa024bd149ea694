import { pipeline } from 'node:stream/promises';
import type { Language } from './languages.ts';
import type { Shell } from './shell.ts';

/** Source, stages and sink of a pipeline. */
export type Streams = readonly (
  | NodeJS.ReadableStream
  | NodeJS.WritableStream
  | NodeJS.ReadWriteStream
)[];

/**
 * Runs stages from a source to standard output; resolves when every byte has arrived there.
 *
 * @throws what a stage throws; AsbError `ABORTED` if a signal came, `STORAGE` if the output fails
 */
export const runFilter = async (
  shell: Shell,
  source: NodeJS.ReadableStream,
  stages: readonly NodeJS.ReadWriteStream[],
  speaks: Language,
): Promise<void> => {
  await runPipeline(shell.signal, [source, ...stages, shell.output(speaks).stream()]);
};

/**
 * Runs a pipeline that a signal ends.
 *
 * @throws what a stage throws, or the signal's reason in place of what it caused
 */
export const runPipeline = async (signal: AbortSignal, streams: Streams): Promise<void> => {
  try {
    await pipeline(streams, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
};
