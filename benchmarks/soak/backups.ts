/** Small backups: to every place, and ended in every way. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { AsbError } from '../../lib/errors.ts';
import { type BackupOptions, backup } from '../../lib/jobs/backup.ts';
import { ENCRYPTION, failing, IMPATIENT, mustBe, type Step, stopped, type World } from './step.ts';
import { RECORDS, USER } from './world.ts';

type Places = Omit<BackupOptions, 'namespace'>;

const begun = (options: Places) => backup({ namespace: 'test', ...options });

const whole = async (options: Places): Promise<void> => {
  const { records } = await begun(options).done;
  mustBe('records', records, RECORDS);
};

const goingOn = async (state: string, options: Places): Promise<void> => {
  mustBe('a state', state !== '', true);
  await whole({ ...options, continueFrom: state });
};

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

const s3Of = ({ servers }: World) => ({ s3: { endpoint: servers.s3 } });

/** Places that other steps read from. */
export const PLAIN = 'plain';
export const SEALED = 'sealed';

export const BACKUPS: readonly Step[] = [
  {
    name: 'a backup to a directory',
    backups: 1,
    run: ({ servers, at }) => whole({ seeds: servers.sound, directory: at(PLAIN) }),
  },
  {
    name: 'a backup with zstd and aes256, by two scans, in many files',
    backups: 1,
    run: ({ servers, at }) =>
      whole({
        ...{ seeds: servers.sound, directory: at(SEALED), parallel: 2, fileLimit: 100_000 },
        ...{ compress: 'zstd', encryption: ENCRYPTION },
      }),
  },
  {
    name: 'a backup to one file',
    backups: 1,
    run: ({ servers, at }) => whole({ seeds: servers.sound, outputFile: at('one.asb') }),
  },
  {
    name: 'a backup to a stream',
    backups: 1,
    run: ({ servers }) => whole({ seeds: servers.sound, output: nowhere() }),
  },
  {
    name: 'a backup with TLS and a login',
    backups: 1,
    run: ({ servers, at }) =>
      whole({
        ...{ seeds: servers.locked, directory: at('locked'), ...USER },
        tls: { cafile: servers.ca },
      }),
  },
  {
    name: 'a backup to S3',
    backups: 1,
    run: (world) =>
      whole({ seeds: world.servers.sound, directory: world.s3(PLAIN), ...s3Of(world) }),
  },
  {
    name: 'a backup to one object',
    backups: 1,
    run: (world) =>
      whole({ seeds: world.servers.sound, outputFile: world.s3('one.asb'), ...s3Of(world) }),
  },
  {
    name: 'a backup that is cut off, and continued',
    backups: 2,
    run: async ({ servers, at }) => {
      const options = { directory: at('cut') };
      const job = begun({ seeds: servers.cut, ...options, maxRetries: 0 });
      const { facts } = await failing(job.done, 'PARTITIONS');
      await goingOn(facts.state ?? '', { seeds: servers.sound, ...options });
    },
  },
  {
    name: 'a backup that is stopped, and continued',
    backups: 2,
    run: async ({ servers, at }) => {
      const options = { outputFile: at('stopped.asb') };
      const state = await stopped(begun({ seeds: servers.slow, ...options }));
      await goingOn(state, { seeds: servers.sound, ...options });
    },
  },
  {
    name: 'a backup that is stopped twice',
    backups: 1,
    run: async ({ servers, at }) => {
      await stopped(begun({ seeds: servers.slow, directory: at('twice') }), 2);
    },
  },
  {
    name: 'a backup to S3 that is stopped',
    backups: 1,
    run: async (world) => {
      const options = { directory: world.s3('stopped'), ...s3Of(world) };
      await stopped(begun({ seeds: world.servers.slow, ...options }), 2);
    },
  },
  {
    name: 'a backup that is stopped before it connects',
    backups: 1,
    run: async ({ servers, at }) => {
      const job = begun({ seeds: servers.sound, directory: at('early') });
      job.abort();
      await failing(job.done, 'ABORTED');
    },
  },
  {
    name: 'a backup from where nobody listens',
    backups: 1,
    run: async ({ servers, at }) => {
      await failing(begun({ seeds: servers.nobody, directory: at('none') }).done, 'CONNECT');
    },
  },
  {
    name: 'a backup from a stranger',
    backups: 1,
    run: async ({ servers, at }) => {
      await failing(begun({ seeds: servers.stranger, directory: at('none') }).done, 'CONNECT');
    },
  },
  {
    name: 'a backup amid which nonsense comes',
    backups: 1,
    run: async ({ servers, at }) => {
      const job = begun({ seeds: servers.mad, directory: at('mad'), ...IMPATIENT });
      await failing(job.done, 'PROTOCOL');
    },
  },
  {
    name: 'a backup of a namespace that is not there',
    backups: 1,
    run: async ({ servers, at }) => {
      const options = { seeds: servers.sound, namespace: 'none', directory: at('none') };
      await failing(backup(options).done, 'NO_NAMESPACE');
    },
  },
  {
    name: 'a backup of nothing',
    backups: 1,
    run: async ({ servers, at }) => {
      const options = { seeds: servers.sound, directory: at('nothing'), sets: ['none'] };
      await failing(begun(options).done, 'EMPTY');
    },
  },
  {
    name: 'a backup to a place that is taken',
    backups: 1,
    run: async ({ servers, at }) => {
      await failing(begun({ seeds: servers.sound, directory: at(PLAIN) }).done, 'EXISTS');
    },
  },
  {
    name: 'a backup to a place that is none',
    backups: 1,
    run: async ({ servers, at }) => {
      mkdirSync(at('files'), { recursive: true });
      writeFileSync(at('files/file'), '');
      const job = begun({ seeds: servers.sound, directory: at('files/file/directory') });
      await failing(job.done, 'STORAGE', 'NOT_FOUND', 'EXISTS');
    },
  },
  {
    name: 'a backup to a stream that fails',
    backups: 1,
    run: async ({ servers }) => {
      const output = new Writable({
        write: (_chunk, _encoding, done) => done(new AsbError('STORAGE', 'full')),
      });
      await failing(begun({ seeds: servers.sound, output }).done, 'STORAGE');
    },
  },
  {
    name: 'a backup to a bucket that is not there',
    backups: 1,
    run: async (world) => {
      const options = { directory: 's3://none/backup', ...s3Of(world) };
      await failing(begun({ seeds: world.servers.sound, ...options }).done, 'STORAGE');
    },
  },
  {
    name: 'a backup with a wrong password',
    backups: 1,
    run: async ({ servers, at }) => {
      const tls = { cafile: servers.ca };
      const options = { seeds: servers.locked, ...USER, password: 'wrong', tls };
      await failing(begun({ ...options, directory: at('none') }).done, 'AUTH');
    },
  },
  {
    name: 'a backup without TLS where it is wanted',
    backups: 1,
    run: async ({ servers, at }) => {
      const seeds = servers.locked.replace(/:[^:]*(?=:\d+$)/, '');
      await failing(begun({ seeds, directory: at('none') }).done, 'CONNECT');
    },
  },
];
