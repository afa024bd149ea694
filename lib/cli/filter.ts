import { pipeline } from 'node:stream/promises';
import type { Language } from './languages.ts';
import type { Shell } from './shell.ts';

type Stage = NodeJS.ReadWriteStream;

/**
 * Runs stages from a source to standard output; resolves when every byte has arrived there.
 *
 * @throws what a stage throws; AsbError `ABORTED` if a signal came, `STORAGE` if the output fails
 */
export const runFilter = async (
  shell: Shell,
  source: NodeJS.ReadableStream,
  stages: readonly Stage[],
  speaks: Language,
): Promise<void> => {
  const sink = shell.output(speaks).stream();
  await runPipeline(shell, [source, ...stages, sink]);
};

/** A pipeline that a signal ends; its error then is what the signal says, not what it caused. */
export const runPipeline = async (
  shell: Pick<Shell, 'signal'>,
  streams: readonly (NodeJS.ReadableStream | NodeJS.WritableStream | Stage)[],
): Promise<void> => {
  try {
    await pipeline(streams, { signal: shell.signal });
  } catch (error) {
    shell.signal.throwIfAborted();
    throw error;
  }
};
