/**
 * Jobs tell loggers of pino's style: the facts first, then the words. A logger of pino's is taken as it is;
 * one that takes words alone needs an adapter of a line for each level:
 *
 *     const logger = { info: (facts, words) => mine.log('info', words, facts), … };
 */
import { factsOf, messageOf } from '../errors.ts';

type Log = (facts: object, words: string) => void;

/** What is needed of a logger; those of pino, bunyan and fastify have it. */
export interface Logger {
  /** A job begins. */
  readonly debug: Log;
  /** A job is done; the facts are its summary. */
  readonly info: Log;
  /** What somebody should know, and is no failure: a notice of the job. */
  readonly warn: Log;
  /** A job failed; the facts are `err`, the error, its `code`, and what it knows: file, offset, node … */
  readonly error: Log;
}

/** The part of a job's options that this concerns. */
export interface LoggedOptions {
  /** Told when the job begins and ends, and of what happens on the way, beside `onNotice`. */
  readonly logger?: Logger | undefined;
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/**
 * Starts a job, and tells the logger of its options, if there is one. Each line has the name of the job as a
 * fact (`job`).
 */
export const startLogged = <Options extends LoggedOptions, Job extends { done: Promise<object> }>(
  job: string,
  options: Options,
  start: (options: Options) => Job,
): Job => {
  const { logger, onNotice } = options;
  if (logger === undefined) return start(options);
  logger.debug({ job }, `${job} begins`);
  const started = start({
    ...options,
    onNotice: (notice: string) => {
      logger.warn({ job }, notice);
      onNotice?.(notice);
    },
  });
  started.done.then(
    (summary) => logger.info({ job, ...summary }, `${job} done`),
    (error: unknown) => logger.error({ job, err: error, ...factsOf(error) }, messageOf(error)),
  );
  return started;
};
