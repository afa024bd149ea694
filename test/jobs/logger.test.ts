import t from 'tap';
import { AsbError } from '../../lib/errors.ts';
import { backup } from '../../lib/jobs/backup.ts';
import { type LoggedOptions, type Logger, startLogged } from '../../lib/jobs/logger.ts';
import { restore } from '../../lib/jobs/restore.ts';
import { startSandbox } from '../../lib/sandbox/index.ts';

type Line = readonly [level: string, facts: object, words: string];

/** A function with the forms that pino's have: facts and words, facts alone, words alone. */
interface PinoLog {
  <Facts>(facts: Facts, words?: string, ...more: unknown[]): void;
  (words: string, ...more: unknown[]): void;
}

const fakeLogger = () => {
  const lines: Line[] = [];
  const log =
    (level: string): PinoLog =>
    (...args: unknown[]) => {
      const [facts, words] = args;
      if (typeof facts !== 'object' || facts === null || typeof words !== 'string') {
        throw new Error('pino would not find its facts');
      }
      lines.push([level, facts, words]);
    };
  const logger = {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
  } satisfies Logger;
  return { lines, logger };
};

t.test('a job tells its begin, its notices and its end', async (t) => {
  const { lines, logger } = fakeLogger();
  const notices: string[] = [];
  const job = startLogged(
    'pack',
    { logger, onNotice: (notice: string) => void notices.push(notice) },
    ({ onNotice }: LoggedOptions) => {
      onNotice?.('something happened');
      return { done: Promise.resolve({ records: 5 }) };
    },
  );
  await job.done;
  t.strictSame(lines, [
    ['debug', { job: 'pack' }, 'pack begins'],
    ['warn', { job: 'pack' }, 'something happened'],
    ['info', { job: 'pack', records: 5 }, 'pack done'],
  ]);
  t.same(notices, ['something happened']);
});

t.test('and its failure, which is still the job’s', async (t) => {
  const { lines, logger } = fakeLogger();
  const error = new AsbError('FORMAT', 'no', { file: 'a.asb', line: 3, cause: new Error() });
  const job = startLogged('pack', { logger }, ({ onNotice }: LoggedOptions) => {
    onNotice?.('something happened');
    return { done: Promise.reject(error) };
  });
  await t.rejects(job.done, { code: 'FORMAT' });
  t.strictSame(lines.at(-1), [
    'error',
    { job: 'pack', err: error, code: 'FORMAT', file: 'a.asb', line: 3 },
    'no',
  ]);
});

t.test('without a logger, nothing is between', (t) => {
  const options: LoggedOptions = {};
  const job = { done: Promise.resolve({}) };
  const started = startLogged('pack', options, (given) => {
    t.equal(given, options);
    return job;
  });
  t.equal(started, job);
  t.end();
});

t.test('backups and restores', async (t) => {
  const sandbox = await startSandbox({ records: 10 });
  t.teardown(() => sandbox.close());
  const seeds = sandbox.seeds.join();
  const directory = t.testdir();
  const { lines, logger } = fakeLogger();
  const options = { seeds, namespace: 'test', directory, sets: ['no such set'], logger };
  await backup({ ...options, allowEmpty: true }).done;
  t.match(lines, [
    ['debug', { job: 'backup' }],
    ['warn', { job: 'backup' }, /no such set/],
    ['info', { job: 'backup', files: 1, version: String }],
  ]);
  await t.rejects(backup(options).done, { code: 'EXISTS' });
  t.match(lines.at(-1), ['error', { job: 'backup', err: AsbError, code: 'EXISTS' }]);
  await restore({ seeds, directory, source: 'test', namespace: 'copy', logger }).done;
  t.match(lines.at(-1), ['info', { job: 'restore', namespace: 'copy' }, 'restore done']);
});
