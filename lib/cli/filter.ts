import { pipeline } from 'node:stream/promises';
import type { Stage } from '../meter/meter.ts';
import type { Language } from './languages.ts';
import type { Shell } from './shell.ts';

/** Source, stages and sink of a pipeline, by name, in their order. */
export type Streams = Readonly<Record<string, Stage>>;

/**
 * Runs stages, of which the first is a source, to standard output; resolves when every byte has arrived there.
 *
 * @throws what a stage throws; AsbError `ABORTED` if a signal came, `STORAGE` if the output fails
 */
export const runFilter = async (
  shell: Shell,
  streams: Streams,
  speaks: Language,
): Promise<void> => {
  await runPipeline(shell, { ...streams, output: shell.output(speaks).stream() });
};

/**
 * Runs a pipeline that a signal ends.
 *
 * @throws what a stage throws, or the signal's reason in place of what it caused
 */
export const runPipeline = async (
  { signal, meter }: Pick<Shell, 'signal' | 'meter'>,
  streams: Streams,
): Promise<void> => {
  meter?.watch(streams);
  try {
    await pipeline(Object.values(streams), { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
};
